package dev.kindred.engine.mmoe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.nn.Adam;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.serve.NetworkFiles;
import dev.kindred.engine.rank.RankOptions;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RankerTest {
  private static final int ROWS = 600;
  private static final int[] ALL = IntStream.range(0, ROWS).toArray();

  @TempDir Path directory;

  private static MmoeModel train(MmoeOptions options, FeatureTable inputs, Workers workers) {
    Draws draws = Draws.of(3, "labels");
    float[][] y = new float[3][ROWS];
    for (int row = 0; row < ROWS; row++) {
      y[0][row] = draws.nextInt(2);
      y[1][row] = 100 + 20 * draws.nextFloat();
      y[2][row] = draws.nextInt(4) == 0 ? 1 : 0;
    }
    List<Task> tasks =
        List.of(Task.binary("click"), Task.regression("amount"), Task.binary("like"));
    return Mmoe.train(
        inputs,
        Optional.empty(),
        TaskLabels.of(tasks, y),
        ALL,
        new int[0],
        options,
        workers,
        Progress.none());
  }

  private static FeatureTable inputs() {
    Draws draws = Draws.of(4, "inputs");
    int[] category = new int[ROWS];
    float[] number = new float[ROWS];
    for (int row = 0; row < ROWS; row++) {
      category[row] = draws.nextInt(9);
      number[row] = (float) draws.nextGaussian();
    }
    return FeatureTable.builder(ROWS)
        .single(Feature.categorical("category", 9), category)
        .numeric("number", number)
        .build();
  }

  @Test
  void whatServesPredictsWhatTheTrainedNetworkDoes() throws IOException {
    MmoeOptions options =
        MmoeOptions.defaults()
            .withExperts(3)
            .withHidden(List.of(16, 12))
            .withTowerHidden(List.of(8))
            .withEmbeddingDim(8)
            .withOptimizer(Adam.of(0.01))
            .withBatch(128)
            .withEpochs(2)
            .withPatience(0);
    for (Sharing sharing : Sharing.values()) {
      check(options.withSharing(sharing), sharing.name());
    }
  }

  @Test
  void aLinearNetworkServesToo() throws IOException {
    MmoeOptions linear = MmoeOptions.linear().withEpochs(2).withPatience(0);
    check(linear, "linear");
    check(linear.withTowerHidden(List.of(8)), "linear below towers");
  }

  /** It has no first layer of which a half could be kept for each item. */
  @Test
  void thePersonalisedPathRefusesALinearRankerBeforeItTrains() {
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> RankOptions.defaults().withRanker(MmoeOptions.linear()));
    assertTrue(e.getMessage().contains("option hidden of the ranker is empty"), e.getMessage());
  }

  private void check(MmoeOptions options, String what) throws IOException {
    FeatureTable inputs = inputs();
    try (Workers workers = Workers.of(1)) {
      MmoeModel model = train(options, inputs, workers);
      float[] x = model.encode(inputs, ALL, workers);
      Path path = directory.resolve(what + ".safetensors");
      NetworkFiles.write(path, model.ranker());
      dev.kindred.engine.nn.serve.Mmoe ranker = NetworkFiles.readMmoe(path);
      float[] y = new float[ROWS * 3];
      ranker.forward(x, 0, ranker.inputs(), ROWS, y, 0, 3, ranker.scratch());
      float[][] expected = model.predict(inputs, ALL, workers);
      for (int i = 0; i < y.length; i++) {
        float wanted = expected[i % 3][i / 3];
        assertEquals(wanted, y[i], 1e-5 * Math.max(1, Math.abs(wanted)), what + ", " + i);
      }
    }
  }
}
