package dev.kindred.engine.related;

/** A request names an objective or task that the snapshot doesn't have; the message names it. */
public final class UnknownObjectiveException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /**
   * @param message one line that names what was asked for and what there is
   */
  public UnknownObjectiveException(String message) {
    super(message);
  }
}
