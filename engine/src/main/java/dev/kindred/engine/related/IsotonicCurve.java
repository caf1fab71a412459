package dev.kindred.engine.related;

import java.util.Arrays;

/**
 * Log-odds that never fall as a cosine rises, without an assumed shape: isotonic regression by pool
 * adjacent violators (Ayer et al., Annals of Mathematical Statistics 1955; for calibration:
 * Zadrozny and Elkan, KDD 2002), linear between the means of its pools.
 *
 * <p>The two kinds of pairs weigh the same in sum, and targets are Platt's, so that no pool is
 * certain. Pools are joined until each holds a hundredth of the pairs, so a curve has at most 100
 * points. Immutable.
 */
public final class IsotonicCurve {
  static final int MAX_POINTS = 100;

  private final float[] cosines; // strictly rising
  private final float[] logOdds; // never falling

  private IsotonicCurve(float[] cosines, float[] logOdds) {
    this.cosines = cosines;
    this.logOdds = logOdds;
  }

  /**
   * A curve through points.
   *
   * @param cosines finite, strictly rising, 1 to 100
   * @param logOdds finite, never falling, as many
   */
  public static IsotonicCurve of(float[] cosines, float[] logOdds) {
    boolean fits =
        cosines.length == logOdds.length && cosines.length >= 1 && cosines.length <= MAX_POINTS;
    for (int i = 0; fits && i < cosines.length; i++) {
      fits =
          Float.isFinite(cosines[i])
              && Float.isFinite(logOdds[i])
              && (i == 0 || (cosines[i] > cosines[i - 1] && logOdds[i] >= logOdds[i - 1]));
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "a curve of "
              + cosines.length
              + " cosines and "
              + logOdds.length
              + " log-odds: needs 1 to "
              + MAX_POINTS
              + " finite points, cosines rising and log-odds not falling");
    }
    return new IsotonicCurve(cosines.clone(), logOdds.clone());
  }

  /**
   * Fits cosines of positive and of random pairs, every {@code step}-th from {@code first} on.
   *
   * @return at least one point where there is a pair of either kind
   */
  static IsotonicCurve fit(float[] positive, float[] random, int first, int step) {
    int positives = (positive.length - first + step - 1) / step;
    int randoms = (random.length - first + step - 1) / step;
    int rows = positives + randoms;
    Integer[] order = new Integer[rows];
    Arrays.setAll(order, i -> i);
    double[] x = new double[rows];
    for (int i = 0; i < rows; i++) {
      x[i] = i < positives ? positive[first + i * step] : random[first + (i - positives) * step];
    }
    Arrays.sort(order, (a, b) -> x[a] != x[b] ? Double.compare(x[a], x[b]) : a - b);
    double[] weight = new double[rows]; // by pool
    double[] target = new double[rows]; // mean
    double[] center = new double[rows]; // mean cosine
    double high = (positives + 1.0) / (positives + 2.0);
    double low = 1 / (randoms + 2.0);
    int pools = 0;
    for (int i = 0; i < rows; i++) {
      boolean isPositive = order[i] < positives;
      double w = rows / 2.0 / (isPositive ? positives : randoms);
      boolean isTie = i > 0 && x[order[i]] == x[order[i - 1]];
      if (isTie) {
        join(weight, target, center, pools - 1, w, isPositive ? high : low, x[order[i]]);
      } else {
        weight[pools] = w;
        target[pools] = isPositive ? high : low;
        center[pools++] = x[order[i]];
      }
      // A tie may still raise the last pool, so it is settled once the next cosine differs.
      boolean settled = i + 1 == rows || x[order[i + 1]] != x[order[i]];
      while (settled && pools > 1 && target[pools - 1] <= target[pools - 2]) {
        pools--;
        join(weight, target, center, pools - 1, weight[pools], target[pools], center[pools]);
      }
    }
    return points(weight, target, center, pools, rows);
  }

  private static void join(
      double[] weight,
      double[] target,
      double[] center,
      int pool,
      double otherWeight,
      double otherTarget,
      double otherCenter) {
    double sum = weight[pool] + otherWeight;
    target[pool] += (otherTarget - target[pool]) * otherWeight / sum;
    center[pool] += (otherCenter - center[pool]) * otherWeight / sum;
    weight[pool] = sum;
  }

  /** Joins small pools with the next and makes points of what is left. */
  private static IsotonicCurve points(
      double[] weight, double[] target, double[] center, int pools, int rows) {
    double least = (double) rows / MAX_POINTS;
    int kept = 0;
    for (int p = 0; p < pools; p++) {
      boolean joins =
          kept > 0 && (weight[kept - 1] < least || (p + 1 == pools && weight[p] < least));
      if (joins) {
        join(weight, target, center, kept - 1, weight[p], target[p], center[p]);
      } else {
        weight[kept] = weight[p];
        target[kept] = target[p];
        center[kept++] = center[p];
      }
    }
    float[] cosines = new float[kept];
    float[] logOdds = new float[kept];
    int points = 0;
    for (int p = 0; p < kept; p++) {
      float cosine = (float) center[p];
      if (points == 0 || cosine > cosines[points - 1]) {
        cosines[points] = cosine;
        logOdds[points++] = (float) Math.log(target[p] / (1 - target[p]));
      }
    }
    return new IsotonicCurve(Arrays.copyOf(cosines, points), Arrays.copyOf(logOdds, points));
  }

  /** Number of points. */
  public int size() {
    return cosines.length;
  }

  /** Cosine of a point. */
  public float cosine(int point) {
    return cosines[point];
  }

  /** Log-odds at a point. */
  public float logOdds(int point) {
    return logOdds[point];
  }

  /** Log-odds of any cosine; beyond the first and the last point theirs. */
  public float at(float cosine) {
    int low = 0;
    int high = cosines.length;
    while (low < high) { // low becomes the number of points at or below the cosine
      int middle = (low + high) >>> 1;
      if (cosines[middle] <= cosine) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == 0) {
      return logOdds[0];
    }
    if (low == cosines.length) {
      return logOdds[low - 1];
    }
    float share = (cosine - cosines[low - 1]) / (cosines[low] - cosines[low - 1]);
    float between = logOdds[low - 1] + share * (logOdds[low] - logOdds[low - 1]);
    // Rounding must not take it past either end: the curve never falls.
    return Math.clamp(between, logOdds[low - 1], logOdds[low]);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IsotonicCurve curve
        && Arrays.equals(curve.cosines, cosines)
        && Arrays.equals(curve.logOdds, logOdds);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(cosines) + Arrays.hashCode(logOdds);
  }

  @Override
  public String toString() {
    return cosines.length + " points from cosine " + cosines[0] + " to " + cosines[size() - 1];
  }
}
