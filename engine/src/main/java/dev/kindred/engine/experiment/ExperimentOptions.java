package dev.kindred.engine.experiment;

/**
 * How long an experiment runs and what it counts.
 *
 * @param seed of the users' lives and of the assignment to groups
 * @param checkDays days of the A/A check before, in which all groups show the lists of the first
 * @param days of the experiment itself
 * @param lists shown on a visit, in the mean
 * @param quitShare a play that ends before this share of the length is a quit
 */
public record ExperimentOptions(long seed, int checkDays, int days, int lists, double quitShare) {
  /** Most lists in a visit, so that draws of one visit don't run into those of another. */
  static final int MAX_LISTS = 60;

  public ExperimentOptions {
    check("check days", checkDays, 365);
    check("play days", days, 365);
    check("lists a visit", lists, MAX_LISTS / 2);
    if (!(quitShare >= 0 && quitShare <= 1)) {
      throw new IllegalArgumentException(
          "the quit share of an experiment is " + quitShare + ", must be in [0, 1]");
    }
  }

  private static void check(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          "the " + name + " of an experiment are " + value + ", must be in [1, " + most + "]");
    }
  }

  /** The paper's protocol: a week of A/A, then two weeks; three lists a visit, quits before 20%. */
  public static ExperimentOptions defaults() {
    return new ExperimentOptions(1, 7, 14, 3, .2);
  }

  /** Other lives. */
  public ExperimentOptions withSeed(long value) {
    return new ExperimentOptions(value, checkDays, days, lists, quitShare);
  }

  /** Another length. */
  public ExperimentOptions withDays(int newCheckDays, int newDays) {
    return new ExperimentOptions(seed, newCheckDays, newDays, lists, quitShare);
  }
}
