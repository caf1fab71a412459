package dev.kindred.engine.rerank;

/** A condition names a profile field that the items don't have; the message names it. */
public final class UnknownFieldException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /**
   * @param message one line that names what was asked for and what there is
   */
  public UnknownFieldException(String message) {
    super(message);
  }
}
