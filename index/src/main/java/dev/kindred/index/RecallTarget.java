package dev.kindred.index;

/**
 * The ef at which an index was measured to find a given part of the true neighbours.
 *
 * @param recall the part that is to be found, in (0, 1)
 * @param efAt10 ef that finds it among the first 10, at least 10
 * @param efAt100 ef that finds it among the first 100, at least 100
 */
public record RecallTarget(double recall, int efAt10, int efAt100) {
  /** What an index is tuned for unless another is asked for. */
  public static final double DEFAULT_RECALL = 0.95;

  /** Checks the ranges. */
  public RecallTarget {
    checkRecall(recall);
    if (efAt10 < 10 || efAt100 < 100) {
      throw new IllegalArgumentException(
          "efAt10 must be at least 10 and efAt100 at least 100, got " + efAt10 + " and " + efAt100);
    }
  }

  static double checkRecall(double recall) {
    if (!(recall > 0 && recall < 1)) {
      throw new IllegalArgumentException(
          "target recall must be in (0, 1), got "
              + recall
              + "; for all neighbours use an exact search");
    }
    return recall;
  }

  /**
   * The ef for k neighbours: that of 10 up to 10, then on the line through those of 10 and 100, and
   * above in proportion.
   */
  public int ef(int k) {
    if (k <= 10) {
      return efAt10;
    }
    double ef =
        k < 100 ? efAt10 + (double) (efAt100 - efAt10) * (k - 10) / 90 : (double) efAt100 * k / 100;
    return (int) Math.min(Integer.MAX_VALUE, Math.ceil(ef));
  }
}
