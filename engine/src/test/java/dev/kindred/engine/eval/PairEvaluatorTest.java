package dev.kindred.engine.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.related.Calibration;
import dev.kindred.engine.related.CalibrationPairs;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.related.ObjectiveWeights;
import dev.kindred.engine.related.RelatedScorer;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class PairEvaluatorTest {
  private static final int ITEMS = 4;

  /** Items 0 and 1 share two of their users, 2 and 3 one, 1 and 2 one; all others none. */
  private static final Interactions TRAIN =
      Interactions.of(
          5,
          ITEMS,
          new int[] {0, 0, 1, 1, 2, 2, 3, 3, 4},
          new int[] {0, 1, 0, 1, 1, 2, 2, 3, 0},
          new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1},
          Interactions.Duplicates.SUM);

  /** Of one user: (0, 1) and (2, 3); of two: (0, 3), (1, 2) and (1, 3). */
  private static final CalibrationPairs PAIRS =
      CalibrationPairs.of(new int[] {0, 2, 0, 1, 1}, new int[] {1, 3, 3, 2, 3}, 2);

  /** Items 0 and 1 lie at one angle, 2 and 3 at another: the cosine tells all pairs but (1, 2). */
  private static RelatedScorer scorer() {
    float[] vectors = {1, 0, 1, 0, 0, 1, 0, 1};
    return RelatedScorer.of(
        new ObjectiveWeights(
            List.of(new ObjectiveWeight("click", Polarity.POSITIVE, 1, 1)), false, "test"),
        List.of(
            new RelatedScorer.Part(
                Channel.normalized("click", Channel.Kind.LINEAR, vectors, ITEMS, 2),
                new Calibration(2, 0, true, "test"))),
        Merge.CALIBRATED,
        ITEMS);
  }

  private static Optional<PairEvaluator.Report> evaluate(IntUnaryOperator toModel) {
    return PairEvaluator.evaluate(scorer(), 0, TRAIN, PAIRS, toModel);
  }

  @Test
  void baselinesAreAskedForTheSamePairs() {
    PairEvaluator.Report report = evaluate(i -> i).orElseThrow();
    assertEquals(5, report.pairs());
    assertEquals(1, report.auc().auc());
    // Cosines: 2/3 and 1/sqrt(2) of one user, 0, 1/sqrt(6) and 0 of two.
    assertEquals(1, report.baselines().cooccurrence());
    // Users of the second item: 3 and 1 against 1, 2 and 1: (1 + 1 + 1 + .5 + 0 + .5) / 6.
    assertEquals(4.0 / 6, report.baselines().popularity(), 1e-12);
  }

  @Test
  void pairsOfUnknownItemsAreLeftOutOfEverything() {
    // Without item 0 only (2, 3) is left of one user: too few.
    assertTrue(evaluate(i -> i - 1).isEmpty());
    CalibrationPairs more =
        CalibrationPairs.of(new int[] {1, 2, 1, 1, 0}, new int[] {2, 3, 3, 3, 1}, 2);
    PairEvaluator.Report report =
        PairEvaluator.evaluate(scorer(), 0, TRAIN, more, i -> i == 0 ? -1 : i).orElseThrow();
    assertEquals(4, report.pairs());
    assertEquals(.75, report.auc().auc()); // (1, 2) looks like both pairs of two users
    assertEquals(1, report.baselines().cooccurrence());
    assertEquals(.75, report.baselines().popularity()); // 2 and 1 against 1 and 1
  }
}
