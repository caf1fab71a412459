package dev.kindred.app.http;

/** A request that can't be answered as asked: the status, a stable code and a sentence. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final int retryAfterSeconds;

  /**
   * Refuses.
   *
   * @param status of HTTP, 400 to 599
   * @param code short and stable, for programs
   * @param message names the thing, its value, what is allowed and the remedy
   */
  public Refusal(int status, String code, String message) {
    this(status, code, message, 0);
  }

  private Refusal(int status, String code, String message, int retryAfterSeconds) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** The request itself is wrong. */
  public static Refusal badRequest(String code, String message) {
    return new Refusal(400, code, message);
  }

  /** The server is out of room or out of time: the same request may do well later. */
  public static Refusal later(int status, String code, String message) {
    return later(status, code, message, 1);
  }

  /** The same may do well after so many seconds, at least 1. */
  public static Refusal later(int status, String code, String message, int seconds) {
    return new Refusal(status, code, message, seconds);
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  /** Seconds after which to ask again, 0 where that would not help. */
  public int retryAfterSeconds() {
    return retryAfterSeconds;
  }
}
