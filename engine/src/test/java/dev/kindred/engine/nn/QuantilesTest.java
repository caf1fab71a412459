package dev.kindred.engine.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class QuantilesTest {
  @Test
  void aShareIsThatOfAPlainSearchToTheBit() {
    for (int size : new int[] {0, 1, 2, 3, 7, 8, 100, 1023, 1024, 3000}) {
      Draws draws = Draws.of(1, "values", size);
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        // Some often, some once; small and large ones of both signs.
        values[i] = i % 3 == 0 ? draws.nextInt(5) - 2 : (float) Math.exp(9 * draws.nextGaussian());
        values[i] *= i % 2 == 0 ? -1 : 1;
      }
      Quantiles quantiles = Quantiles.fit(values);
      float[] cuts = quantiles.cuts();
      float[] asked = Arrays.copyOf(cuts, 5 * cuts.length + 9);
      for (int i = 0; i < cuts.length; i++) {
        asked[cuts.length + i] = Math.nextUp(cuts[i]);
        asked[2 * cuts.length + i] = Math.nextDown(cuts[i]);
        asked[3 * cuts.length + i] = cuts[i] / 2 + cuts[Math.max(0, i - 1)] / 2;
        asked[4 * cuts.length + i] = (float) draws.nextGaussian();
      }
      float[] extremes = {
        0f,
        -0f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN
      };
      System.arraycopy(extremes, 0, asked, 5 * cuts.length, extremes.length);
      float[] shares = quantiles.shares();
      for (float x : asked) {
        assertEquals(
            Float.floatToRawIntBits(share(cuts, shares, x)),
            Float.floatToRawIntBits(quantiles.share(x)),
            x + " among " + cuts.length + " cuts of " + size + " values");
      }
      float[] together = asked.clone();
      quantiles.shares(together, asked.length, new int[asked.length], new int[asked.length]);
      for (int i = 0; i < asked.length; i++) {
        assertEquals(
            Float.floatToRawIntBits(quantiles.share(asked[i])),
            Float.floatToRawIntBits(together[i]),
            asked[i] + " beside others, among " + cuts.length + " cuts of " + size + " values");
      }
    }
  }

  @Test
  void aShareNeverFallsAndStaysBelowOne() {
    Quantiles quantiles = Quantiles.fit(new float[] {3, 1, 1, 2, 8, 8, 8, 8});
    float before = 0;
    for (float x = -1; x < 10; x += 0.01f) {
      float share = quantiles.share(x);
      assertTrue(share >= before && share < 1, x + " has " + share + " after " + before);
      before = share;
    }
    assertEquals(0, quantiles.share(1));
    assertEquals(0.25f, quantiles.share(2));
    assertEquals(0.5f, quantiles.share(8));
  }

  @Test
  void numbersFurtherApartThanAFloatReachesHaveSharesToo() {
    Quantiles quantiles = Quantiles.fit(new float[] {-3e38f, 3e38f});
    float[] numbers = {-3.1e38f, -3e38f, -2e38f, 0, 1e38f, 2.9e38f, 3e38f, Float.MAX_VALUE};
    float before = 0;
    for (float x : numbers) {
      float share = quantiles.share(x);
      assertTrue(share >= before && share < 1, x + " has " + share + " after " + before);
      before = share;
    }
    assertEquals(0.25f, quantiles.share(0));
    assertEquals(1 / 3f, quantiles.share(1e38f), 1e-6f);
    float[] together = numbers.clone();
    quantiles.shares(together, 8, new int[8], new int[8]);
    for (int i = 0; i < numbers.length; i++) {
      assertEquals(quantiles.share(numbers[i]), together[i], "share of " + numbers[i]);
    }
  }

  /** As the class says, by the library's search. */
  private static float share(float[] cuts, float[] shares, float x) {
    if (Float.isNaN(x)) {
      return Float.NaN;
    }
    int found = Arrays.binarySearch(cuts, x + 0f);
    int above = -found - 1;
    if (found >= 0) {
      return shares[found];
    }
    if (above == 0) {
      return 0;
    }
    if (above == cuts.length) {
      return Math.nextDown(1f);
    }
    float part = (x - cuts[above - 1]) / (cuts[above] - cuts[above - 1]);
    return shares[above - 1] + (shares[above] - shares[above - 1]) * Math.min(1f, part);
  }
}
