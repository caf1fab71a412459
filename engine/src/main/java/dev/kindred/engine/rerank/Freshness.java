package dev.kindred.engine.rerank;

import java.util.Objects;

/**
 * Newer before older: every half-life of age halves an item's odds, which lowers its score by ln 2.
 *
 * <p>Age is counted from the newest item of the snapshot, in the unit of the field, so that the
 * same list comes out today and tomorrow: another point to count from moves all scores alike. An
 * item without a number is as old as the mean of those with one. Immutable.
 *
 * @param field of numbers that grow with time, such as a year or seconds since 1970; "" when off
 * @param halfLife in the field's unit, > 0; infinite = off
 */
public record Freshness(String field, double halfLife) {
  private static final Freshness OFF = new Freshness("", Double.POSITIVE_INFINITY);

  public Freshness {
    Objects.requireNonNull(field, "field");
    if (!(halfLife > 0)) {
      throw new IllegalArgumentException(
          "half-life is " + halfLife + ", must be > 0 (infinite = age counts for nothing)");
    }
  }

  /** Age counts for nothing. */
  public static Freshness off() {
    return OFF;
  }

  /** Whether it changes nothing. */
  public boolean isOff() {
    return halfLife == Double.POSITIVE_INFINITY;
  }
}
