package dev.kindred.app.command;

/** A check that the user asked for found what it looks for; the command did its work. */
final class GateException extends RuntimeException {
  private static final long serialVersionUID = 1;

  GateException(String message) {
    super(message);
  }
}
