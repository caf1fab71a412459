package dev.kindred.app.http;

import java.nio.charset.StandardCharsets;

/**
 * What goes back: small enough to be held whole.
 *
 * @param status of HTTP
 * @param contentType of the body
 * @param body not copied
 * @param retryAfterSeconds for the Retry-After header; 0: none
 */
public record Reply(int status, String contentType, byte[] body, int retryAfterSeconds) {
  public static final String JSON = "application/json";

  public Reply(int status, String contentType, byte[] body) {
    this(status, contentType, body, 0);
  }

  /** 200 with a body in JSON. */
  public static Reply json(byte[] body) {
    return new Reply(200, JSON, body);
  }

  /** A body of text. */
  public static Reply text(int status, String contentType, String text) {
    return new Reply(status, contentType, text.getBytes(StandardCharsets.UTF_8));
  }
}
