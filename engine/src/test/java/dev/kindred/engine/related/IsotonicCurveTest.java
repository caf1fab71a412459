package dev.kindred.engine.related;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import org.junit.jupiter.api.Test;

class IsotonicCurveTest {
  private static double probability(double logOdds) {
    return 1 / (1 + Math.exp(-logOdds));
  }

  @Test
  void poolsOfAHandWorkedCase() {
    // Cosines 0.1 to 0.4: random, positive, random, positive. The middle two violate and pool.
    IsotonicCurve curve =
        IsotonicCurve.fit(new float[] {0.2f, 0.4f}, new float[] {0.1f, 0.3f}, 0, 1);
    assertEquals(3, curve.size());
    double high = 3.0 / 4;
    double low = 1.0 / 4;
    assertEquals(low, probability(curve.logOdds(0)), 1e-6);
    assertEquals(0.25, curve.cosine(1), 1e-6);
    assertEquals((high + low) / 2, probability(curve.logOdds(1)), 1e-6);
    assertEquals(high, probability(curve.logOdds(2)), 1e-6);
    assertEquals(curve.logOdds(0), curve.at(-1));
    assertEquals(curve.logOdds(2), curve.at(1));
    assertEquals((curve.logOdds(0) + curve.logOdds(1)) / 2, curve.at(0.175f), 1e-5);
  }

  @Test
  void equalCosinesAreOnePoint() {
    float[] same = {0.5f, 0.5f, 0.5f};
    IsotonicCurve curve = IsotonicCurve.fit(same, new float[] {0.5f}, 0, 1);
    assertEquals(1, curve.size());
    assertEquals((4.0 / 5 + 1.0 / 3) / 2, probability(curve.at(0.5f)), 1e-6);
  }

  @Test
  void neverFallsAndIsCloserThanALineWhereTheTruthIsAStep() {
    Draws draws = Draws.of(3, "step");
    float[] positive = new float[4000];
    float[] random = new float[4000];
    int positives = 0;
    int randoms = 0;
    while (positives < 4000 || randoms < 4000) {
      double x = draws.nextDouble();
      boolean isPositive = draws.nextDouble() < (x < 0.8 ? 0.3 : 0.95);
      if (isPositive && positives < 4000) {
        positive[positives++] = (float) x;
      } else if (!isPositive && randoms < 4000) {
        random[randoms++] = (float) x;
      }
    }
    Calibration platt = Calibration.fit("c", positive, random, Calibration.Method.PLATT);
    Calibration isotonic = Calibration.fit("c", positive, random, Calibration.Method.ISOTONIC);
    IsotonicCurve curve = isotonic.curve().orElseThrow();
    assertTrue(curve.size() <= IsotonicCurve.MAX_POINTS, curve.toString());
    float before = Float.NEGATIVE_INFINITY;
    double lineLoss = 0;
    double curveLoss = 0;
    for (int i = -100; i <= 1100; i++) {
      float x = i / 1000f;
      assertTrue(isotonic.logOdds(x) >= before, "falls at " + x);
      before = isotonic.logOdds(x);
    }
    for (int i = 0; i < 4000; i++) {
      lineLoss += Math.log1p(Math.exp(-platt.logOdds(positive[i])));
      lineLoss += Math.log1p(Math.exp(platt.logOdds(random[i])));
      curveLoss += Math.log1p(Math.exp(-isotonic.logOdds(positive[i])));
      curveLoss += Math.log1p(Math.exp(isotonic.logOdds(random[i])));
    }
    assertTrue(curveLoss < 0.98 * lineLoss, curveLoss + " against " + lineLoss);
    assertEquals(platt.slope(), isotonic.slope());
    assertTrue(isotonic.note().contains("log loss on held-out pairs"), isotonic.note());
  }

  @Test
  void aUselessChannelIsSwitchedOffWhateverTheMethod() {
    Draws draws = Draws.of(8, "useless");
    float[] positive = new float[500];
    float[] random = new float[500];
    for (int i = 0; i < 500; i++) {
      positive[i] = draws.nextFloat();
      random[i] = draws.nextFloat();
    }
    Calibration fit = Calibration.fit("c", positive, random, Calibration.Method.ISOTONIC);
    assertTrue(!fit.active() && fit.curve().isEmpty(), fit.note());
  }

  @Test
  void wildCurvesAreRefused() {
    float[][][] wild = {
      {{}, {}},
      {{1, 2}, {1}},
      {{1, 1}, {1, 2}},
      {{2, 1}, {1, 2}},
      {{1, 2}, {2, 1}},
      {{Float.NaN}, {1}},
      {{1}, {Float.POSITIVE_INFINITY}},
      {new float[101], new float[101]},
    };
    for (float[][] points : wild) {
      assertThrows(IllegalArgumentException.class, () -> IsotonicCurve.of(points[0], points[1]));
    }
    IsotonicCurve curve = IsotonicCurve.of(new float[] {0, 1}, new float[] {-1, 1});
    assertEquals(curve, IsotonicCurve.of(new float[] {0, 1}, new float[] {-1, 1}));
    assertEquals(0, curve.at(0.5f));
  }
}
