package dev.kindred.engine.related;

/** A weight that no score could hold; the message names it, its value and the range. */
public final class WeightRangeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /**
   * @param message one line that names what was asked for and what there is
   */
  public WeightRangeException(String message) {
    super(message);
  }
}
