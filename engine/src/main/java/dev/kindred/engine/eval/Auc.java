package dev.kindred.engine.eval;

import java.util.Arrays;

/**
 * Area under the ROC curve: the chance that a positive scores above a negative, ties counting half.
 *
 * <p>Computed from ranks (Mann and Whitney, 1947), exact. Stateless.
 */
public final class Auc {
  private Auc() {}

  /**
   * @param scores one per example, any scale; not NaN
   * @param positive whether each example is a positive
   * @return in [0, 1]; NaN if there are only positives or only negatives, where it is undefined
   */
  public static double of(float[] scores, boolean[] positive) {
    int n = scores.length;
    if (positive.length != n) {
      throw new IllegalArgumentException(n + " scores but " + positive.length + " labels");
    }
    long[] keys = new long[n];
    for (int i = 0; i < n; i++) {
      if (Float.isNaN(scores[i])) {
        throw new IllegalArgumentException("score " + i + " is NaN");
      }
      // Adding 0 turns -0 into 0; the flip makes the order of the bits that of the floats.
      int bits = Float.floatToIntBits(scores[i] + 0f);
      bits ^= (bits >> 31) & 0x7FFFFFFF;
      keys[i] = (long) bits << 32 | i;
    }
    Arrays.sort(keys);
    long positives = 0;
    double wins = 0;
    long negativesBelow = 0;
    for (int i = 0; i < n; ) {
      int end = i;
      long tiedPositives = 0;
      while (end < n && keys[end] >> 32 == keys[i] >> 32) {
        tiedPositives += positive[(int) keys[end]] ? 1 : 0;
        end++;
      }
      long tiedNegatives = end - i - tiedPositives;
      wins += tiedPositives * (negativesBelow + tiedNegatives / 2.0);
      positives += tiedPositives;
      negativesBelow += tiedNegatives;
      i = end;
    }
    return wins / ((double) positives * negativesBelow);
  }
}
