package dev.kindred.app.http;

import java.util.Objects;

/**
 * One method of one path.
 *
 * @param name short and stable: the label of its metrics
 * @param method in capitals
 * @param path exact; ids travel as parameters or in bodies, so that they may hold any letter
 * @param access who may ask
 * @param body whether its requests may have one
 * @param immediate answered by the thread that reads the socket, past the queue and without a desk:
 *     for what must be answered under overload too, and never waits
 * @param handler answers
 */
public record Route<D>(
    String name,
    String method,
    String path,
    Access access,
    boolean body,
    boolean immediate,
    Handler<D> handler) {
  /** Who may ask. */
  public enum Access {
    /** Anybody who reaches the port. */
    OPEN,
    /** Holders of the ingest token or the admin token. */
    INGEST,
    /** Holders of the admin token. */
    ADMIN
  }

  /** Answers requests; any thread may call, each with a desk of its own. */
  public interface Handler<D> {
    /**
     * Answers one request.
     *
     * @param desk what the calling thread has for this; null on immediate routes
     * @throws Refusal if it can't be answered as asked
     */
    Reply answer(Request request, D desk) throws Exception;
  }

  /** A route that anybody may ask, answered in turn. */
  public static <D> Route<D> open(String name, String method, String path, Handler<D> handler) {
    return new Route<>(name, method, path, Access.OPEN, mayHaveBody(method), false, handler);
  }

  /** A route that anybody may ask, answered at once. */
  public static <D> Route<D> immediate(String name, String path, Handler<D> handler) {
    return new Route<>(name, "GET", path, Access.OPEN, false, true, handler);
  }

  /** A route of those who hold a token. */
  public static <D> Route<D> guarded(
      String name, String method, String path, Access access, Handler<D> handler) {
    return new Route<>(name, method, path, access, mayHaveBody(method), false, handler);
  }

  public Route {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(access, "access");
    Objects.requireNonNull(handler, "handler");
  }

  /** The same route with requests that have no body. */
  public Route<D> withoutBody() {
    return new Route<>(name, method, path, access, false, immediate, handler);
  }

  private static boolean mayHaveBody(String method) {
    return method.equals("POST") || method.equals("PUT");
  }
}
