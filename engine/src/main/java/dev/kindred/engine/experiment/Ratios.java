package dev.kindred.engine.experiment;

/**
 * Compares ratios of sums over users; errors by the delta method on the users' contributions, which
 * are independent of each other though a user's own events are not.
 */
final class Ratios {
  private Ratios() {}

  /** Of the same users in two lives. */
  static Change paired(Metric metric, Tally changed, Tally base, int[] users) {
    double over = changed.sum(metric.over, users);
    double under = changed.sum(metric.under, users);
    double baseOver = base.sum(metric.over, users);
    double baseUnder = base.sum(metric.under, users);
    double ratio = over / under / (baseOver / baseUnder);
    double square = 0;
    for (int user : users) {
      double part =
          changed.of(metric.over, user) / over
              - changed.of(metric.under, user) / under
              - base.of(metric.over, user) / baseOver
              + base.of(metric.under, user) / baseUnder;
      square += part * part;
    }
    return change(ratio, square);
  }

  /** Of users against others. */
  static Change apart(Metric metric, Tally changed, int[] users, Tally base, int[] others) {
    double ratio = value(metric, changed, users) / value(metric, base, others);
    return change(ratio, spread(metric, changed, users) + spread(metric, base, others));
  }

  /** The metric itself. */
  static double value(Metric metric, Tally tally, int[] users) {
    return tally.sum(metric.over, users) / tally.sum(metric.under, users);
  }

  /** The variance of the log of a ratio. */
  private static double spread(Metric metric, Tally tally, int[] users) {
    double over = tally.sum(metric.over, users);
    double under = tally.sum(metric.under, users);
    double square = 0;
    for (int user : users) {
      double part = tally.of(metric.over, user) / over - tally.of(metric.under, user) / under;
      square += part * part;
    }
    return square;
  }

  private static Change change(double ratio, double square) {
    if (!Double.isFinite(ratio)) {
      return new Change(Double.NaN, Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }
    return Change.of(100 * (ratio - 1), 100 * ratio * Math.sqrt(square));
  }
}
