package dev.kindred.engine.related;

import dev.kindred.engine.data.Polarity;
import java.util.Objects;

/**
 * How much an objective counts and which way: its term is sign(polarity) a_k w_k s_k (paper,
 * equation 7).
 *
 * @param name of the objective
 * @param polarity whether its term adds or subtracts; the only place where a sign lives
 * @param manual a_k, set by people, finite and 0 or more
 * @param learned w_k, finite and 0 or more
 */
public record ObjectiveWeight(String name, Polarity polarity, double manual, double learned) {
  public ObjectiveWeight {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(polarity, "polarity");
    checkWeight(name, "manual weight", manual);
    checkWeight(name, "learned weight", learned);
  }

  static void checkWeight(String name, String what, double value) {
    if (!(value >= 0) || value == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          what
              + " of objective '"
              + name
              + "' is "
              + value
              + ", must be finite and >= 0; to subtract, declare the objective NEGATIVE");
    }
  }
}
