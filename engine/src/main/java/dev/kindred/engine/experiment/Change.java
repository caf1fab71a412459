package dev.kindred.engine.experiment;

import java.util.List;

/**
 * By how many percent a group's metric lies above that of another, with an interval.
 *
 * @param value percent
 * @param error standard error of it
 * @param low lower end of the 95% interval
 * @param high upper end
 */
public record Change(double value, double error, double low, double high) {
  private static final double NORMAL = 1.959964;

  /** 97.5% points of Student's distribution by degrees of freedom, from 1. */
  private static final double[] STUDENT = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042
  };

  /** No change at all, as of a group against itself. */
  public static final Change NONE = new Change(0, 0, 0, 0);

  static Change of(double value, double error) {
    return new Change(value, error, value - NORMAL * error, value + NORMAL * error);
  }

  /**
   * The mean of differences that are known but for how worlds differ, with Student's interval; that
   * of one world has no ends.
   */
  public static Change overWorlds(List<Double> differences) {
    Change mean = mean(differences.stream().map(difference -> of(difference, 0)).toList());
    return differences.size() > 1
        ? mean
        : new Change(
            mean.value,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.POSITIVE_INFINITY);
  }

  /** Whether the interval lies above 0. */
  public boolean isRise() {
    return low > 0;
  }

  /** Whether the interval lies below 0. */
  public boolean isFall() {
    return high < 0;
  }

  /**
   * The mean over independent worlds. Its interval is the wider of two: that which follows from the
   * errors within the worlds, and Student's from how much the worlds differ.
   */
  public static Change mean(List<Change> changes) {
    int n = changes.size();
    double sum = 0;
    double within = 0;
    for (Change change : changes) {
      sum += change.value / n;
      within += change.error * change.error / ((double) n * n);
    }
    double between = 0;
    for (Change change : changes) {
      between += (change.value - sum) * (change.value - sum);
    }
    double error = Math.sqrt(within);
    double reach = NORMAL * error;
    if (n > 1) {
      double other = Math.sqrt(between / (n - 1) / n);
      double quantile = n - 2 < STUDENT.length ? STUDENT[n - 2] : NORMAL;
      error = Math.max(error, other);
      reach = Math.max(reach, quantile * other);
    }
    return new Change(sum, error, sum - reach, sum + reach);
  }
}
