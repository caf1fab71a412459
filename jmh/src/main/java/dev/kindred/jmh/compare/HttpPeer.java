package dev.kindred.jmh.compare;

import com.sun.net.httpserver.HttpServer;
import dev.kindred.app.http.Query;
import dev.kindred.app.http.Reply;
import dev.kindred.app.http.Request;
import dev.kindred.app.serving.Desk;
import dev.kindred.app.serving.RelatedRoute;
import dev.kindred.engine.serve.Recommender;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A library for HTTP with our related endpoint on it, as its own documentation would have it. */
enum HttpPeer {
  /** The JDK's own server, a virtual thread for each request. */
  JDK {
    @Override
    Running start(Endpoint endpoint) throws IOException {
      HttpServer server = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.createContext(
          "/",
          exchange -> {
            Reply reply = endpoint.answer(exchange.getRequestURI().getRawQuery());
            exchange.getResponseHeaders().set("Content-Type", reply.contentType());
            exchange.sendResponseHeaders(reply.status(), reply.body().length);
            exchange.getResponseBody().write(reply.body());
            exchange.close();
          });
      server.start();
      return new Running(server.getAddress().getPort(), () -> server.stop(0));
    }
  },

  /** Undertow, answering on the thread that reads the socket. */
  UNDERTOW_IO {
    @Override
    Running start(Endpoint endpoint) {
      return undertow(exchange -> send(exchange, endpoint), () -> {});
    }
  },

  /** Undertow, answering on threads of our own behind a bounded queue. */
  UNDERTOW {
    @Override
    Running start(Endpoint endpoint) {
      ThreadPoolExecutor pool =
          new ThreadPoolExecutor(CORES, CORES, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1000));
      pool.prestartAllCoreThreads();
      return undertow(
          exchange -> exchange.dispatch(pool, () -> send(exchange, endpoint)), pool::shutdown);
    }
  },

  /** Helidon, a virtual thread for each connection. */
  HELIDON {
    @Override
    Running start(Endpoint endpoint) {
      WebServer server =
          WebServer.builder()
              .address(LOOPBACK)
              .port(0)
              .shutdownHook(false)
              .routing(
                  routing ->
                      routing.get(
                          "/v1/related",
                          (request, response) -> {
                            Reply reply = endpoint.answer(request.query().rawValue());
                            response.status(Status.create(reply.status()));
                            response.header("Content-Type", reply.contentType());
                            response.send(reply.body());
                          }))
              .build()
              .start();
      return new Running(server.port(), server::stop);
    }
  };

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  /** A server that takes requests on a port of the loopback address. */
  record Running(int port, Runnable stop) implements AutoCloseable {
    @Override
    public void close() {
      stop.run();
    }
  }

  /** Our own part of a reply, with a bounded pool of desks for whatever threads ask. */
  static final class Endpoint {
    private final RelatedRoute route;
    private final BlockingQueue<Desk> desks = new ArrayBlockingQueue<>(2 * CORES);

    Endpoint(Recommender recommender) {
      route = new RelatedRoute(recommender, 100);
      while (desks.remainingCapacity() > 0) {
        desks.add(new Desk(recommender));
      }
    }

    Reply answer(String rawQuery) {
      try {
        Desk desk = desks.take();
        try {
          return route.answer(
              new Request(
                  "",
                  "GET",
                  "/v1/related",
                  Query.parse(rawQuery),
                  "",
                  Request.NO_BODY,
                  System.nanoTime()),
              desk);
        } finally {
          desks.add(desk);
        }
      } catch (InterruptedException e) {
        throw new UncheckedIOException(new IOException(e));
      }
    }
  }

  /** Starts it on a free port of the loopback address. */
  abstract Running start(Endpoint endpoint) throws IOException;

  private static Running undertow(io.undertow.server.HttpHandler handler, Runnable alsoStop) {
    Undertow server =
        Undertow.builder()
            .addHttpListener(0, LOOPBACK.getHostAddress())
            .setIoThreads(CORES)
            .setWorkerThreads(1)
            .setServerOption(UndertowOptions.ENABLE_STATISTICS, false)
            .setHandler(handler)
            .build();
    server.start();
    InetSocketAddress address =
        (InetSocketAddress) server.getListenerInfo().getFirst().getAddress();
    return new Running(
        address.getPort(),
        () -> {
          server.stop();
          alsoStop.run();
        });
  }

  private static void send(HttpServerExchange exchange, Endpoint endpoint) {
    Reply reply = endpoint.answer(exchange.getQueryString());
    exchange.setStatusCode(reply.status());
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, reply.contentType());
    exchange.getResponseSender().send(ByteBuffer.wrap(reply.body()));
  }
}
