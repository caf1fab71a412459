package dev.kindred.app.http;

import java.util.Objects;

/**
 * One request, read whole. Immutable; {@link #body} is not copied.
 *
 * @param id tells the request in replies and logs
 * @param method in capitals
 * @param path without query string, as sent
 * @param query the decoded parameters
 * @param token of an {@code Authorization: Bearer} header, "" without one
 * @param body empty without one
 * @param receivedNanos when the last byte had come, in terms of {@link System#nanoTime}
 */
public record Request(
    String id,
    String method,
    String path,
    Query query,
    String token,
    byte[] body,
    long receivedNanos) {
  public static final byte[] NO_BODY = new byte[0];

  public Request {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(query, "query");
    Objects.requireNonNull(token, "token");
    Objects.requireNonNull(body, "body");
  }

  /** A request without a body or a token, for warm-up and measurements. */
  public static Request get(String path, String rawQuery) {
    return new Request("", "GET", path, Query.parse(rawQuery), "", NO_BODY, System.nanoTime());
  }
}
