package dev.kindred.engine.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointKeyTest {
  private static final CheckpointKey MADE =
      key(List.of(64, 32), 16, "BPR", Adam.of(0.01), Schedule.constant());

  @TempDir Path directory;

  /** Has what the descriptions of networks have: numbers, lists, constants and objects. */
  private static CheckpointKey key(
      List<Integer> hidden, int dim, String loss, Optimizer optimizer, Schedule schedule) {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("hidden", hidden);
    options.put("embeddingDim", dim);
    options.put("loss", loss);
    options.put("optimizer", DescriptionJson.ofOptimizer(optimizer));
    options.put("schedule", DescriptionJson.ofSchedule(schedule));
    return CheckpointKey.of("two-tower network", options, "12");
  }

  private static CheckpointKey of(Map<String, String> options, String data) {
    return new CheckpointKey("two-tower network", options, data);
  }

  private Checkpoint checkpoint(CheckpointKey key, Path file) {
    Parameter weights = Parameter.dense("w", 1, 1);
    Updater updater = new Updater(Sgd.of(1), List.of(), Map.of());
    return new Checkpoint(
        file, key, List.of(weights), updater, new EarlyStopping(1, 1, List.of(weights)));
  }

  @Test
  void optionsThatDifferAreNamedAsOnTheCommandLine() {
    List<Integer> hidden = List.of(64, 32);
    Optimizer adam = Adam.of(0.01);
    Schedule constant = Schedule.constant();
    assertEquals("", MADE.differences(key(hidden, 16, "BPR", adam, constant)));
    assertEquals(
        "made with embedding-dim 16, now 8",
        MADE.differences(key(hidden, 8, "BPR", adam, constant)));
    assertEquals(
        "made with hidden [64, 32], now [], and with loss bpr, now sampled-softmax",
        MADE.differences(key(List.of(), 16, "SAMPLED_SOFTMAX", adam, constant)));
    Optimizer decayed = Adam.of(0.5).withWeightDecay(0.1);
    assertEquals(
        "made with learning-rate 0.01, now 0.5, and with weight-decay 0.0, now 0.1",
        MADE.differences(key(hidden, 16, "BPR", decayed, constant)));
    assertTrue(
        MADE.differences(key(hidden, 16, "BPR", Sgd.of(0.01), constant))
            .startsWith("made with optimizer adam, now sgd, and with beta1 0.9, now without"));
    assertEquals(
        "made with schedule constant, now cosine, and with steps 0, now 90",
        MADE.differences(key(hidden, 16, "BPR", adam, Schedule.cosine(0, 90))));
  }

  @Test
  void twoOptionsOfOneNameAreRefused() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("weightDecay", 0.5);
    options.put("optimizer", DescriptionJson.ofOptimizer(Adam.of(0.01)));
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> CheckpointKey.of("network", options, "12"));
    assertTrue(
        e.getMessage().startsWith("two options are called weight-decay, one is 0.5 and one 0.0"),
        e.getMessage());
  }

  @Test
  void dataNetworksAndOptionsThatOneOfThemLacksAreTold() {
    assertEquals("made of other data", MADE.differences(of(MADE.options(), "13")));
    assertEquals(
        "made without tasks, now click, and of other data",
        MADE.differences(of(MADE.with("tasks", "click").options(), "")));
    assertEquals(
        "made without scale, now 2.0, and with old 3, now without",
        of(Map.of("old", "3"), "1").differences(of(Map.of("scale", "2.0"), "1")));
    assertEquals(
        "made for a two-tower network, now for a multi-task network",
        MADE.differences(new CheckpointKey("multi-task network", Map.of(), "1")));
  }

  @Test
  void aFileKeepsEachOptionUnderItsNameAndOnlyAnEqualKeyGoesOn() throws IOException {
    Path file = directory.resolve("checkpoint");
    CheckpointKey key = MADE.with("tasks", "a, b = [c], data and \"d\"");
    Checkpoint.Progress one = new Checkpoint.Progress(List.of(0.5), List.of());
    checkpoint(key, file).write(one);
    Map<String, String> strings = Safetensors.read(file).metadata();
    assertEquals("kindred checkpoint 2", strings.get("format"));
    assertEquals("[64, 32]", strings.get("option.hidden"));
    assertEquals("bpr", strings.get("option.loss"));
    assertEquals(key, CheckpointKey.in(strings));
    assertEquals(one, checkpoint(key, file).resume(3).orElseThrow());
    byte[] before = Files.readAllBytes(file);
    for (CheckpointKey other :
        List.of(MADE, key.with("loss", "BPR"), of(key.options(), "13"), key.with("more", ""))) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> checkpoint(other, file).resume(3), "" + other);
      assertTrue(e.getMessage().contains(": " + key.differences(other) + "; "), e.getMessage());
    }
    assertArrayEquals(before, Files.readAllBytes(file));
  }

  @Test
  void aCheckpointThatLacksAStringIsRefusedByNameWithTheRemedy() throws IOException {
    Path file = directory.resolve("checkpoint");
    checkpoint(MADE, file).write(new Checkpoint.Progress(List.of(0.5), List.of()));
    Safetensors whole = Safetensors.read(file);
    for (String name : List.of("network", "data", "steps", "losses", "scores")) {
      Map<String, String> strings = new LinkedHashMap<>(whole.metadata());
      strings.remove("crc32c");
      assertTrue(strings.remove(name) != null, name);
      Safetensors.write(file, strings, whole.tensors());
      CorruptFileException e =
          assertThrows(
              CorruptFileException.class,
              () -> checkpoint(MADE, file).resume(3),
              "without " + name);
      assertEquals(
          file
              + ": has no string \""
              + name
              + "\"; it is no checkpoint, or a damaged one: delete it to train from the start, or"
              + " name another",
          e.getMessage());
    }
  }

  @Test
  void aCheckpointOfAnotherFormatAndAnotherFileOfWeightsAreToldApart() throws IOException {
    Path file = directory.resolve("checkpoint");
    Map<String, String> strings = new LinkedHashMap<>();
    strings.put("format", "kindred checkpoint 1");
    strings.put("key", "TowerOptions[dim=16] data 12");
    Safetensors.write(file, strings, Map.of());
    IllegalArgumentException old =
        assertThrows(IllegalArgumentException.class, () -> checkpoint(MADE, file).resume(3));
    assertEquals(
        file
            + " is a checkpoint of format 1, and this version reads format 2: end its training with"
            + " the version that began it, delete it to train from the start, or name another",
        old.getMessage());
    Safetensors.write(file, Map.of("kindred", "{}"), Map.of());
    IllegalArgumentException none =
        assertThrows(IllegalArgumentException.class, () -> checkpoint(MADE, file).resume(3));
    assertTrue(none.getMessage().contains("holds weights but is no checkpoint"), "" + none);
  }
}
