package dev.kindred.engine.serve;

/** A request names an item that the snapshot doesn't know; the message names it. */
public final class UnknownItemException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String id;

  /**
   * @param id as the request gave it
   * @param message one line that names the id and says what can be done
   */
  public UnknownItemException(String id, String message) {
    super(message);
    this.id = id;
  }

  /** The id as the request gave it. */
  public String id() {
    return id;
  }
}
