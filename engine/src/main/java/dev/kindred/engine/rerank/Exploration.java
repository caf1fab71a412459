package dev.kindred.engine.rerank;

import java.util.Objects;

/**
 * Shows now and then what the scores would not, with known probabilities: each answer carries the
 * propensity of every item, which estimates of other policies divide by. Immutable.
 *
 * <p>A list is drawn slot by slot from the pool that is left. The propensity of an item is the
 * probability that its slot went to it given the slots above, exact to rounding; their product is
 * the probability of the list. Slots of pinned items are not drawn and have propensity 1.
 *
 * @param kind how a slot is drawn
 * @param amount epsilon in [0, 1], or the temperature >= 0 in units of score; 0 = off
 * @param seed the same seed draws the same list for the same scores; give each request its own
 */
public record Exploration(Kind kind, double amount, long seed) {
  /** How a slot is drawn. */
  public enum Kind {
    /** The best with probability 1 - epsilon, else one of the pool, all alike. */
    EPSILON,
    /**
     * With probability proportional to exp(score / temperature): over all slots the model of
     * Plackett and Luce.
     */
    SOFTMAX
  }

  private static final Exploration OFF = new Exploration(Kind.EPSILON, 0, 0);

  public Exploration {
    Objects.requireNonNull(kind, "kind");
    double most = kind == Kind.EPSILON ? 1 : Double.MAX_VALUE;
    if (!(amount >= 0 && amount <= most)) {
      throw new IllegalArgumentException(
          (kind == Kind.EPSILON
                  ? "epsilon is " + amount + ", must be in [0, 1]"
                  : "temperature is " + amount + ", must be finite and >= 0")
              + " (0 = no exploration)");
    }
  }

  /** The best always. */
  public static Exploration off() {
    return OFF;
  }

  /** With probability epsilon any of the pool. */
  public static Exploration epsilon(double epsilon, long seed) {
    return new Exploration(Kind.EPSILON, epsilon, seed);
  }

  /** By the softmax of the scores. */
  public static Exploration softmax(double temperature, long seed) {
    return new Exploration(Kind.SOFTMAX, temperature, seed);
  }

  /** The same with the seed of another request. */
  public Exploration withSeed(long value) {
    return new Exploration(kind, amount, value);
  }

  /** Whether it changes nothing. */
  public boolean isOff() {
    return amount == 0;
  }
}
