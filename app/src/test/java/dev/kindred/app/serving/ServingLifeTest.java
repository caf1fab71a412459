package dev.kindred.app.serving;

import static dev.kindred.app.serving.TinyServer.INGEST;
import static dev.kindred.app.serving.TinyServer.json;
import static dev.kindred.app.serving.TinyServer.silent;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A server from its start to its stop: loading, warm-up, draining, and being stopped in between.
 */
final class ServingLifeTest extends OnTinyServer {
  @Test
  void itIsReadyAfterWarmUpAndNotWhileItDrains() throws IOException {
    assertEquals(200, RawHttp.get(port, "/health/live").status());
    assertEquals(503, RawHttp.get(port, "/health/ready").status());
    serving.warmUp();
    assertEquals(200, RawHttp.get(port, "/health/ready").status());
    // Its requests to itself count for nobody.
    assertFalse(RawHttp.get(port, "/metrics").body().contains("route=\"related\",status"));
    serving.drain();
    assertEquals(503, RawHttp.get(port, "/health/ready").status());
    RawHttp.Answer last = RawHttp.get(port, "/v1/related?item=100");
    assertEquals(200, last.status());
    assertEquals("close", last.headers().get("connection"));
  }

  @Test
  void healthIsAnsweredBeforeTheSnapshotIsLoadedAndNothingElseIs() throws IOException {
    try (Serving early = Serving.listen(server.options(), silent())) {
      int at = early.port();
      assertEquals(200, RawHttp.get(at, "/health/live").status());
      assertNotReady(at, "loading");
      assertTrue(RawHttp.get(at, "/metrics").body().contains("kindred_ready 0\n"));
      String[] others = {"/v1/related?item=100", "/v1/recommend", "/", "/openapi.json", "/nothing"};
      for (String other : others) {
        assertLoading(RawHttp.get(at, other));
      }
      assertLoading(RawHttp.send(at, "POST", "/v1/events", INGEST, "{\"user\":\"u\"}"));
      early.load();
      assertEquals(200, RawHttp.get(at, "/v1/related?item=100").status());
      assertNotReady(at, "warming-up");
      early.warmUp();
      assertEquals(200, RawHttp.get(at, "/health/ready").status());
      early.drain();
      assertNotReady(at, "draining");
    }
  }

  @Test
  void whatIsStoppedWhileItLoadsNeverGetsReady() throws IOException {
    Path live = directory.resolve("live");
    Serving stopped = Serving.listen(server.options().withLive(live), silent());
    stopped.close();
    assertThrows(IllegalStateException.class, stopped::load);
    assertFalse(stopped.ready());
    // It left nothing open: the live state can be had again.
    try (Serving next = Serving.start(server.options().withLive(live), silent())) {
      next.drain();
      next.warmUp();
      assertFalse(next.ready());
    }
  }

  @Test
  void itLoadsOnceOnly() {
    String refused = assertThrows(IllegalStateException.class, serving::load).getMessage();
    assertTrue(refused.contains("call load() once"), refused);
    serving.close();
    refused = assertThrows(IllegalStateException.class, serving::load).getMessage();
    assertTrue(refused.contains("was stopped"), refused);
  }

  @Test
  void whatIsClosedWhileAnotherThreadLoadsWaitsAWhileAndLeavesNothingOpen() throws Exception {
    Path file = directory.resolve("torn.ndjson");
    Files.writeString(file, "{\"user\":");
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    ServingOptions options =
        server
            .options()
            .withLive(directory.resolve("live"))
            .withEventLog(file, EventLog.Fsync.NEVER);
    Serving stopped = Serving.listen(options, haltedAt("event-log-truncated", inside, release));
    Future<?> load = background(stopped::load);
    assertTrue(inside.await(60, TimeUnit.SECONDS));
    String refused = assertThrows(IllegalStateException.class, stopped::load).getMessage();
    assertTrue(refused.contains("another thread loads"), refused);
    long start = System.nanoTime();
    stopped.close();
    long waited = (System.nanoTime() - start) / 1_000_000;
    assertTrue(waited >= Serving.LOADING_END_MILLIS, waited + " ms");
    release.countDown();
    Throwable end = assertThrows(ExecutionException.class, load::get).getCause();
    assertTrue(end instanceof IllegalStateException, end.toString());
    assertTrue(end.getMessage().contains("was stopped"), end.toString());
    Serving.start(options, silent()).close();
  }

  @Test
  void whatIsClosedWhileAnotherThreadWarmsItUpEndsThat() throws Exception {
    Serving stopped = Serving.start(server.options().withWarmupMillis(60_000), silent());
    Future<?> warmUp = background(stopped::warmUp);
    // The request for the metrics is one in flight, those of the warm-up are more.
    while (RawHttp.get(stopped.port(), "/metrics").body().contains("kindred_http_in_flight 1\n")) {
      assertFalse(warmUp.isDone());
    }
    stopped.close();
    Throwable end = assertThrows(ExecutionException.class, warmUp::get).getCause();
    assertTrue(end instanceof IOException || end instanceof IllegalStateException, end.toString());
    assertFalse(stopped.ready());
  }

  @Test
  void anEventLogThatCannotBeHadIsToldBeforeTheSnapshotIsRead() throws IOException {
    ServingOptions taken = server.options().withEventLog(server.eventLog(), EventLog.Fsync.ALWAYS);
    Files.delete(server.snapshot().resolve("manifest.json"));
    String refused =
        assertThrows(IOException.class, () -> Serving.start(taken, silent())).getMessage();
    assertTrue(refused.contains("another server writes this event log"), refused);
  }

  private interface Part {
    void run() throws IOException;
  }

  private static Future<?> background(Part part) {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              part.run();
              return null;
            });
    Thread.ofPlatform().daemon().start(task);
    return task;
  }

  /** A log that halts whoever writes an event of this name. */
  private static AccessLog haltedAt(String event, CountDownLatch inside, CountDownLatch release) {
    Writer out =
        new StringWriter() {
          @Override
          public void write(String text, int from, int length) {
            if (text.contains(event)) {
              inside.countDown();
              try {
                release.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }
          }
        };
    return new AccessLog(new PrintWriter(out), 0, false);
  }

  private void assertNotReady(int at, String code) throws IOException {
    RawHttp.Answer answer = RawHttp.get(at, "/health/ready");
    assertEquals(503, answer.status());
    assertEquals("1", answer.headers().get("retry-after"));
    assertEquals(code, json(answer.body()).at("/error/code").asText());
  }

  private static void assertLoading(RawHttp.Answer answer) throws IOException {
    assertEquals(503, answer.status(), answer.body());
    assertEquals("1", answer.headers().get("retry-after"));
    JsonNode body = json(answer.body());
    assertEquals("loading", body.at("/error/code").asText());
    assertEquals(answer.headers().get("x-request-id"), body.get("requestId").asText());
  }
}
