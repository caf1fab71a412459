package dev.kindred.app.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.bench.GeneratedOptions;
import dev.kindred.app.bench.GeneratedSnapshot;
import dev.kindred.app.http.Query;
import dev.kindred.app.http.Refusal;
import dev.kindred.app.http.Request;
import dev.kindred.engine.serve.InMemoryLiveState;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a batch of events where one of the two places that take them fails. */
final class EventsRouteTest {
  private static final String BATCH =
      """
      {"user":"ann","item":"1","event":"click","time":1}
      {"user":"ann","item":"2","event":"click","time":2}
      {"user":"bob","item":"3","event":"click","time":3}
      """;

  @TempDir Path directory;
  private final LiveState live = new InMemoryLiveState();
  private final StringWriter said = new StringWriter();
  private Recommender recommender;

  @BeforeEach
  void open() throws IOException {
    Path snapshot = directory.resolve("snapshot");
    try (Workers workers = Workers.of(1);
        SnapshotWriter out = SnapshotWriter.into(snapshot)) {
      GeneratedOptions options = new GeneratedOptions(20, 1, 4, 3, 3, false, List.of(), 1);
      GeneratedSnapshot.write(options, out, workers, Progress.none());
      out.publish();
    }
    recommender = Recommender.open(snapshot);
  }

  @AfterEach
  void close() throws IOException {
    recommender.close();
    live.close();
  }

  @Test
  void whatTheLiveStateRefusesIsInTheLogAndCountedAsLogOnly() throws IOException {
    Path file = directory.resolve("log");
    try (EventLog log = EventLog.open(file, EventLog.Fsync.ALWAYS, 1)) {
      EventsRoute route = route(log, failingAfter(1));
      String reply = post(route);
      assertTrue(reply.contains("\"accepted\":3"), reply);
      assertEquals(3, route.accepted());
      assertEquals(2, route.withoutLive());
      assertEquals(0, route.refused());
    }
    assertEquals(3, Files.readAllLines(file).size());
    assertEquals(1, live.lastEvents("ann", 9).size());
    assertEquals(0, live.lastEvents("bob", 9).size());
    assertTrue(said.toString().contains("live-state-refused"), said.toString());
    assertTrue(said.toString().contains("\"events\":2"), said.toString());
    assertTrue(said.toString().contains("no room for event 2"), said.toString());
  }

  @Test
  void whatTheLogCannotTakeIsRefusedAsAWholeAndCanBeSentAgain() throws IOException {
    EventLog log = EventLog.open(directory.resolve("log"), EventLog.Fsync.NEVER, 1);
    log.close();
    EventsRoute route = route(log, live);
    Refusal refusal = assertThrows(Refusal.class, () -> post(route));
    assertEquals(503, refusal.status());
    assertTrue(refusal.retryAfterSeconds() > 0, "a later try may do well");
    assertEquals(0, live.lastEvents("ann", 9).size());
    assertEquals(0, route.accepted());
    assertEquals(1, route.refused());
    assertEquals(0, route.withoutLive());
  }

  @Test
  void withoutALogAFailureOfTheLiveStateIsTheClientsToKnow() {
    EventsRoute route = route(null, failingAfter(0));
    assertThrows(IllegalStateException.class, () -> post(route));
    assertEquals(0, route.accepted());
    assertEquals(0, route.withoutLive());
  }

  private EventsRoute route(EventLog log, LiveState state) {
    return new EventsRoute(
        log, state, () -> Set.of("click"), new AccessLog(new PrintWriter(said, true), 0, false));
  }

  private String post(EventsRoute route) {
    byte[] body = BATCH.getBytes(StandardCharsets.UTF_8);
    Request request =
        new Request("r1", "POST", "/v1/events", Query.parse(""), "", body, System.nanoTime());
    return new String(route.answer(request, new Desk(recommender)).body(), StandardCharsets.UTF_8);
  }

  /** The live state of this test, which takes so many events and no more. */
  private LiveState failingAfter(int most) {
    AtomicInteger taken = new AtomicInteger();
    return (LiveState)
        Proxy.newProxyInstance(
            LiveState.class.getClassLoader(),
            new Class<?>[] {LiveState.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("append") && taken.incrementAndGet() > most) {
                throw new IllegalStateException("no room for event " + taken.get());
              }
              try {
                return method.invoke(live, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
