package dev.kindred.engine.als;

import java.time.Duration;
import java.util.Objects;

/**
 * Options of {@link AlsTuner}.
 *
 * @param base rank, convention and seed of every trial; its other values are the first trial
 * @param scoutRank a search at a larger rank starts with cheap trials at this one, 1 to 4096
 * @param k length of the lists that are compared
 * @param trials at most, at least 1
 * @param budget no trial starts that would likely end later; the first one at the base's rank
 *     always runs
 * @param validationShare share of every user's items held out for validation, in (0, 0.5]
 * @param validationUsers at most so many users are ranked in a trial, at least 1
 * @param seed of the split and of the draws
 */
public record AlsTunerOptions(
    AlsOptions base,
    int scoutRank,
    int k,
    int trials,
    Duration budget,
    double validationShare,
    int validationUsers,
    long seed) {

  /** Refuses what is out of range. */
  public AlsTunerOptions {
    Objects.requireNonNull(base, "base");
    Objects.requireNonNull(budget, "budget");
    check(scoutRank >= 1 && scoutRank <= 4096, "scoutRank", scoutRank, "1 to 4096");
    check(k >= 1, "k", k, "at least 1");
    check(trials >= 1, "trials", trials, "at least 1");
    check(
        validationShare > 0 && validationShare <= 0.5,
        "validationShare",
        validationShare,
        "above 0, at most 0.5");
    check(validationUsers >= 1, "validationUsers", validationUsers, "at least 1");
  }

  private static void check(boolean holds, String name, Number value, String range) {
    if (!holds) {
      throw new IllegalArgumentException(name + " is " + value + "; allowed: " + range);
    }
  }

  /** 40 trials within ten minutes around {@link AlsOptions#defaults()}. */
  public static AlsTunerOptions defaults() {
    return new AlsTunerOptions(
        AlsOptions.defaults(), 256, 20, 40, Duration.ofMinutes(10), 0.2, 10_000, 42);
  }

  public AlsTunerOptions withBase(AlsOptions value) {
    return new AlsTunerOptions(
        value, scoutRank, k, trials, budget, validationShare, validationUsers, seed);
  }

  public AlsTunerOptions withScoutRank(int value) {
    return new AlsTunerOptions(
        base, value, k, trials, budget, validationShare, validationUsers, seed);
  }

  public AlsTunerOptions withK(int value) {
    return new AlsTunerOptions(
        base, scoutRank, value, trials, budget, validationShare, validationUsers, seed);
  }

  public AlsTunerOptions withTrials(int value) {
    return new AlsTunerOptions(
        base, scoutRank, k, value, budget, validationShare, validationUsers, seed);
  }

  public AlsTunerOptions withBudget(Duration value) {
    return new AlsTunerOptions(
        base, scoutRank, k, trials, value, validationShare, validationUsers, seed);
  }

  public AlsTunerOptions withValidationShare(double value) {
    return new AlsTunerOptions(base, scoutRank, k, trials, budget, value, validationUsers, seed);
  }

  public AlsTunerOptions withValidationUsers(int value) {
    return new AlsTunerOptions(base, scoutRank, k, trials, budget, validationShare, value, seed);
  }

  public AlsTunerOptions withSeed(long value) {
    return new AlsTunerOptions(
        base, scoutRank, k, trials, budget, validationShare, validationUsers, value);
  }
}
