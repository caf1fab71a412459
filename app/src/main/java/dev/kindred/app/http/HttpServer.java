package dev.kindred.app.http;

import io.undertow.io.IoCallback;
import io.undertow.io.Receiver;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.net.BindException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/**
 * Routes behind Undertow: reads a request whole within its limits, lets a bounded number wait for a
 * bounded number of threads, and writes the reply without holding a thread.
 *
 * <p>docs/decisions/http-server.md says why this library.
 */
public final class HttpServer<D> implements AutoCloseable {
  static final HttpString REQUEST_ID = new HttpString("X-Request-Id");
  private static final HttpString NOSNIFF = new HttpString("X-Content-Type-Options");
  private static final Pattern GOOD_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final String BEARER = "Bearer ";

  /** Held here, or a level set on them would be forgotten with them. */
  private static final List<Logger> TALKATIVE =
      Stream.of("io.undertow", "org.xnio", "org.jboss.threads").map(Logger::getLogger).toList();

  static {
    // What they say at INFO is their version; we have a log of our own.
    TALKATIVE.forEach(logger -> logger.setLevel(Level.WARNING));
  }

  private final ServerOptions options;
  private final Supplier<Routes<D>> routes;
  private final Tokens tokens;
  private final RequestObserver observer;
  private final AnswerThreads<D> threads;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicLong requests = new AtomicLong();
  private final String idPrefix = UUID.randomUUID().toString().substring(0, 8) + "-";
  private volatile boolean draining;
  private HttpListener listener;

  /**
   * Doesn't listen yet.
   *
   * @param routes asked for with each request, so that a server may have more of them later
   * @param desks makes what an answering thread keeps; called on each with its first request
   */
  public HttpServer(
      ServerOptions options,
      Supplier<Routes<D>> routes,
      Tokens tokens,
      Supplier<D> desks,
      RequestObserver observer) {
    this.options = options;
    this.routes = routes;
    this.tokens = tokens;
    this.observer = observer;
    threads = new AnswerThreads<>(options.workers(), options.queue(), desks);
  }

  /**
   * Begins to listen, once. Requests may come in before this returns: what the routes need must be
   * there. Without the address the server is closed.
   *
   * @throws IOException if the address can't be bound
   */
  public void listen() throws IOException {
    try {
      listener = HttpListener.open(options, this::received, this::malformed);
    } catch (IOException | RuntimeException e) {
      threads.close();
      String where = HostName.withPort(options.host(), options.port());
      throw new IOException(
          "can't listen on "
              + where
              + ": "
              + e.getMessage()
              + (e instanceof BindException ? "; choose another --port or stop what holds it" : ""),
          e);
    }
  }

  /** The port that it listens on. */
  public int port() {
    return listener.port();
  }

  /** Requests that wait for a thread or are with one. */
  public int admitted() {
    return threads.admitted();
  }

  /** Requests read or being read whose reply hasn't gone yet. */
  public int inFlight() {
    return inFlight.get();
  }

  /** From now on each reply ends its connection, so that clients go elsewhere. */
  public void drain() {
    draining = true;
  }

  /** Waits for running requests as long as the options grant, then stops. */
  @Override
  public void close() {
    draining = true;
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(options.drainMillis());
    while (inFlight.get() > 0 && System.nanoTime() < until) {
      LockSupport.parkNanos(1_000_000);
    }
    if (listener != null) {
      listener.close();
    }
    threads.close();
  }

  /** What is known of a request while it is under way. */
  private static final class Course {
    final String id;
    String route = "";
    long received = System.nanoTime();
    long begun;
    long answered;
    int bytes;
    XnioExecutor.Key bodyTimer;

    Course(String id) {
      this.id = id;
    }
  }

  private void received(HttpServerExchange exchange) {
    Course course = new Course(requestId(exchange));
    inFlight.incrementAndGet();
    exchange.addExchangeCompleteListener(
        (done, next) -> {
          inFlight.decrementAndGet();
          long queue = course.begun == 0 ? 0 : course.begun - course.received;
          long answer = course.begun == 0 ? 0 : course.answered - course.begun;
          observer.answered(
              course.route,
              course.id,
              done.getStatusCode(),
              queue,
              answer,
              System.nanoTime() - course.received,
              course.bytes);
          next.proceed();
        });
    String path = exchange.getRequestURI();
    try {
      Route<D> route = routes.get().find(exchange.getRequestMethod().toString(), path);
      course.route = route.name();
      String token = token(exchange);
      tokens.check(route.access(), token);
      Query query = Query.parse(exchange.getQueryString());
      if (!route.body()) {
        requireNoBody(exchange, route);
        admitted(exchange, course, route, query, token, Request.NO_BODY);
      } else {
        readBody(exchange, course, route, query, token);
      }
    } catch (Refusal refusal) {
      refuse(exchange, course, refusal);
    }
  }

  private static void requireNoBody(HttpServerExchange exchange, Route<?> route) {
    if (exchange.getRequestContentLength() > 0
        || exchange.getRequestHeaders().contains(Headers.TRANSFER_ENCODING)) {
      exchange.setPersistent(false); // as for a body that is too large
      throw Refusal.badRequest(
          "unexpected-body", route.method() + " " + route.path() + " takes no body; leave it out");
    }
  }

  /** Head and body for what couldn't be parsed; its connection ends with it. */
  private byte[] malformed(String reason, Optional<Refusal> fault) {
    String id = nextId();
    String message =
        reason.equals(MalformedConduit.BAD_REQUEST)
            ? "this is no request of HTTP/1.1 with at most "
                + options.headerBytes()
                + " bytes of line and headers, "
                + ServerOptions.MOST_HEADERS
                + " headers and "
                + Query.MAX_PARAMETERS
                + " parameters"
            : "the request must have one Host header, of the host that it asks (" + reason + ")";
    Refusal refusal = fault.orElse(Refusal.badRequest("malformed-request", message));
    Reply reply = new JsonBody().refused(refusal, id);
    observer.rejected("malformed", id);
    observer.answered("", id, reply.status(), 0, 0, 0, reply.body().length);
    byte[] head =
        ("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"
                + (NOSNIFF + ": nosniff\r\n")
                + (REQUEST_ID + ": " + id + "\r\n")
                + ("Content-Type: " + reply.contentType() + "\r\n")
                + ("Content-Length: " + reply.body().length + "\r\n\r\n"))
            .getBytes(StandardCharsets.US_ASCII);
    byte[] whole = Arrays.copyOf(head, head.length + reply.body().length);
    System.arraycopy(reply.body(), 0, whole, head.length, reply.body().length);
    return whole;
  }

  private void readBody(
      HttpServerExchange exchange, Course course, Route<D> route, Query query, String token) {
    if (exchange.getRequestHeaders().contains(Headers.TRANSFER_ENCODING)) {
      // A body of stated length leaves no room for two readings of where it ends.
      exchange.setPersistent(false);
      throw new Refusal(
          411, "length-required", "send the body with a Content-Length, not in chunks");
    }
    if (exchange.getRequestContentLength() > options.bodyBytes()) {
      throw tooLarge(course);
    }
    course.bodyTimer =
        exchange
            .getIoThread()
            .executeAfter(
                () -> {
                  observer.rejected("slow-body", course.id);
                  lastRefusal(
                      exchange,
                      course,
                      new Refusal(
                          408,
                          "slow-body",
                          "the body wasn't there within " + options.bodyMillis() + " ms"));
                },
                options.bodyMillis(),
                TimeUnit.MILLISECONDS);
    exchange
        .getRequestReceiver()
        .receiveFullBytes(
            (done, body) -> {
              course.bodyTimer.remove();
              course.received = System.nanoTime();
              admitted(done, course, route, query, token, body);
            },
            (failed, e) -> {
              course.bodyTimer.remove();
              if (e instanceof Receiver.RequestToLargeException) {
                refuse(failed, course, tooLarge(course));
              } else {
                IoUtils.safeClose(failed.getConnection());
              }
            });
  }

  private void admitted(
      HttpServerExchange exchange,
      Course course,
      Route<D> route,
      Query query,
      String token,
      byte[] body) {
    Request request =
        new Request(
            course.id,
            exchange.getRequestMethod().toString(),
            route.path(),
            query,
            token,
            body,
            course.received);
    if (route.immediate()) {
      course.begun = System.nanoTime();
      answer(exchange, course, route, request, null);
    } else if (threads.admit()) {
      exchange.dispatch(
          threads.executor(),
          () -> threads.work(desk -> begin(exchange, course, route, request, desk)));
    } else {
      observer.rejected("overload", course.id);
      refuse(
          exchange,
          course,
          Refusal.later(
              429,
              "overloaded",
              "the server has as many requests waiting as it takes; ask again after a moment"));
    }
  }

  private void begin(
      HttpServerExchange exchange, Course course, Route<D> route, Request request, D desk) {
    course.begun = System.nanoTime();
    if (course.begun - course.received > TimeUnit.MILLISECONDS.toNanos(options.deadlineMillis())) {
      observer.rejected("deadline", course.id);
      refuse(
          exchange,
          course,
          Refusal.later(
              503,
              "too-late",
              "the request waited longer than its deadline of "
                  + options.deadlineMillis()
                  + " ms; ask again after a moment"));
      return;
    }
    answer(exchange, course, route, request, desk);
  }

  private void answer(
      HttpServerExchange exchange, Course course, Route<D> route, Request request, D desk) {
    Reply reply;
    try {
      reply = route.handler().answer(request, desk);
    } catch (Refusal refusal) {
      course.answered = System.nanoTime();
      refuse(exchange, course, refusal);
      return;
    } catch (Exception | Error e) {
      observer.failed(route.name(), course.id, e);
      course.answered = System.nanoTime();
      refuse(
          exchange,
          course,
          new Refusal(
              500,
              "failed",
              "the server failed to answer; its log says why, under the request id"));
      return;
    }
    course.answered = System.nanoTime();
    send(exchange, course, reply);
  }

  private void refuse(HttpServerExchange exchange, Course course, Refusal refusal) {
    Reply reply = new JsonBody().refused(refusal, course.id);
    if (refusal.status() == 405) {
      exchange
          .getResponseHeaders()
          .put(Headers.ALLOW, routes.get().allowed(exchange.getRequestURI()));
    }
    if (refusal.status() == 401) {
      exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Bearer");
    }
    if (refusal.status() == 413) {
      // What is left of the body would be taken for the next request.
      exchange.setPersistent(false);
    }
    send(exchange, course, reply);
  }

  /** Refuses in the middle of a body, and ends the connection without waiting for the rest. */
  private void lastRefusal(HttpServerExchange exchange, Course course, Refusal refusal) {
    exchange.setPersistent(false);
    send(
        exchange,
        course,
        new JsonBody().refused(refusal, course.id),
        new IoCallback() {
          @Override
          public void onComplete(HttpServerExchange done, Sender sender) {
            IoUtils.safeClose(done.getConnection());
          }

          @Override
          public void onException(HttpServerExchange failed, Sender sender, IOException e) {
            IoUtils.safeClose(failed.getConnection());
          }
        });
  }

  private void send(HttpServerExchange exchange, Course course, Reply reply) {
    send(exchange, course, reply, IoCallback.END_EXCHANGE);
  }

  private void send(
      HttpServerExchange exchange, Course course, Reply reply, IoCallback afterwards) {
    HeaderMap headers = exchange.getResponseHeaders();
    exchange.setStatusCode(reply.status());
    headers.put(Headers.CONTENT_TYPE, reply.contentType());
    headers.put(NOSNIFF, "nosniff");
    headers.put(REQUEST_ID, course.id);
    if (reply.retryAfterSeconds() > 0) {
      headers.put(Headers.RETRY_AFTER, reply.retryAfterSeconds());
    }
    if (draining) {
      exchange.setPersistent(false);
      headers.put(Headers.CONNECTION, "close");
    }
    course.bytes = reply.body().length;
    exchange.setResponseContentLength(reply.body().length);
    exchange.getResponseSender().send(ByteBuffer.wrap(reply.body()), afterwards);
  }

  private Refusal tooLarge(Course course) {
    observer.rejected("body-size", course.id);
    return new Refusal(
        413, "body-too-large", "the body has more than " + options.bodyBytes() + " bytes");
  }

  private String requestId(HttpServerExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst(REQUEST_ID);
    return given != null && GOOD_ID.matcher(given).matches() ? given : nextId();
  }

  private String nextId() {
    return idPrefix + Long.toHexString(requests.incrementAndGet());
  }

  private static String token(HttpServerExchange exchange) {
    String given = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
    return given != null && given.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? given.substring(BEARER.length()).strip()
        : "";
  }
}
