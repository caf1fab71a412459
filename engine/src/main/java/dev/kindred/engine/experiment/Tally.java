package dev.kindred.engine.experiment;

/**
 * What each user was shown and did, summed over days. Filled by threads that share no user; after
 * that immutable.
 */
final class Tally {
  static final int DAYS = 0;
  static final int VISITS = 1;
  static final int LISTS = 2;
  static final int CLICKS = 3;
  static final int SECONDS = 4;
  static final int PLAYS = 5;
  static final int APPROVALS = 6;
  static final int COMPLAINTS = 7;
  static final int SHOWN = 8;
  static final int FILLED = 9;
  private static final int COUNTS = 10;

  private final double[][] counts;

  Tally(int users) {
    counts = new double[COUNTS][users];
  }

  int users() {
    return counts[0].length;
  }

  void add(int count, int user, double amount) {
    counts[count][user] += amount;
  }

  double of(int count, int user) {
    return counts[count][user];
  }

  /** Over some users. */
  double sum(int count, int[] users) {
    double sum = 0;
    for (int user : users) {
      sum += counts[count][user];
    }
    return sum;
  }
}
