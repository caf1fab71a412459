package dev.kindred.app.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.http.Refusal;
import dev.kindred.app.http.Reply;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedQuery;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots to compare with cost the server little, however many clients ask for them. */
final class OtherSnapshotsTest {
  @TempDir Path directory;
  private final List<String> names = new ArrayList<>();
  private final List<Recommender> opened = new ArrayList<>();
  private final Set<String> damaged = new HashSet<>();
  private final AtomicLong nanos = new AtomicLong();
  private final ExecutorService clients = Executors.newFixedThreadPool(2);
  private Runnable whileOpening = () -> {};
  private OtherSnapshots others;

  @BeforeEach
  void publish() throws IOException {
    for (int i = 0; i < 4; i++) {
      try (SnapshotWriter out = SnapshotWriter.under(directory)) {
        new TinyWorld().fill(out, true);
        names.add(out.publish().getFileName().toString());
      }
    }
    others = new OtherSnapshots(directory, this::open, nanos::get);
  }

  private Recommender open(Path snapshot) throws IOException {
    whileOpening.run();
    if (damaged.contains(snapshot.getFileName().toString())) {
      throw new IOException("damaged");
    }
    opened.add(Recommender.open(snapshot));
    return opened.getLast();
  }

  @AfterEach
  void stop() {
    clients.shutdownNow();
    others.close();
  }

  @Test
  void ofTwoClientsAtOnceOneOpensAndTheOtherIsRefusedAtOnce() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ask(0);
    rest();
    whileOpening =
        () -> {
          begun.countDown();
          await(go);
        };
    Future<Integer> first = clients.submit(() -> ask(1));
    await(begun);
    assertRefused(503, 1, 1);
    assertRefused(503, 1, 2);
    assertEquals(5, ask(0), "the one that is open answers meanwhile");
    go.countDown();
    assertEquals(5, first.get());
    assertEquals(5, ask(1));
    assertEquals(5, ask(0));
    assertEquals(2, opened.size(), "each was opened once");
  }

  @Test
  void clientsReadOneSnapshotSideBySide() throws Exception {
    ask(0);
    CountDownLatch both = new CountDownLatch(2);
    List<Future<Integer>> answers = new ArrayList<>();
    for (int client = 0; client < 2; client++) {
      answers.add(clients.submit(() -> ask(0, both)));
    }
    for (Future<Integer> answer : answers) {
      assertEquals(5, answer.get());
    }
    assertEquals(1, opened.size());
  }

  @Test
  void openingsTakeASmallPartOfTheTime() {
    whileOpening = () -> nanos.addAndGet(TimeUnit.SECONDS.toNanos(3));
    ask(0);
    assertRefused(429, 12, 1);
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(11_500));
    assertRefused(429, 1, 1);
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(500));
    assertEquals(5, ask(1));
    // One that can't be opened costs as much.
    damaged.add(names.get(2));
    rest();
    assertEquals("bad-snapshot", refusal(2).code());
    assertRefused(429, 12, 3);
    assertEquals("unknown-snapshot", refusal("snapshot-that-is-not-there").code());
  }

  @Test
  void theOneThatWasAskedForLastStaysOpenAndTheOtherIsClosed() {
    ask(0);
    rest();
    ask(1);
    ask(0);
    rest();
    ask(2);
    assertEquals(3, opened.size());
    assertThrows(IllegalStateException.class, () -> opened.get(1).related("100", 5));
    assertEquals(5, ask(0));
    assertEquals(3, opened.size());
  }

  @Test
  void noMoreAreOpenThanMayBeThoughAllAreRead() throws Exception {
    ask(0);
    rest();
    ask(1);
    rest();
    CountDownLatch reading = new CountDownLatch(2);
    CountDownLatch end = new CountDownLatch(1);
    List<Future<Reply>> readers = new ArrayList<>();
    for (int i = 0; i < OtherSnapshots.MOST_OPEN; i++) {
      String name = names.get(i);
      readers.add(
          clients.submit(
              () ->
                  others.with(
                      name,
                      searcher -> {
                        reading.countDown();
                        await(end);
                        return reply(searcher.answer(RelatedQuery.item("100").top(5)).items());
                      })));
    }
    await(reading);
    assertRefused(503, 1, 2);
    others.close();
    assertEquals("draining", refusal(2).code());
    end.countDown();
    for (Future<Reply> reader : readers) {
      assertEquals(5, reader.get().body().length, "whoever reads goes on after the end");
    }
    for (Recommender one : opened) {
      assertThrows(IllegalStateException.class, () -> one.related("100", 5), "closed at last");
    }
  }

  /** Long enough for the next to be opened. */
  private void rest() {
    nanos.addAndGet(TimeUnit.HOURS.toNanos(1));
  }

  private int ask(int snapshot) {
    return ask(snapshot, new CountDownLatch(0));
  }

  /** Asks one for five items, once as many as are waited for ask too; how many came. */
  private int ask(int snapshot, CountDownLatch together) {
    return others
        .with(
            names.get(snapshot),
            searcher -> {
              together.countDown();
              await(together);
              return reply(searcher.answer(RelatedQuery.item("100").top(5)).items());
            })
        .body()
        .length;
  }

  /** A byte for each item. */
  private static Reply reply(List<?> items) {
    return new Reply(200, Reply.JSON, new byte[items.size()], 0);
  }

  private void assertRefused(int status, int seconds, int snapshot) {
    Refusal refusal = refusal(snapshot);
    assertEquals(status, refusal.status(), refusal.getMessage());
    assertEquals("snapshot-busy", refusal.code());
    assertEquals(seconds, refusal.retryAfterSeconds(), refusal.getMessage());
  }

  private Refusal refusal(int snapshot) {
    return refusal(names.get(snapshot));
  }

  private Refusal refusal(String name) {
    return assertThrows(Refusal.class, () -> others.with(name, searcher -> reply(List.of())));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, TimeUnit.SECONDS), "nobody came");
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
