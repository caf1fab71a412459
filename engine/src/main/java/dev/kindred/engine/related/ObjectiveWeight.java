package dev.kindred.engine.related;

import dev.kindred.engine.data.Polarity;
import java.util.Objects;

/**
 * How much an objective counts and which way: its term is sign(polarity) a_k w_k s_k (paper,
 * equation 7).
 *
 * @param name of the objective
 * @param polarity whether its term adds or subtracts; the only place where a sign lives
 * @param manual a_k, set by people, 0 to {@link #MOST}
 * @param learned w_k, 0 to {@link #MOST}
 */
public record ObjectiveWeight(String name, Polarity polarity, double manual, double learned) {
  /** The largest weight: a sum of scores so weighed stays far within a float. */
  public static final double MOST = 1e6;

  public ObjectiveWeight {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(polarity, "polarity");
    checkWeight(name, "manual weight of objective", manual);
    checkWeight(name, "learned weight of objective", learned);
  }

  /**
   * Refuses weights that no score could hold.
   *
   * @param name of the objective or task
   * @param what names the weight and what it is of
   * @throws WeightRangeException naming the weight, its value and the range
   */
  public static void checkWeight(String name, String what, double value) {
    if (!(value >= 0 && value <= MOST)) {
      throw new WeightRangeException(
          what
              + " '"
              + name
              + "' is "
              + value
              + ", must be 0 to "
              + (long) MOST
              + "; to subtract, declare it negative");
    }
  }
}
