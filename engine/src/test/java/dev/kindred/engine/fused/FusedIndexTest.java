package dev.kindred.engine.fused;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.related.Calibration;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.related.ObjectiveWeights;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.index.Neighbors;
import dev.kindred.index.OrdinalFilter;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FusedIndexTest {
  private static final int ITEMS = 5000;
  private static final int CLUSTERS = 60;
  private static final int N = 10;

  private final RelatedScorer scorer = scorer();

  @Test
  void walkScoresAreTheExactScoresUpToAConstantWhereNoObjectiveIsNegative() {
    FusedIndex index = build(FusedOptions.defaults(), 2);
    assertFalse(index.description().reduced());
    // click 12 + 16, like 10, dislike 8, and one number for each of three channels with gaps
    assertEquals(49, index.description().dim());
    double[] manual = {1.5, 0.25, 0};
    Neighbors found = new Neighbors(50);
    FusedSearcher searcher = index.searcher();
    for (int source : new int[] {3, 77, 4321}) {
      searcher.related(source, manual, 50, 256, OrdinalFilter.ALL, found);
      float[] exact = exact(source, manual);
      double constant = exact[found.ordinal(0)] - found.score(0);
      for (int rank = 0; rank < found.size(); rank++) {
        assertEquals(exact[found.ordinal(rank)], found.score(rank) + constant, 2e-4);
      }
    }
  }

  @Test
  void skewedWeightsFindTheBestItems() {
    FusedIndex index = build(FusedOptions.defaults(), 2);
    for (double[] manual :
        List.of(
            new double[] {1, 1, 1},
            new double[] {1, 0, 0},
            new double[] {0, 1, 0},
            new double[] {0.1, 5, 0.5},
            new double[] {1, 1, 6})) {
      double recall = recall(index, manual, 60);
      assertTrue(recall >= 0.95, () -> "recall " + recall + " at " + Arrays.toString(manual));
    }
  }

  @Test
  void reducedVectorsStillFindTheBestItems() {
    FusedIndex index = build(FusedOptions.defaults().withMaxDim(32), 2);
    FusedIndex.Description description = index.description();
    assertTrue(description.reduced());
    assertEquals(32, description.dim());
    assertEquals(29, description.channelDims().stream().mapToInt(Integer::intValue).sum());
    assertTrue(description.energy().stream().allMatch(part -> part > 0.5 && part <= 1));
    double recall = recall(index, new double[] {1, 1, 1}, 60);
    assertTrue(recall >= 0.9, () -> "recall " + recall);
  }

  @Test
  void directionsLeftOutAreTheSmallest() {
    FusedLayout full = FusedLayout.of(scorer);
    ChannelBasis basis = ChannelBasis.learn(full, 29);
    float[] scratch = new float[full.longest()];
    float[] whole = new float[full.dim()];
    float[] projected = new float[64];
    for (int c = 0; c < full.places().size(); c++) {
      double all = 0;
      double kept = 0;
      for (int item = 0; item < ITEMS; item += 7) {
        full.copyRow(item, whole, scratch);
        basis.project(c, whole, full.places().get(c).offset(), projected, 0);
        for (int r = 0; r < basis.kept(c); r++) {
          kept += projected[r] * projected[r];
        }
        all += full.places().get(c).part().channel().has(item) ? 1 : 0;
      }
      assertEquals(basis.energy(c), kept / all, 0.02);
      assertTrue(basis.energy(c) >= (double) basis.kept(c) / full.places().get(c).dim() - 1e-9);
    }
  }

  @Test
  void anyNumberOfThreadsBuildsTheSameIndex() {
    List<Float> one = scores(build(FusedOptions.defaults().withMaxDim(32), 1));
    assertEquals(one, scores(build(FusedOptions.defaults().withMaxDim(32), 3)));
  }

  @Test
  void vectorOfAnItemFindsTheItem() {
    FusedIndex index = build(FusedOptions.defaults().withMaxDim(32), 2);
    FusedLayout full = index.full();
    float[] row = new float[full.dim()];
    Neighbors found = new Neighbors(1);
    int hits = 0;
    for (int item = 0; item < 100; item++) {
      full.copyRow(item, row, new float[full.longest()]);
      float[] whole = Arrays.copyOf(row, full.vectorDim());
      index.searcher().similar(whole, 1, 100, OrdinalFilter.ALL, found);
      hits += found.ordinal(0) == item ? 1 : 0;
    }
    assertTrue(hits >= 95, "found " + hits + " of 100");
  }

  @Test
  void rowsHaveEqualLengthsWhateverIsAbsent() {
    FusedLayout full = FusedLayout.of(scorer);
    float[] row = new float[full.dim()];
    for (int item = 0; item < ITEMS; item += 11) {
      full.copyRow(item, row, new float[full.longest()]);
      double squared = 0;
      for (float value : row) {
        squared += value * value;
      }
      assertEquals(full.places().size(), squared, 1e-4);
    }
  }

  @Test
  void tooFewDimensionsForTheChannelsAreRefused() {
    List<RelatedScorer.Part> parts = new ArrayList<>();
    List<ObjectiveWeight> objectives = new ArrayList<>();
    for (int k = 0; k < 20; k++) {
      objectives.add(new ObjectiveWeight("o" + k, Polarity.POSITIVE, 1, 1));
      parts.add(part("o" + k, Channel.Kind.LINEAR, 3, 0.5, k));
    }
    RelatedScorer wide =
        RelatedScorer.of(
            new ObjectiveWeights(objectives, false, ""), parts, Merge.CALIBRATED, ITEMS);
    FusedOptions narrow = FusedOptions.defaults().withMaxDim(16);
    try (Workers workers = Workers.of(1)) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> FusedIndex.build(wide, narrow, workers, Progress.none()))
              .getMessage();
      assertTrue(message.contains("20 channels don't fit"), message);
    }
  }

  @Test
  void answersDoNotDependOnWhatWasAskedBefore() {
    FusedIndex index = build(FusedOptions.defaults(), 1);
    FusedSearcher searcher = index.searcher();
    Neighbors first = new Neighbors(20);
    Neighbors second = new Neighbors(20);
    double[] manual = {1, 1, 1};
    searcher.related(5, manual, 20, 64, OrdinalFilter.ALL, first);
    searcher.related(6, manual, 20, 64, OrdinalFilter.ALL, second);
    searcher.related(5, manual, 20, 64, OrdinalFilter.ALL, second);
    assertArrayEquals(ordinals(first), ordinals(second));
  }

  private static int[] ordinals(Neighbors neighbors) {
    int[] ordinals = new int[neighbors.size()];
    Arrays.setAll(ordinals, neighbors::ordinal);
    return ordinals;
  }

  private static List<Float> scores(FusedIndex index) {
    List<Float> scores = new ArrayList<>();
    Neighbors found = new Neighbors(20);
    for (int source = 0; source < 50; source++) {
      index.searcher().related(source, new double[] {1, 1, 1}, 20, 64, OrdinalFilter.ALL, found);
      for (int rank = 0; rank < found.size(); rank++) {
        scores.add(found.score(rank));
        scores.add((float) found.ordinal(rank));
      }
    }
    return scores;
  }

  /** Part of the truly best items in shortlists of the length that is scored anew. */
  private double recall(FusedIndex index, double[] manual, int queries) {
    Neighbors found = new Neighbors(140);
    FusedSearcher searcher = index.searcher();
    double hits = 0;
    for (int q = 0; q < queries; q++) {
      int source = q * 83 % ITEMS;
      searcher.related(source, manual, 141, FusedSearcher.DEFAULT_EF, OrdinalFilter.ALL, found);
      Set<Integer> shortlist = new HashSet<>();
      for (int rank = 0; rank < found.size(); rank++) {
        shortlist.add(found.ordinal(rank));
      }
      float[] exact = exact(source, manual);
      Integer[] order = new Integer[ITEMS];
      Arrays.setAll(order, i -> i);
      exact[source] = Float.NEGATIVE_INFINITY;
      Arrays.sort(order, (a, b) -> Float.compare(exact[b], exact[a]));
      for (int rank = 0; rank < N; rank++) {
        hits += shortlist.contains(order[rank]) ? 1 : 0;
      }
    }
    return hits / (queries * N);
  }

  private float[] exact(int source, double[] manual) {
    int[] all = new int[ITEMS];
    Arrays.setAll(all, i -> i);
    float[] scores = new float[ITEMS];
    scorer.score(source, all, ITEMS, manual, scores, scorer.newScratch(ITEMS));
    return scores;
  }

  private FusedIndex build(FusedOptions options, int threads) {
    try (Workers workers = Workers.of(threads)) {
      return FusedIndex.build(scorer, options, workers, Progress.none()).orElseThrow();
    }
  }

  private static RelatedScorer scorer() {
    return RelatedScorer.of(
        new ObjectiveWeights(
            List.of(
                new ObjectiveWeight("click", Polarity.POSITIVE, 1, 0.5),
                new ObjectiveWeight("like", Polarity.POSITIVE, 1, 0.3),
                new ObjectiveWeight("dislike", Polarity.NEGATIVE, 1, 0.2)),
            false,
            "drawn"),
        List.of(
            part("click", Channel.Kind.LINEAR, 12, 1, 1),
            part("click", Channel.Kind.NON_LINEAR, 16, 0.9, 2),
            part("like", Channel.Kind.LINEAR, 10, 0.7, 3),
            part("dislike", Channel.Kind.LINEAR, 8, 0.6, 4)),
        Merge.CALIBRATED,
        ITEMS);
  }

  /** Unit vectors around cluster centres, of which the later numbers vary less. */
  private static RelatedScorer.Part part(
      String objective, Channel.Kind kind, int dim, double coverage, long seed) {
    float[] vectors = new float[ITEMS * dim];
    Draws centre = Draws.of(seed, "centre");
    Draws own = Draws.of(seed, "own");
    for (int item = 0; item < ITEMS; item++) {
      centre.reset(item % CLUSTERS);
      own.reset(item);
      boolean lacks = own.nextDouble() >= coverage;
      for (int j = 0; j < dim && !lacks; j++) {
        vectors[item * dim + j] =
            (float) ((centre.nextGaussian() + 0.7 * own.nextGaussian()) / (1 + 0.3 * j));
      }
    }
    return new RelatedScorer.Part(
        Channel.normalized(objective, kind, vectors, ITEMS, dim),
        new Calibration(3, -0.8f, true, "drawn"));
  }
}
