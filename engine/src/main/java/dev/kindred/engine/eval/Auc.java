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

  /**
   * The area under the curve with a confidence interval of 95% (DeLong, DeLong and Clarke-Pearson
   * 1988), examples taken as independent.
   *
   * @param auc NaN if undefined
   * @param low 0 or more
   * @param high 1 or less
   */
  public record Interval(double auc, double low, double high) {}

  /** As {@link #of}, with its interval; costs the same. */
  public static Interval interval(float[] scores, boolean[] positive) {
    double auc = of(scores, positive);
    float[] sortedPositives = selected(scores, positive, true);
    float[] sortedNegatives = selected(scores, positive, false);
    double variance =
        placementVariance(sortedPositives, sortedNegatives)
            + placementVariance(sortedNegatives, sortedPositives);
    double margin = 1.96 * Math.sqrt(variance);
    return new Interval(auc, Math.max(0, auc - margin), Math.min(1, auc + margin));
  }

  private static float[] selected(float[] scores, boolean[] positive, boolean wanted) {
    float[] selected = new float[scores.length];
    int n = 0;
    for (int i = 0; i < scores.length; i++) {
      if (positive[i] == wanted) {
        selected[n++] = scores[i] + 0f;
      }
    }
    float[] sorted = Arrays.copyOf(selected, n);
    Arrays.sort(sorted);
    return sorted;
  }

  /**
   * Variance over {@code of} of the share of {@code others} below each, divided by their number.
   */
  private static double placementVariance(float[] of, float[] others) {
    double sum = 0;
    double squares = 0;
    int below = 0;
    int upTo = 0;
    for (float score : of) {
      while (below < others.length && others[below] < score) {
        below++;
      }
      upTo = Math.max(upTo, below);
      while (upTo < others.length && others[upTo] <= score) {
        upTo++;
      }
      double placement = (below + upTo) / (2.0 * others.length);
      sum += placement;
      squares += placement * placement;
    }
    double mean = sum / of.length;
    return Math.max(0, squares / of.length - mean * mean) / Math.max(1, of.length - 1);
  }
}
