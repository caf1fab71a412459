package dev.kindred.app.command;

/** What the user brought can't be used; the message is the one line to print. Exit code 3. */
public final class BadInputException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public BadInputException(String message) {
    super(message);
  }

  public BadInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
