package dev.kindred.engine.data;

import java.util.Objects;

/**
 * One goal of the recommendations: how its samples are found in the log, which way it counts and
 * how much.
 *
 * @param name short and unique: click, watch, like, share, dislike
 * @param polarity whether it adds to a score or subtracts
 * @param rule which rows of the log count, and as what
 * @param weight the manual weight a_k, finite and 0 or more; 0 mutes the objective
 */
public record Objective(String name, Polarity polarity, LabelRule rule, double weight) {
  public Objective {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(polarity, "polarity");
    Objects.requireNonNull(rule, "rule");
    if (name.isBlank()) {
      throw new IllegalArgumentException("the name of an objective is blank; name it, e.g. click");
    }
    if (!(weight >= 0) || weight == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "weight of objective '"
              + name
              + "' is "
              + weight
              + ", must be finite and >= 0; to subtract, declare it NEGATIVE");
    }
  }

  /** An objective that adds, with weight 1. */
  public static Objective positive(String name, LabelRule rule) {
    return new Objective(name, Polarity.POSITIVE, rule, 1);
  }

  /** An objective that subtracts, with weight 1. */
  public static Objective negative(String name, LabelRule rule) {
    return new Objective(name, Polarity.NEGATIVE, rule, 1);
  }

  /** The same objective with another manual weight. */
  public Objective withWeight(double newWeight) {
    return new Objective(name, polarity, rule, newWeight);
  }
}
