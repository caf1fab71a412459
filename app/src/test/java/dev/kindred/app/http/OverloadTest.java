package dev.kindred.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A server whose handlers wait until they are let go: full queues, deadlines, draining. */
final class OverloadTest {
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private final Map<String, AtomicInteger> rejected = new ConcurrentHashMap<>();
  private final HttpClient client = HttpClient.newHttpClient();

  private final RequestObserver observer =
      new RequestObserver() {
        @Override
        public void answered(
            String route, String id, int status, long queue, long answer, long total, long bytes) {}

        @Override
        public void rejected(String reason, String id) {
          rejected.computeIfAbsent(reason, key -> new AtomicInteger()).incrementAndGet();
        }

        @Override
        public void failed(String route, String id, Throwable failure) {}
      };

  private HttpServer<Object> start(ServerOptions options) throws IOException {
    Routes<Object> routes =
        new Routes<>(
            List.of(
                Route.open(
                    "wait",
                    "GET",
                    "/wait",
                    (request, desk) -> {
                      entered.countDown();
                      release.await();
                      return Reply.text(200, "text/plain", "done");
                    }),
                Route.open(
                    "fail",
                    "GET",
                    "/fail",
                    (request, desk) -> {
                      throw new IllegalStateException("a fault of ours");
                    }),
                Route.immediate(
                    "live", "/live", (request, desk) -> Reply.text(200, "text/plain", "ok"))));
    return listening(options.withPort(0), routes);
  }

  private HttpServer<Object> listening(ServerOptions options, Routes<Object> routes)
      throws IOException {
    HttpServer<Object> server =
        new HttpServer<>(options, () -> routes, Tokens.none(), Object::new, observer);
    server.listen();
    return server;
  }

  @Test
  void whatFindsNoPlaceIsToldToComeBackAndTheRestIsAnswered() throws Exception {
    try (HttpServer<Object> server =
        start(ServerOptions.defaults().withWorkers(1).withQueue(2).withDeadlineMillis(60_000))) {
      CompletableFuture<HttpResponse<String>> first = ask(server, "/wait");
      assertTrue(entered.await(20, TimeUnit.SECONDS));
      List<CompletableFuture<HttpResponse<String>>> more = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        more.add(ask(server, "/wait"));
      }
      int refused = 0;
      // Ten find no place, and are told so while the others still wait.
      while (refused < 10) {
        refused = 0;
        for (CompletableFuture<HttpResponse<String>> reply : more) {
          if (reply.isDone()) {
            assertEquals(429, reply.join().statusCode());
            assertEquals("1", reply.join().headers().firstValue("retry-after").orElse(""));
            refused++;
          }
        }
        Thread.sleep(2);
      }
      assertEquals(3, server.admitted());
      assertEquals(200, ask(server, "/live").join().statusCode());
      release.countDown();
      assertEquals(200, first.join().statusCode());
      int good = 0;
      for (CompletableFuture<HttpResponse<String>> reply : more) {
        good += reply.join().statusCode() == 200 ? 1 : 0;
      }
      assertEquals(2, good);
      assertEquals(10, rejected.get("overload").get());
      while (server.admitted() > 0) { // a place is given back just after the reply has gone
        Thread.sleep(1);
      }
    }
  }

  @Test
  void whatWaitedPastItsDeadlineIsNotBegun() throws Exception {
    try (HttpServer<Object> server =
        start(ServerOptions.defaults().withWorkers(1).withDeadlineMillis(20))) {
      CompletableFuture<HttpResponse<String>> first = ask(server, "/wait");
      while (!entered.await(5, TimeUnit.MILLISECONDS)) {
        if (first.isDone()) { // a busy machine may be too late for the first one already
          first = ask(server, "/wait");
        }
      }
      CompletableFuture<HttpResponse<String>> late = ask(server, "/wait");
      while (server.admitted() < 2) {
        Thread.sleep(1);
      }
      Thread.sleep(40);
      release.countDown();
      assertEquals(200, first.join().statusCode());
      assertEquals(503, late.join().statusCode());
      assertTrue(late.join().body().contains("too-late"), late.join().body());
    }
  }

  @Test
  void closingWaitsForWhatRuns() throws Exception {
    HttpServer<Object> server = start(ServerOptions.defaults());
    CompletableFuture<HttpResponse<String>> running = ask(server, "/wait");
    assertTrue(entered.await(20, TimeUnit.SECONDS));
    Thread closing = Thread.ofPlatform().start(server::close);
    Thread.sleep(50);
    assertTrue(closing.isAlive());
    release.countDown();
    assertEquals("done", running.join().body());
    closing.join();
  }

  @Test
  void aFaultOfOursIsA500WithoutItsInsides() throws Exception {
    try (HttpServer<Object> server = start(ServerOptions.defaults())) {
      HttpResponse<String> reply = ask(server, "/fail").join();
      assertEquals(500, reply.statusCode());
      assertTrue(!reply.body().contains("fault of ours"), reply.body());
      assertTrue(!reply.body().contains("IllegalState"), reply.body());
    }
  }

  @Test
  void twoServersOnOnePortIsAnErrorThatNamesIt() throws Exception {
    try (HttpServer<Object> server = start(ServerOptions.defaults())) {
      IOException e =
          org.junit.jupiter.api.Assertions.assertThrows(
              IOException.class,
              () ->
                  listening(
                      ServerOptions.defaults().withPort(server.port()), new Routes<>(List.of())));
      assertTrue(e.getMessage().contains(":" + server.port()), e.getMessage());
    }
  }

  private CompletableFuture<HttpResponse<String>> ask(HttpServer<Object> server, String path) {
    return client.sendAsync(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .version(HttpClient.Version.HTTP_1_1)
            .build(),
        BodyHandlers.ofString());
  }
}
