package dev.kindred.engine.nn;

import dev.kindred.simd.SortedInts;
import java.util.Arrays;

/**
 * Maps a number to the share of the training numbers below it, in [0, 1): a skewed column comes out
 * uniform (Covington et al. 2016, section 4.1).
 *
 * <p>Between the kept cut points it interpolates. Immutable.
 */
public final class Quantiles {
  private static final int MAX_CUTS = 1024;
  private static final float BELOW_ONE = Math.nextDown(1f);

  private final float[] cuts;
  private final float[] shares;

  /** The cuts as integers of the same order. */
  private final SortedInts keys;

  private Quantiles(float[] cuts, float[] shares) {
    this.cuts = cuts;
    this.shares = shares;
    int[] rising = new int[cuts.length];
    for (int i = 0; i < rising.length; i++) {
      rising[i] = key(cuts[i]);
    }
    keys = SortedInts.of(rising);
  }

  /** Rises with x, as integers do; not for NaN. */
  private static int key(float x) {
    int bits = Float.floatToRawIntBits(x + 0f); // -0 becomes 0
    return bits ^ bits >> 31 & Integer.MAX_VALUE;
  }

  /**
   * Fits the distribution of the finite numbers among {@code values}.
   *
   * @param values NaN = missing, left out; infinite ones are refused
   */
  public static Quantiles fit(float[] values) {
    float[] sorted = new float[values.length];
    int n = 0;
    for (int i = 0; i < values.length; i++) {
      if (Float.isInfinite(values[i])) {
        throw new IllegalArgumentException(
            "number " + i + " of a feature is infinite; numbers must be finite, NaN = missing");
      }
      if (!Float.isNaN(values[i])) {
        sorted[n++] = values[i] + 0f; // -0 becomes 0
      }
    }
    Arrays.sort(sorted, 0, n);
    float[] cuts = new float[MAX_CUTS];
    float[] shares = new float[MAX_CUTS];
    int kept = 0;
    for (int i = 0; i < MAX_CUTS && n > 0; i++) {
      int position = (int) ((long) i * (n - 1) / (MAX_CUTS - 1));
      float cut = sorted[position];
      if (kept > 0 && cuts[kept - 1] == cut) {
        continue;
      }
      int below = position;
      while (below > 0 && sorted[below - 1] == cut) {
        below--;
      }
      cuts[kept] = cut;
      shares[kept++] = (float) ((double) below / n);
    }
    return new Quantiles(Arrays.copyOf(cuts, kept), Arrays.copyOf(shares, kept));
  }

  /** As written by {@link #cuts} and {@link #shares}. */
  public static Quantiles of(float[] cuts, float[] shares) {
    if (cuts.length != shares.length) {
      throw new IllegalArgumentException(
          "quantiles have %d cuts and %d shares; they must be as many"
              .formatted(cuts.length, shares.length));
    }
    if (cuts.length > MAX_CUTS) {
      throw new IllegalArgumentException(
          "quantiles have %d cuts, at most %d are allowed".formatted(cuts.length, MAX_CUTS));
    }
    for (int i = 0; i < cuts.length; i++) {
      boolean ordered = i == 0 || cuts[i] > cuts[i - 1] && shares[i] >= shares[i - 1];
      if (!ordered || !(shares[i] >= 0 && shares[i] < 1) || !Float.isFinite(cuts[i])) {
        throw new IllegalArgumentException(
            "quantile %d (cut %s, share %s): cuts must rise, shares too, within [0, 1)"
                .formatted(i, cuts[i], shares[i]));
      }
    }
    return new Quantiles(cuts.clone(), shares.clone());
  }

  /** The numbers at which the share is known, rising; a copy. */
  public float[] cuts() {
    return cuts.clone();
  }

  /** The share of training numbers below each cut; a copy. */
  public float[] shares() {
    return shares.clone();
  }

  /** The share of training numbers below {@code x}, in [0, 1); NaN for NaN. Never falls with x. */
  public float share(float x) {
    int at = Arrays.binarySearch(cuts, x + 0f); // -0 becomes 0
    return share(x, at < 0 ? -at - 1 : at + 1);
  }

  /**
   * The shares of numbers[0, count), written over them.
   *
   * @param asked scratch, at least {@code count} long
   * @param found the same
   */
  public void shares(float[] numbers, int count, int[] asked, int[] found) {
    for (int i = 0; i < count; i++) {
      asked[i] = key(numbers[i]);
    }
    keys.countAtMost(asked, count, found);
    for (int i = 0; i < count; i++) {
      numbers[i] = share(numbers[i], found[i]);
    }
  }

  /**
   * @param above how many cuts are at most x
   */
  private float share(float x, int above) {
    if (Float.isNaN(x)) {
      return Float.NaN;
    }
    if (above == 0) {
      return 0;
    }
    float low = cuts[above - 1];
    if (low == x) {
      return shares[above - 1];
    }
    if (above == cuts.length) {
      return BELOW_ONE;
    }
    float width = cuts[above] - low;
    float part =
        width <= Float.MAX_VALUE
            ? (x - low) / width
            : (float) (((double) x - low) / ((double) cuts[above] - low)); // too wide for a float
    return shares[above - 1] + (shares[above] - shares[above - 1]) * Math.min(1f, part);
  }
}
