package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code related} and {@code verify} on a small snapshot, sound and damaged. */
final class RelatedCommandTest {
  @TempDir Path directory;
  private Path snapshot;

  @BeforeEach
  void writeSnapshot() throws IOException {
    snapshot = new TinyWorld().write(directory.resolve("snapshot"));
  }

  @Test
  void listsTheBestFirstUnderAHeading() {
    Run run = related("--item", "100", "-n", "3");
    assertEquals(0, run.exitCode(), run.err());
    List<String> lines = run.lines();
    assertEquals("Related to 100:", lines.get(0));
    assertTrue(lines.get(1).matches(" *#  id +score  because"), lines.get(1));
    assertEquals(5, lines.size());
    assertTrue(lines.get(2).matches("1  1\\d\\d +-?\\d+\\.\\d{4}  profile"), lines.get(2));
  }

  @Test
  void jsonTermsSumToTheScore() throws IOException {
    Run run =
        related(
            "--item", "100", "--item", "101", "-n", "4", "--explain", "--json", "--show", "type");
    assertEquals(0, run.exitCode(), run.err());
    assertEquals(8, run.lines().size());
    for (String line : run.lines()) {
      JsonNode item = new JsonMapper().readTree(line);
      float sum = 0;
      for (JsonNode term : item.at("/explanation/terms")) {
        sum += term.get("contribution").floatValue();
      }
      assertEquals(item.get("score").floatValue(), sum, line);
      assertFalse(item.at("/profile/type").isMissingNode(), line);
      assertFalse(item.at("/explanation/shared").isEmpty(), line);
    }
  }

  @Test
  void channelsAreKeysWithoutBlanks() throws IOException {
    Run run = related("--item", "100", "-n", "20", "--explain", "--json");
    Set<String> channels = new TreeSet<>();
    for (String line : run.lines()) {
      for (JsonNode term : new JsonMapper().readTree(line).at("/explanation/terms")) {
        term.properties().stream()
            .filter(each -> each.getValue().isObject())
            .forEach(each -> channels.add(each.getKey()));
      }
    }
    assertEquals(Set.of("linear", "non-linear", "prior"), channels, run.out());
  }

  @Test
  void stagesAreSpelledAsOverHttp() throws IOException {
    Run why =
        Run.kindred(
            "why-not", "--model", "" + snapshot, "--item", "100", "--target", "no", "--json");
    assertEquals("unknown-item", new JsonMapper().readTree(why.out()).get("stage").asText());
  }

  @Test
  void typingErrorsAreNotTakenForIdsOrFields() {
    Run option = related("--item", "100", "--exclud", "101");
    assertEquals(2, option.exitCode());
    assertTrue(option.err().contains("'--exclud'"), option.err());
    Run field = related("--item", "100", "--show", "typ");
    assertEquals(2, field.exitCode());
    assertTrue(field.err().startsWith("kindred: --show names 'typ'"), field.err());
    assertTrue(field.err().contains("type"), field.err());
  }

  @Test
  void explanationsFollowTheTable() {
    Run run = related("--item", "100", "-n", "2", "--explain");
    assertTrue(run.out().contains("100 -> 1"), run.out());
    assertTrue(run.out().contains("shared: type film"), run.out());
  }

  @Test
  void weightsOfTheRequestChangeTheList() {
    String plain = related("--item", "100").out();
    String other = related("--item", "100", "--weight", "click=0", "--weight", "dislike=9").out();
    assertFalse(plain.equals(other));
    Run unknown = related("--item", "100", "--weight", "clicks=1");
    assertEquals(3, unknown.exitCode());
    assertTrue(unknown.err().startsWith("kindred: no objective 'clicks'"), unknown.err());
    Run endless = related("--item", "100", "--weight", "click=1e300");
    assertEquals(3, endless.exitCode());
    assertTrue(endless.err().contains("is 1.0E300, must be 0 to 1000000"), endless.err());
  }

  @Test
  void hiddenAndExcludedItemsAreLeftOut() {
    String best = related("--item", "100", "-n", "1").lines().get(2).split(" +")[1];
    String state = directory.resolve("state").toString();
    assertEquals(0, Run.kindred("live", "hide", "--live", state, best).exitCode());
    assertFalse(contains(related("--item", "100", "--live", state), best));
    assertFalse(contains(related("--item", "100", "--exclude", best), best));
    Run.kindred("live", "unhide", "--live", state, best);
    assertTrue(contains(related("--item", "100", "--live", state), best));
  }

  @Test
  void anUnknownItemIsNamed() {
    Run run = related("--item", "nothing");
    assertBad(run, 3, "unknown item 'nothing'");
    Run second = related("--item", "100", "--item", "nothing");
    assertBad(second, 3, "unknown item 'nothing'");
    assertEquals("", second.out());
    Run several = related("--item", "nothing", "--item", "100", "--item", "none");
    assertBad(
        several, 3, "--item names 2 items that the snapshot doesn't know: [nothing, none]; check");
    assertEquals("", several.out());
    Run excluded = related("--item", "100", "--exclude", "nothing", "--exclude", "101");
    assertEquals(0, excluded.exitCode(), excluded.err());
    assertTrue(
        excluded.err().contains("--exclude names items that the snapshot doesn't know: [nothing]"),
        excluded.err());
  }

  @Test
  void aMissingSnapshotAndAMissingLiveStateAreNamed() throws IOException {
    Path missing = directory.resolve("none");
    assertBad(
        Run.kindred("related", "--model", missing.toString(), "--item", "1"),
        3,
        missing + ": no such snapshot; build one with");
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertBad(
        Run.kindred("related", "--model", empty.toString(), "--item", "1"), 3, empty.toString());
    Path file = Files.createFile(directory.resolve("file"));
    assertBad(
        Run.kindred("related", "--model", file.toString(), "--item", "1"), 3, file.toString());
    assertBad(related("--item", "100", "--live", missing.toString()), 3, missing.toString());
  }

  @Test
  void wrongUsageExitsWithTwo() {
    assertBad(related("--item", "100", "-n", "-1"), 2, "-n is -1");
    assertBad(related(), 2, "Missing required option");
    assertBad(related("--item", "100", "-n", "many"), 2, "'many' is not an int");
  }

  @Test
  void verifySaysThatASnapshotIsSound() {
    Run run = Run.kindred("verify", "--model", snapshot.toString());
    assertEquals(0, run.exitCode(), run.err());
    assertTrue(run.out().startsWith(snapshot + ": sound, "), run.out());
    assertTrue(
        Run.kindred("verify", "--model", snapshot.toString(), "--json")
            .out()
            .contains("\"sound\":true"));
  }

  @Test
  void verifyFindsAFlippedBitInEveryFile() throws IOException {
    List<Path> files;
    try (Stream<Path> list = Files.list(snapshot)) {
      files = list.sorted().toList();
    }
    assertTrue(files.size() > 5, files.toString());
    for (Path file : files) {
      long at = Files.size(file) * 2 / 3;
      flip(file, at);
      Run run = Run.kindred("verify", "--model", snapshot.toString());
      assertBad(run, 4, snapshot.toString());
      assertTrue(run.out().contains(file.getFileName().toString()), run.out());
      flip(file, at);
    }
    assertEquals(0, Run.kindred("verify", "--model", snapshot.toString()).exitCode());
  }

  @Test
  void aTruncatedSnapshotIsRefusedAtOpening() throws IOException {
    Path table = snapshot.resolve("related.ktop");
    try (RandomAccessFile file = new RandomAccessFile(table.toFile(), "rw")) {
      file.setLength(file.length() - 100);
    }
    assertBad(related("--item", "100"), 4, table.toString());
  }

  @Test
  void aSnapshotOfAnotherVersionIsRefused() throws IOException {
    Path manifest = snapshot.resolve("manifest.json");
    Files.writeString(manifest, "{\"formatVersion\": 99, \"libraryVersion\": \"9.8.7\"}");
    Run run = related("--item", "100");
    assertBad(run, 4, manifest.toString());
    assertTrue(run.err().contains("99"), run.err());
  }

  @Test
  void verifySaysThatAFormatIsOldOrNewAndNotThatItIsDamaged() throws IOException {
    Path manifest = snapshot.resolve("manifest.json");
    String[][] versions = {
      {
        "1",
        "old",
        "its format is old, which is no damage, and what this release can't read of it isn't"
            + " checked: train it again"
      },
      {
        "99",
        "new",
        "its format is newer than this release, which is no damage, and what this release can't"
            + " read of it isn't"
      },
    };
    for (String[] version : versions) {
      Files.writeString(
          manifest, "{\"formatVersion\": " + version[0] + ", \"libraryVersion\": \"9.8.7\"}");
      Run run = Run.kindred("verify", "--model", snapshot.toString());
      assertBad(run, 4, snapshot + ": " + version[2]);
      assertFalse(run.err().contains("good copy"), run.err());
      assertTrue(run.out().contains("has snapshot format " + version[0]), run.out());
      String json = Run.kindred("verify", "--model", snapshot.toString(), "--json").out();
      assertTrue(json.contains("\"sound\":false"), json);
      assertTrue(json.contains("\"finding\":\"" + version[1] + "-format\""), json);
    }
    // Of a damaged one nobody can say that it is merely old.
    Files.writeString(manifest, "{\"formatVersion\": 1, \"manifestCrc32c\": \"00000000\"}");
    Run damaged = Run.kindred("verify", "--model", snapshot.toString());
    assertBad(damaged, 4, snapshot + ": 1 fault; restore it from a good copy");
  }

  private Run related(String... args) {
    return Run.kindred(
        Stream.concat(Stream.of("related", "--model", snapshot.toString()), Stream.of(args))
            .toArray(String[]::new));
  }

  private static boolean contains(Run run, String id) {
    assertEquals(0, run.exitCode(), run.err());
    return run.lines().stream().skip(2).anyMatch(line -> line.strip().split(" +")[1].equals(id));
  }

  private static void assertBad(Run run, int exitCode, String message) {
    assertEquals(exitCode, run.exitCode(), run.err());
    assertTrue(run.err().startsWith("kindred: "), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
    assertFalse(run.err().contains("Exception"), run.err());
  }

  private static void flip(Path path, long at) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(at);
      int value = file.read();
      file.seek(at);
      file.write(value ^ 1);
    }
  }

  @Test
  void aBlankLineStandsBetweenTwoLists() {
    List<String> lines = related("--item", "100", "--item", "101", "-n", "2").lines();
    assertEquals(9, lines.size());
    assertEquals("", lines.get(4));
    assertEquals("Related to 101:", lines.get(5));
  }

  @Test
  void aListOfNothingIsAUsageError() {
    assertBad(related("--item", "100", "-n", "0"), 2, "-n is 0, must be 1 or more");
    assertBad(
        Run.kindred("recommend", "--model", snapshot.toString(), "-n", "0"),
        2,
        "-n is 0, must be 1 or more");
  }
}
