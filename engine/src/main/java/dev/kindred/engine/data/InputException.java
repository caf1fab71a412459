package dev.kindred.engine.data;

/**
 * Thrown when a file of the user's cannot be used: missing, empty, without a needed column, with
 * too many bad rows. The message is one line that names the file, what is wrong and the remedy.
 */
public final class InputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message one line: the thing, its value, what is allowed, the remedy
   */
  public InputException(String message) {
    super(message);
  }

  /**
   * @param message one line: the thing, its value, what is allowed, the remedy
   * @param cause what the file system or the parser said
   */
  public InputException(String message, Throwable cause) {
    super(message, cause);
  }
}
