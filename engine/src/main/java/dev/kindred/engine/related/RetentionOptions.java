package dev.kindred.engine.related;

/**
 * How objective weights are learned from retention; none of these numbers is the paper's.
 *
 * @param minUserWeeks fewer weeks of users than this teach nothing
 * @param minPerOutcome fewer users who stayed, or who left, than this teach nothing
 * @param maxUserWeeks above this, whole users are sampled
 * @param bootstraps resamples of users behind the intervals
 * @param ridge penalty on the standardised coefficients, against near-collinear objectives
 * @param seed of the resampling
 */
public record RetentionOptions(
    int minUserWeeks,
    int minPerOutcome,
    int maxUserWeeks,
    int bootstraps,
    double ridge,
    long seed) {
  public RetentionOptions {
    if (minUserWeeks < 1 || minPerOutcome < 1 || maxUserWeeks < minUserWeeks) {
      throw new IllegalArgumentException(
          "minUserWeeks "
              + minUserWeeks
              + ", minPerOutcome "
              + minPerOutcome
              + ", maxUserWeeks "
              + maxUserWeeks
              + ": needs at least 1, 1 and minUserWeeks");
    }
    if (bootstraps < 20) {
      throw new IllegalArgumentException("bootstraps is " + bootstraps + ", must be at least 20");
    }
    if (!(ridge >= 0 && ridge < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("ridge is " + ridge + ", must be finite and >= 0");
    }
  }

  /** 300 user weeks, 50 of either outcome, at most 100,000; 100 bootstraps, ridge 1, seed 1. */
  public static RetentionOptions defaults() {
    return new RetentionOptions(300, 50, 100_000, 100, 1, 1);
  }

  /** This with another seed. */
  public RetentionOptions withSeed(long value) {
    return new RetentionOptions(
        minUserWeeks, minPerOutcome, maxUserWeeks, bootstraps, ridge, value);
  }

  /** This with another limit of user weeks. */
  public RetentionOptions withMaxUserWeeks(int value) {
    return new RetentionOptions(minUserWeeks, minPerOutcome, value, bootstraps, ridge, seed);
  }
}
