package dev.kindred.engine.data;

/**
 * What is wrong with a row or a cell, as a sentence around the value that it is about. Immutable.
 *
 * @param before where, such as {@code column 'time' is }
 * @param value what stands there; "" if the fault isn't one of a value
 * @param after what it should be, such as {@code , not a number}
 */
public record Fault(String before, String value, String after) {
  /** One that isn't about a value. */
  static Fault of(String text) {
    return new Fault(text, "", "");
  }

  /** What it has in common with those that differ in nothing but the value. */
  Fault kind() {
    return new Fault(before, "", after);
  }

  @Override
  public String toString() {
    return before + value + after;
  }
}
