package dev.kindred.engine.data;

import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * Which rows of a log count for an objective, and as what.
 *
 * <p>A row of type {@code event} has the number x = {@code column}, divided by {@code per} if there
 * is one. It counts where atLeast <= x <= atMost, as 1, or with {@code strength} as min(x, cap).
 *
 * @param event the event type that counts; empty = a row of any type
 * @param column the column to look at; empty = the row itself counts, as 1
 * @param atLeast lower bound of x, inclusive; may be -infinity
 * @param atMost upper bound of x, inclusive; may be infinity
 * @param strength whether the value is x instead of 1
 * @param per the column that x is divided by, e.g. the length of the video; empty = none
 * @param cap upper limit of the value, more than 0; may be infinity
 */
public record LabelRule(
    String event,
    String column,
    double atLeast,
    double atMost,
    boolean strength,
    String per,
    double cap) {
  private static final double ANY = Double.POSITIVE_INFINITY;

  public LabelRule {
    Objects.requireNonNull(event, "event");
    Objects.requireNonNull(column, "column");
    Objects.requireNonNull(per, "per");
    if (!(atLeast <= atMost)) {
      throw new IllegalArgumentException(
          "a label rule wants atLeast <= atMost, but has " + atLeast + " and " + atMost);
    }
    if (!(cap > 0)) {
      throw new IllegalArgumentException("the cap of a label rule is " + cap + ", must be > 0");
    }
    if (column.isEmpty()
        && (strength || !per.isEmpty() || atLeast != -ANY || atMost != ANY || cap != ANY)) {
      throw new IllegalArgumentException(
          "a label rule with a bound, strength, ratio or cap needs the column it looks at");
    }
  }

  /** Every row counts as 1. */
  public static LabelRule everyRow() {
    return new LabelRule("", "", -ANY, ANY, false, "", ANY);
  }

  /** Rows of one event type count as 1. */
  public static LabelRule ofEvent(String event) {
    return everyRow().withEvent(event);
  }

  /** Rows whose column is more than 0 count as 1: flags such as is_click. */
  public static LabelRule flag(String column) {
    return between(column, Double.MIN_VALUE, ANY);
  }

  /** Rows whose column is within the bounds, both inclusive, count as 1. */
  public static LabelRule between(String column, double atLeast, double atMost) {
    return new LabelRule("", column, atLeast, atMost, false, "", ANY);
  }

  /** Rows whose column is at least the bound count as 1. */
  public static LabelRule atLeast(String column, double bound) {
    return between(column, bound, ANY);
  }

  /** Rows whose column is at most the bound count as 1. */
  public static LabelRule atMost(String column, double bound) {
    return between(column, -ANY, bound);
  }

  /** Rows count as much as the column says; 0 does not count. */
  public static LabelRule strengthOf(String column) {
    return new LabelRule("", column, -ANY, ANY, true, "", ANY);
  }

  /** The same rule for rows of one event type. */
  public LabelRule withEvent(String newEvent) {
    return new LabelRule(newEvent, column, atLeast, atMost, strength, per, cap);
  }

  /** The same rule with x divided by another column. */
  public LabelRule withPer(String newPer) {
    return new LabelRule(event, column, atLeast, atMost, strength, newPer, cap);
  }

  /** The same rule with values limited to the cap. */
  public LabelRule withCap(double newCap) {
    return new LabelRule(event, column, atLeast, atMost, strength, per, newCap);
  }

  /** The columns whose numbers decide the value, in order: none, one or two. */
  public Set<String> columns() {
    Set<String> columns = new LinkedHashSet<>();
    if (!column.isEmpty()) {
      columns.add(column);
    }
    if (!per.isEmpty()) {
      columns.add(per);
    }
    return columns;
  }

  /**
   * What a row of the right event type counts as.
   *
   * @param number what {@code column} holds; not looked at when the rule has no column
   * @param divisor what {@code per} holds; not looked at when the rule has none
   * @return 0 = does not count; more than 0 = counts as this much; NaN = the row holds numbers from
   *     which no value follows (NaN, infinite, a divisor not above 0, a negative strength)
   */
  public double value(double number, double divisor) {
    if (column.isEmpty()) {
      return 1;
    }
    double x = number;
    if (!per.isEmpty()) {
      if (!(divisor > 0) || divisor == ANY) {
        return Double.NaN;
      }
      x /= divisor;
    }
    if (Double.isNaN(x) || Double.isInfinite(x) || (strength && x < 0)) {
      return Double.NaN;
    }
    if (x < atLeast || x > atMost) {
      return 0;
    }
    return strength ? Math.min(x, cap) : 1;
  }
}
