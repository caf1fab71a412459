package dev.kindred.app.http;

import java.util.Objects;
import java.util.function.Consumer;

/**
 * How the server listens and what it grants. Immutable.
 *
 * @param host address to bind, or a name that stands for one; the loopback address unless somebody
 *     says otherwise
 * @param port 0 for any free one
 * @param workers threads that answer
 * @param queue requests that may wait for one; more are told to come back (429)
 * @param deadlineMillis a request that waited longer is refused (503), and one that is answered has
 *     no longer
 * @param bodyBytes of a request, at most
 * @param bodyMillis for a request's body to arrive
 * @param headerBytes of a request's line and headers, at most
 * @param idleMillis that a connection may stay open between requests, or take to send its headers
 * @param connections open at a time; more wait in the backlog of the socket
 * @param drainMillis for running requests to end when the server is stopped
 */
public record ServerOptions(
    String host,
    int port,
    int workers,
    int queue,
    int deadlineMillis,
    int bodyBytes,
    int bodyMillis,
    int headerBytes,
    int idleMillis,
    int connections,
    int drainMillis) {
  /** Headers of a request, at most. */
  static final int MOST_HEADERS = 100;

  public ServerOptions {
    Objects.requireNonNull(host, "host");
    if (!HostName.isWellFormed(host)) {
      throw new IllegalArgumentException(
          "host is '"
              + host
              + "', must be an address, such as 127.0.0.1 or ::1, or a name of letters, digits,"
              + " dashes and dots");
    }
    check("port", port, 0, 65_535);
    check("workers", workers, 1, 1024);
    check("queue", queue, 0, 1_000_000);
    check("deadline-millis", deadlineMillis, 1, 60_000);
    check("body-bytes", bodyBytes, 1024, 256 << 20);
    check("body-millis", bodyMillis, 1, 600_000);
    check("header-bytes", headerBytes, 1024, 1 << 20);
    check("idle-millis", idleMillis, 100, 3_600_000);
    check("connections", connections, 1, 1_000_000);
    check("drain-millis", drainMillis, 0, 600_000);
  }

  /** Port 7070 of the loopback address, as many workers as processors. */
  public static ServerOptions defaults() {
    return new ServerOptions(
        "127.0.0.1",
        7070,
        Math.max(2, Runtime.getRuntime().availableProcessors()),
        256,
        1000,
        1 << 20,
        10_000,
        16 << 10,
        60_000,
        10_000,
        10_000);
  }

  public ServerOptions withHost(String host) {
    return with(draft -> draft.host = host);
  }

  public ServerOptions withPort(int port) {
    return with(draft -> draft.port = port);
  }

  public ServerOptions withWorkers(int workers) {
    return with(draft -> draft.workers = workers);
  }

  public ServerOptions withQueue(int queue) {
    return with(draft -> draft.queue = queue);
  }

  public ServerOptions withDeadlineMillis(int deadlineMillis) {
    return with(draft -> draft.deadlineMillis = deadlineMillis);
  }

  public ServerOptions withBodyBytes(int bodyBytes) {
    return with(draft -> draft.bodyBytes = bodyBytes);
  }

  public ServerOptions withBodyMillis(int bodyMillis) {
    return with(draft -> draft.bodyMillis = bodyMillis);
  }

  public ServerOptions withIdleMillis(int idleMillis) {
    return with(draft -> draft.idleMillis = idleMillis);
  }

  public ServerOptions withDrainMillis(int drainMillis) {
    return with(draft -> draft.drainMillis = drainMillis);
  }

  private static void check(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " is " + value + ", must be " + least + " to " + most);
    }
  }

  private ServerOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** A copy of which something is about to be changed. */
  private static final class Draft {
    String host;
    int port;
    int workers;
    int queue;
    int deadlineMillis;
    int bodyBytes;
    int bodyMillis;
    int headerBytes;
    int idleMillis;
    int connections;
    int drainMillis;

    Draft(ServerOptions of) {
      host = of.host;
      port = of.port;
      workers = of.workers;
      queue = of.queue;
      deadlineMillis = of.deadlineMillis;
      bodyBytes = of.bodyBytes;
      bodyMillis = of.bodyMillis;
      headerBytes = of.headerBytes;
      idleMillis = of.idleMillis;
      connections = of.connections;
      drainMillis = of.drainMillis;
    }

    ServerOptions options() {
      return new ServerOptions(
          host,
          port,
          workers,
          queue,
          deadlineMillis,
          bodyBytes,
          bodyMillis,
          headerBytes,
          idleMillis,
          connections,
          drainMillis);
    }
  }
}
