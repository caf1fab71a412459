package dev.kindred.app.serving;

import static dev.kindred.app.serving.SwappedSnapshots.name;
import static dev.kindred.app.serving.SwappedSnapshots.refresh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindred.app.bench.GeneratedOptions;
import dev.kindred.app.load.HttpLoad;
import dev.kindred.app.load.LoadOptions;
import dev.kindred.app.load.LoadResult;
import dev.kindred.app.load.RelatedRequests;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.rerank.AttributeFilter;
import dev.kindred.engine.rerank.Rule;
import dev.kindred.engine.rerank.Selection;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One snapshot follows the other while a real server answers. */
final class SwapOverHttpTest {
  @TempDir Path directory;
  private SwappedSnapshots snapshots;
  private Path first;
  private Path second;
  private Serving serving;
  private int port;

  @BeforeEach
  void start() throws IOException {
    snapshots = new SwappedSnapshots(directory);
    second = snapshots.publish(new TinyWorld(Merge.CALIBRATED, 3));
    first = snapshots.publish(new TinyWorld());
    serving = serve(List.of());
    port = serving.port();
  }

  private Serving serve(List<Rule> rules) throws IOException {
    return Serving.start(
        snapshots.served().withRules(rules).withRefreshMillis(0), TinyServer.silent());
  }

  @AfterEach
  void stop() {
    serving.close();
  }

  @Test
  void afterARefreshTheOtherSnapshotAnswers() throws IOException {
    String before = RawHttp.get(port, "/v1/related?item=100").body();
    assertEquals("{\"swapped\":false,\"snapshot\":\"" + name(first) + "\"}", refresh(port).body());
    point(second);
    assertEquals("{\"swapped\":true,\"snapshot\":\"" + name(second) + "\"}", refresh(port).body());
    String after = RawHttp.get(port, "/v1/related?item=100").body();
    assertNotEquals(before, after);
    try (Recommender other = Recommender.open(second)) {
      assertEquals(
          other.related("100", 1).getFirst().id(),
          new JsonMapper().readTree(after).at("/items/0/id").asText());
    }
    assertTrue(
        RawHttp.get(port, "/metrics")
            .body()
            .contains("kindred_snapshot_info{name=\"" + name(second) + "\"} 1\n"));
    point(first);
    refresh(port);
    assertEquals(before, RawHttp.get(port, "/v1/related?item=100").body());
  }

  @Test
  void anotherSnapshotAnswersManyAtOnceWithoutBeingServed() throws Exception {
    String target = "/v1/related?item=100&explain=true&snapshot=" + name(second);
    String expected = RawHttp.get(port, target).body();
    assertNotEquals(RawHttp.get(port, "/v1/related?item=100&explain=true").body(), expected);
    try (ExecutorService clients = Executors.newFixedThreadPool(4)) {
      List<Future<RawHttp.Answer>> answers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        answers.add(clients.submit(() -> RawHttp.get(port, target)));
      }
      for (Future<RawHttp.Answer> answer : answers) {
        assertEquals(expected, answer.get().body());
      }
    }
  }

  @Test
  void aDamagedSnapshotIsRefusedAndTheOldOneServesOn() throws IOException {
    String before = RawHttp.get(port, "/v1/related?item=100").body();
    Files.writeString(second.resolve("related.ktop"), "short");
    point(second);
    RawHttp.Answer refused = refresh(port);
    assertEquals(409, refused.status(), refused.body());
    assertTrue(refused.body().contains("related.ktop"), refused.body());
    assertEquals(before, RawHttp.get(port, "/v1/related?item=100").body());
  }

  @Test
  void aSnapshotWithoutAFieldOfTheRulesIsRefusedAndTheOldOneServesOn() throws IOException {
    serving.close();
    Selection films = Selection.where(AttributeFilter.parse("type = 'film'"));
    serving = serve(List.of(Rule.bury(films)));
    port = serving.port();
    String before = RawHttp.get(port, "/v1/related?item=100").body();
    point(snapshots.publish(new GeneratedOptions(50, 2, 8, 10, 5, false, List.of(), 1)));
    RawHttp.Answer refused = refresh(port);
    assertEquals(409, refused.status(), refused.body());
    assertTrue(refused.body().contains("type"), refused.body());
    assertEquals(before, RawHttp.get(port, "/v1/related?item=100").body());
  }

  @Test
  void noRequestFailsWhileSnapshotsAreSwapped() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger swaps = new AtomicInteger();
    Thread swapper =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    while (!done.get()) {
                      point(swaps.incrementAndGet() % 2 == 0 ? first : second);
                      assertEquals(200, refresh(port).status());
                    }
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                });
    InetSocketAddress address = new InetSocketAddress("127.0.0.1", port);
    List<LoadResult> results = new ArrayList<>();
    try (Recommender names = Recommender.open(first)) {
      byte[][] requests = RelatedRequests.drawn(names, address, "", 256, 1);
      while (swaps.get() < 12 && swapper.isAlive()) {
        try (HttpLoad load = new HttpLoad(address, requests, new LoadOptions(200, 0.5, 0, 4))) {
          results.add(load.run());
        }
      }
    } finally {
      done.set(true);
      swapper.join();
    }
    assertTrue(swaps.get() >= 12, "the swaps ended after " + swaps);
    for (LoadResult result : results) {
      assertEquals(0, result.errors(), result.statuses().toString());
      assertTrue(result.requests() > 0);
    }
  }

  private void point(Path snapshot) throws IOException {
    Path part = directory.resolve(".next");
    Files.writeString(part, name(snapshot) + "\n");
    Files.move(part, directory.resolve("CURRENT"), StandardCopyOption.ATOMIC_MOVE);
  }
}
