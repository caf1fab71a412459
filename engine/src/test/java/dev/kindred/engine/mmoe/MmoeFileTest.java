package dev.kindred.engine.mmoe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.nn.Adagrad;
import dev.kindred.engine.nn.Adam;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Quantiles;
import dev.kindred.engine.nn.Safetensors;
import dev.kindred.engine.nn.Schedule;
import dev.kindred.engine.nn.serve.NetworkFiles;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A saved multi-task network against the one in memory. */
class MmoeFileTest {
  private static final int ROWS = 300;
  private static final int[] TRAIN = IntStream.range(0, 200).toArray();
  private static final int[] HELD_OUT = IntStream.range(200, ROWS).toArray();
  private static final int[] ALL = IntStream.range(0, ROWS).toArray();
  private static final List<String> COLORS = List.of("red", "green", "blue");

  private static final MmoeOptions OPTIONS =
      MmoeOptions.defaults()
          .withExperts(3)
          .withHidden(List.of(8, 4))
          .withTowerHidden(List.of(4))
          .withEmbeddingDim(4)
          .withOptimizer(Adam.of(0.01))
          .withBatch(64)
          .withEpochs(2);

  private final Workers workers = Workers.of(1);
  private final Raw raw = new Raw();

  @TempDir Path directory;

  @AfterEach
  void close() {
    workers.close();
  }

  /** Rows as a caller has them, before any feature is known; some values no training row has. */
  private static final class Raw {
    final List<String> colors = new ArrayList<>();
    final List<String> items = new ArrayList<>();
    final List<List<String>> tags = new ArrayList<>();
    final float[] price = new float[ROWS];
    final List<String> places = new ArrayList<>();

    Raw() {
      Draws draws = Draws.of(5, "raw");
      for (int row = 0; row < ROWS; row++) {
        colors.add(row % 50 == 49 ? "" : row > 250 ? "pink" : COLORS.get(draws.nextInt(3)));
        items.add("item " + draws.nextInt(100));
        List<String> each = new ArrayList<>();
        for (int i = draws.nextInt(4); i > 0; i--) {
          each.add("tag " + draws.nextInt(6));
        }
        tags.add(each);
        price[row] = row % 40 == 7 ? Float.NaN : (float) Math.exp(draws.nextGaussian());
        places.add("place " + draws.nextInt(4));
      }
    }

    FeatureTable inputs(List<Feature> features) {
      return FeatureTable.builder(ROWS)
          .text(features.get(0), colors)
          .text(features.get(1), items)
          .texts(features.get(2), tags)
          .numeric(features.get(3), price)
          .build();
    }

    FeatureTable places(List<Feature> features) {
      return FeatureTable.builder(ROWS).text(features.getFirst(), places).build();
    }
  }

  private List<Feature> features() {
    return List.of(
        Feature.categorical("color", COLORS).opened(),
        Feature.hashed("item", 16),
        Feature.categorical("tags", List.of("tag 0", "tag 1", "tag 2", "tag 3")),
        Feature.numeric("price", Quantiles.fit(Arrays.copyOf(raw.price, TRAIN.length))));
  }

  private static List<Feature> biasFeatures() {
    return List.of(Feature.categorical("place", List.of("place 0", "place 1", "place 2")));
  }

  private MmoeModel train(MmoeOptions options, boolean biased) {
    Draws draws = Draws.of(6, "labels");
    float[][] y = new float[3][ROWS];
    for (int row = 0; row < ROWS; row++) {
      y[0][row] = draws.nextInt(2);
      y[1][row] = 100 + 20 * draws.nextFloat();
      y[2][row] = draws.nextInt(4) == 0 ? 1 : 0;
    }
    List<Task> tasks =
        List.of(
            Task.binary("click").withWeight(0.3),
            Task.regression("seconds"),
            Task.binary("like").withBiased(false));
    return train(options, biased, TaskLabels.of(tasks, y));
  }

  private MmoeModel train(MmoeOptions options, boolean biased, TaskLabels labels) {
    return Mmoe.train(
        raw.inputs(features()),
        biased ? Optional.of(raw.places(biasFeatures())) : Optional.empty(),
        labels,
        TRAIN,
        HELD_OUT,
        options,
        workers,
        Progress.none());
  }

  private Path save(MmoeModel model) throws IOException {
    Path path = directory.resolve("mmoe.safetensors");
    model.save(path);
    return path;
  }

  @Test
  void aLoadedNetworkPredictsTheSameBitsFromRawRows() throws IOException {
    for (Sharing sharing : Sharing.values()) {
      checkRoundTrip(train(OPTIONS.withSharing(sharing), false), sharing.name());
      for (BiasMode mode : BiasMode.values()) {
        for (List<Integer> hidden : List.of(List.<Integer>of(), List.of(4))) {
          MmoeOptions options =
              OPTIONS.withSharing(sharing).withBiasMode(mode).withBiasHidden(hidden);
          checkRoundTrip(train(options, true), sharing + ", " + mode + ", " + hidden);
        }
      }
    }
  }

  private void checkRoundTrip(MmoeModel model, String what) throws IOException {
    MmoeModel loaded = MmoeModel.load(save(model));
    assertEquals(model.hash(), loaded.hash(), what);
    FeatureTable inputs = raw.inputs(features());
    FeatureTable read = raw.inputs(loaded.features());
    float[][] predictions = model.predict(inputs, ALL, workers);
    assertArrayEquals(predictions, loaded.predict(read, ALL, workers), what);
    assertNotEquals(predictions[0][0], predictions[0][1], what);
    assertEquals(model.hasBias(), loaded.hasBias(), what);
    if (model.hasBias()) {
      FeatureTable places = raw.places(biasFeatures());
      FeatureTable readPlaces = raw.places(loaded.biasFeatures());
      assertArrayEquals(
          model.predictSeen(inputs, places, ALL, workers),
          loaded.predictSeen(read, readPlaces, ALL, workers),
          what);
      assertArrayEquals(
          model.bias(places, ALL, workers), loaded.bias(readPlaces, ALL, workers), what);
    } else {
      assertEquals(List.of(), loaded.biasFeatures(), what);
    }
  }

  @Test
  void optionsTasksFeaturesAndHistoryAreReadBack() throws IOException {
    MmoeOptions options =
        OPTIONS
            .withOptimizer(new Adagrad(0.1, 0.2, 1e-6, 1e-4))
            .withSchedule(Schedule.stairs(3, 7, 0.5))
            .withBiasMode(BiasMode.MULTIPLICATIVE)
            .withBiasHidden(List.of(5))
            .withUnknownIds(0.1)
            .withDropout(0.2)
            .withSeed(Long.MIN_VALUE);
    MmoeModel model = train(options, true);
    MmoeModel loaded = MmoeModel.load(save(model));
    assertEquals(options, loaded.options());
    assertEquals(model.tasks(), loaded.tasks());
    assertEquals(model.features().toString(), loaded.features().toString());
    assertEquals(COLORS, loaded.features().getFirst().vocabulary());
    assertTrue(loaded.features().getFirst().isOpen());
    assertTrue(loaded.features().get(1).isHashed());
    assertArrayEquals(
        model.features().get(3).quantiles().cuts(), loaded.features().get(3).quantiles().cuts());
    assertArrayEquals(model.losses(), loaded.losses());
    assertArrayEquals(model.scores(), loaded.scores());
    assertEquals(model.bestEpoch(), loaded.bestEpoch());
  }

  @Test
  void aCutOrDamagedFileIsRefusedByName() throws IOException {
    Path path = save(train(OPTIONS.withEpochs(1), true));
    byte[] bytes = Files.readAllBytes(path);
    for (int length : new int[] {0, 7, 100, bytes.length / 2, bytes.length - 1}) {
      Files.write(path, Arrays.copyOf(bytes, length));
      Exception e = assertThrows(CorruptFileException.class, () -> MmoeModel.load(path));
      assertTrue(e.getMessage().startsWith(path.toString()), length + ": " + e.getMessage());
    }
    byte[] flipped = bytes.clone();
    flipped[bytes.length - 3] ^= 1;
    Files.write(path, flipped);
    assertThrows(CorruptFileException.class, () -> MmoeModel.load(path));
  }

  @Test
  void aDescriptionThatDoesNotFitTheWeightsIsRefused() throws IOException {
    MmoeModel model = train(OPTIONS, true);
    checkRefused(
        model, "\"kind\":\"multi-task\"", "\"kind\":\"mmoe\"", "it is a mmoe of version 1");
    checkRefused(model, "\"version\":1", "\"version\":2", "expected multi-task of version 1");
    checkRefused(model, "GATE_PER_TASK", "ONE_GATE", "no place for the tensors [gate.1.");
    checkRefused(model, "GATE_PER_TASK", "SOME_GATES", "SOME_GATES");
    checkRefused(model, "\"experts\":3", "\"experts\":4", "[16 x 3] don't fit parameter gate.0");
    checkRefused(model, "\"experts\":3", "\"experts\":0", "experts is 0");
    checkRefused(model, "\"hidden\":[8,4]", "\"hidden\":[8,5]", "don't fit parameter");
    checkRefused(model, "\"red\",", "", "feature color has 2 values");
    checkRefused(model, "\"size\":16", "\"size\":2000000000", "input.item has 17 rows");
    checkRefused(model, "\"name\":\"tags\"", "\"name\":\"item\"", "two features are called item");
    checkRefused(model, "\"name\":\"like\"", "\"name\":\"click\"", "two tasks are called click");
    checkRefused(model, "\"deviation\":", "\"deviance\":", "incomplete");
    checkRefused(model, "\"biased\":true", "\"biased\":false", "no task that is biased");
  }

  private void checkRefused(MmoeModel model, String from, String to, String expected)
      throws IOException {
    checkRefused(
        model,
        expected,
        description -> {
          assertTrue(description.contains(from), from + " isn't in " + description);
          return description.replace(from, to);
        },
        tensors -> tensors);
  }

  private void checkRefused(
      MmoeModel model,
      String expected,
      UnaryOperator<String> changed,
      UnaryOperator<Map<String, Safetensors.Tensor>> tensors)
      throws IOException {
    Path path = save(model);
    Safetensors saved = Safetensors.read(path);
    String description = changed.apply(saved.metadata().get("kindred"));
    Safetensors.write(path, Map.of("kindred", description), tensors.apply(saved.tensors()));
    Exception e = assertThrows(CorruptFileException.class, () -> MmoeModel.load(path), expected);
    assertTrue(e.getMessage().startsWith(path.toString()), e.getMessage());
    assertTrue(e.getMessage().contains(expected), e.getMessage());
  }

  @Test
  void aWeightThatIsNoNumberIsRefusedByName() throws IOException {
    checkRefused(
        train(OPTIONS.withEpochs(1), false),
        "value 2 of tensor gate.1.bias is NaN",
        description -> description,
        tensors -> {
          Map<String, Safetensors.Tensor> changed = new LinkedHashMap<>(tensors);
          float[] values = {0, 0, Float.NaN};
          changed.put("gate.1.bias", new Safetensors.Tensor(1, 3, values));
          return changed;
        });
  }

  @Test
  void foreignFilesAreRefusedByName() throws IOException {
    MmoeModel model = train(OPTIONS.withEpochs(1), false);
    Path path = directory.resolve("other.safetensors");
    NetworkFiles.write(path, model.ranker());
    Exception e = assertThrows(CorruptFileException.class, () -> MmoeModel.load(path));
    assertTrue(e.getMessage().contains("it is a mmoe of version null"), e.getMessage());
    Map<String, Safetensors.Tensor> tensors =
        Map.of("input.color", new Safetensors.Tensor(1, 1, new float[1]));
    Safetensors.write(path, Map.of("format", "kindred multi-task network 1"), tensors);
    e = assertThrows(CorruptFileException.class, () -> MmoeModel.load(path));
    assertTrue(e.getMessage().contains("without a description; train it anew"), e.getMessage());
  }

  /**
   * Where no held-out row has a label, the score of an epoch is NaN, for which JSON has no word.
   */
  @Test
  void scoresThatAreNoNumbersAreReadBack() throws IOException {
    float[][] y = new float[1][ROWS];
    for (int row = 0; row < ROWS; row++) {
      y[0][row] = row < TRAIN.length ? row % 2 : Float.NaN;
    }
    MmoeModel model = train(OPTIONS, false, TaskLabels.of(List.of(Task.binary("click")), y));
    assertTrue(Double.isNaN(model.scores()[0]), Arrays.toString(model.scores()));
    assertArrayEquals(model.scores(), MmoeModel.load(save(model)).scores());
  }
}
