package dev.kindred.engine.mmoe;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.eval.Auc;
import dev.kindred.engine.nn.Adam;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Clicks on shown lists whose places are seen with known probabilities. */
class BiasTowerTest {
  private static final int PLACES = 10;
  private static final int ITEMS = 60;
  private static final int ROWS = 20_000;
  private static final int[] ALL = IntStream.range(0, ROWS).toArray();
  private static final int[] ONE_PER_PLACE = IntStream.range(0, PLACES).toArray();

  private static final MmoeOptions OPTIONS =
      MmoeOptions.defaults()
          .withExperts(2)
          .withHidden(List.of(16))
          .withTowerHidden(List.of())
          .withEmbeddingDim(8)
          .withOptimizer(Adam.of(0.01))
          .withBatch(256)
          .withEpochs(6)
          .withPatience(0);

  private final float[] relevance = new float[ITEMS];
  private final int[] item = new int[ROWS];
  private final FeatureTable inputs;
  private final FeatureTable places;
  private final FeatureTable onePerPlace;
  private final TaskLabels labels;

  /** Good items mostly stand high, so a model that knows no places takes place for quality. */
  BiasTowerTest() {
    Draws draws = Draws.of(3, "places");
    int[] place = new int[ROWS];
    float[][] clicks = new float[1][ROWS];
    for (int i = 0; i < ITEMS; i++) {
      relevance[i] = 0.1f + 0.8f * draws.nextFloat();
    }
    for (int row = 0; row < ROWS; row++) {
      item[row] = draws.nextInt(ITEMS);
      // The old ranking: its own idea of an item, wrong half of the time.
      double old = item[row] % 2 == 0 ? draws.nextDouble() : (item[row] * 37 % ITEMS) / 60.0;
      place[row] = Math.clamp((int) (PLACES * (0.7 * old + 0.3 * draws.nextDouble())), 0, 9);
      clicks[0][row] = draws.nextDouble() < seen(place[row]) * relevance[item[row]] ? 1 : 0;
    }
    inputs = FeatureTable.builder(ROWS).single(Feature.categorical("item", ITEMS), item).build();
    Feature feature = Feature.categorical("place", PLACES);
    places = FeatureTable.builder(ROWS).single(feature, place).build();
    onePerPlace = FeatureTable.builder(PLACES).single(feature, ONE_PER_PLACE).build();
    labels = TaskLabels.of(List.of(Task.binary("click")), clicks);
  }

  private static double seen(int place) {
    return 1.0 / (1 + place);
  }

  private MmoeModel train(Optional<FeatureTable> bias, BiasMode mode, Workers workers) {
    return Mmoe.train(
        inputs,
        bias,
        labels,
        ALL,
        new int[0],
        OPTIONS.withBiasMode(mode),
        workers,
        Progress.none());
  }

  /** Pearson's correlation of the curve found with the curve put in, both as probabilities. */
  private double correlation(MmoeModel model, Workers workers) {
    float[] curve = model.bias(onePerPlace, ONE_PER_PLACE, workers)[0];
    double[] found = new double[PLACES];
    double[] known = new double[PLACES];
    for (int p = 0; p < PLACES; p++) {
      boolean additive = model.options().biasMode() == BiasMode.ADDITIVE;
      found[p] = additive ? curve[p] : 1 / (1 + Math.exp(-curve[p]));
      known[p] = additive ? Math.log(seen(p)) : seen(p);
    }
    double meanFound = Arrays.stream(found).average().orElseThrow();
    double meanKnown = Arrays.stream(known).average().orElseThrow();
    double both = 0;
    double one = 0;
    double other = 0;
    for (int p = 0; p < PLACES; p++) {
      both += (found[p] - meanFound) * (known[p] - meanKnown);
      one += Math.pow(found[p] - meanFound, 2);
      other += Math.pow(known[p] - meanKnown, 2);
    }
    return both / Math.sqrt(one * other);
  }

  /** How well the items are told apart by their scores, among all pairs of unequal relevance. */
  private double relevanceAuc(MmoeModel model, Workers workers) {
    float[] scores = model.predict(inputs, ALL, workers)[0];
    boolean[] good = new boolean[ROWS];
    for (int row = 0; row < ROWS; row++) {
      good[row] = relevance[item[row]] > 0.5;
    }
    return Auc.of(scores, good);
  }

  @Test
  void bothKindsFindTheCurveAndRankBetterThanWithoutIt() {
    try (Workers workers = Workers.of(2)) {
      double without = relevanceAuc(train(Optional.empty(), BiasMode.ADDITIVE, workers), workers);
      for (BiasMode mode : BiasMode.values()) {
        MmoeModel model = train(Optional.of(places), mode, workers);
        double correlation = correlation(model, workers);
        assertTrue(correlation > 0.95, mode + ": correlation " + correlation);
        double with = relevanceAuc(model, workers);
        assertTrue(with > without + 0.02, "%s: %.4f, %.4f".formatted(mode, with, without));
      }
    }
  }

  @Test
  void aNetworkWithoutABiasTowerHasNoBias() {
    try (Workers workers = Workers.of(1)) {
      MmoeModel model = train(Optional.empty(), BiasMode.ADDITIVE, workers);
      assertThrows(
          IllegalStateException.class, () -> model.bias(onePerPlace, ONE_PER_PLACE, workers));
    }
  }
}
