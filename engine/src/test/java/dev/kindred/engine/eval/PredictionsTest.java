package dev.kindred.engine.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Metrics of predictions against values worked out by hand. */
final class PredictionsTest {
  private static final double EPSILON = 1e-6;

  @Test
  void logLossIsTheMeanOfMinusTheLogarithmOfWhatCame() {
    float[] probability = {.5f, .25f, .8f};
    boolean[] happened = {true, false, true};
    double byHand = -(Math.log(.5) + Math.log(.75) + Math.log(.8)) / 3;
    assertEquals(byHand, Predictions.logLoss(probability, happened), EPSILON);
  }

  @Test
  void aSureMistakeCostsMuchButNotInfinitely() {
    double loss = Predictions.logLoss(new float[] {1}, new boolean[] {false});
    assertEquals(-Math.log(1e-7), loss, 1e-3);
    assertEquals(0, Predictions.logLoss(new float[] {1}, new boolean[] {true}), EPSILON);
  }

  @Test
  void rmseIsTheRootOfTheMeanSquaredError() {
    float[] probability = {.5f, .2f};
    assertEquals(
        Math.sqrt((.25 + .04) / 2),
        Predictions.rmse(probability, new boolean[] {true, false}),
        EPSILON);
    assertEquals(
        Math.sqrt((1 + 4) / 2.0),
        Predictions.rmse(new float[] {1, 2}, new float[] {2, 4}),
        EPSILON);
  }

  @Test
  void whatIsNoProbabilityIsRefusedByItsPlace() {
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () -> Predictions.logLoss(new float[] {.5f, 1.5f}, new boolean[2]))
            .getMessage()
            .contains("probability 1 is 1.5"));
    assertThrows(
        IllegalArgumentException.class,
        () -> Predictions.rmse(new float[] {Float.NaN}, new boolean[1]));
    assertThrows(
        IllegalArgumentException.class, () -> Predictions.logLoss(new float[0], new boolean[0]));
  }

  @Test
  void calibrationErrorIsTheMeanDistanceOfPredictedAndObservedInBins() {
    // Bin [0, .5): .1, .3 -> mean .2, observed 1/2. Bin [.5, 1]: .9, 1, .8 -> mean .9, observed
    // 2/3.
    Reliability reliability =
        Reliability.of(
            new float[] {.1f, .9f, .3f, 1, .8f}, new boolean[] {false, true, true, true, false}, 2);
    assertEquals(2, reliability.bins().size());
    assertEquals(2, reliability.bins().get(0).count());
    assertEquals(.2, reliability.bins().get(0).predicted(), EPSILON);
    assertEquals(.5, reliability.bins().get(0).observed(), EPSILON);
    assertEquals((2 * .3 + 3 * (.9 - 2 / 3.0)) / 5, reliability.error(), EPSILON);
  }

  @Test
  void emptyBinsAreLeftOut() {
    Reliability reliability =
        Reliability.of(new float[] {.05f, .95f}, new boolean[] {false, true}, 10);
    assertEquals(2, reliability.bins().size());
    assertEquals(.05, reliability.error(), EPSILON);
  }

  @Test
  void groupedAucWeighsGroupsBySizeAndLeavesOutThoseOfOneKind() {
    // Group 0: perfect, two examples. Group 7: one of two pairs right. Group 3: positives only.
    float[] scores = {1, 2, 5, 1, 3, 9};
    boolean[] positive = {false, true, false, true, false, true};
    int[] group = {0, 0, 7, 7, 7, 3};
    GroupedAuc auc = GroupedAuc.of(scores, positive, group);
    assertEquals((2 * 1.0 + 3 * 0.0) / 5, auc.auc(), EPSILON);
    assertEquals(2, auc.groups());
    assertEquals(1, auc.leftOut());
  }

  @Test
  void groupedAucCountsTiesAsHalfAndIsUndefinedWithoutGroups() {
    assertEquals(
        .5,
        GroupedAuc.of(new float[] {1, 1}, new boolean[] {true, false}, new int[2]).auc(),
        EPSILON);
    assertTrue(
        Double.isNaN(GroupedAuc.of(new float[] {1}, new boolean[] {true}, new int[1]).auc()));
  }
}
