package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LiveRecallMonitorTest {
  private static final int DIM = 24;
  private static final int N = 3000;
  private static final int K = 10;

  /** A poor graph that is asked for little, so that searches miss something. */
  private static final LiveOptions OPTIONS =
      LiveOptions.defaults()
          .withDeltaRows(256)
          .withGraph(new HnswOptions(2, 8, 1))
          .withTargetRecall(.5)
          .withBackground(false);

  @TempDir Path directory;

  private final float[] rows = TestVectors.normal(N + 400, DIM, 2);
  private final Map<String, float[]> model = new HashMap<>();

  @Test
  void tellsTheRecallThatAComparisonByHandFindsWhateverChanges() throws IOException {
    try (LiveIndex index = loaded();
        LiveRecallMonitor monitor = LiveRecallMonitor.of(index, 1)) {
      assertTrue(Double.isNaN(monitor.observed().recall()));
      IdFilter odd = (text, offset, bytes) -> text[offset + bytes - 1] % 2 == 1;
      LiveNeighbors found = new LiveNeighbors(K);
      int hits = 0;
      for (int q = 0; q < 200; q++) {
        float[] query = row(N + q);
        boolean filtered = q % 2 == 0;
        index.search(query, 0, K, filtered ? odd : IdFilter.ALL, found);
        Set<String> truth =
            nearest(
                query,
                id -> !filtered || id.getBytes(StandardCharsets.UTF_8)[id.length() - 1] % 2 == 1);
        for (int rank = 0; rank < found.size(); rank++) {
          hits += truth.contains(found.id(rank)) ? 1 : 0;
        }
        // Changes right after the search: the state that it saw is the one to compare with.
        // Removed rows are passed by as by a filter, in so small an index by a scan: not always.
        if (q % 70 > 50) {
          String gone = found.id(0);
          index.remove(gone);
          model.remove(gone);
        }
        put(index, "new " + q, row(N + 200 + q));
        if (q % 70 == 69) {
          index.compact();
        }
        await(monitor, q + 1);
      }
      assertTrue(hits < 200 * K);
      assertEquals(hits / (200.0 * K), monitor.observed().recall(), 1e-12);
      assertEquals(0, monitor.observed().dropped());
    }
  }

  @Test
  void watchesUntilItIsClosed() throws IOException {
    try (LiveIndex index = loaded()) {
      LiveNeighbors found = new LiveNeighbors(K);
      LiveRecallMonitor first = LiveRecallMonitor.of(index, 1);
      assertThrows(IllegalStateException.class, () -> LiveRecallMonitor.of(index, .5));
      index.searcher().search(row(N), K, found);
      await(first, 1);
      first.close();
      first.close();
      index.search(row(N), K, found);
      assertEquals(1, first.observed().queries());
      try (LiveRecallMonitor second = LiveRecallMonitor.of(index, 1)) {
        index.search(row(N), K, found);
        await(second, 1);
        assertEquals(1, first.observed().queries());
      }
      for (double share : new double[] {0, -1, 1.1, Double.NaN}) {
        assertThrows(IllegalArgumentException.class, () -> LiveRecallMonitor.of(index, share));
      }
    }
  }

  @Test
  void aFilterThatFailsOnlyThereCostsNothingButItsQuery() throws IOException {
    Thread test = Thread.currentThread();
    IdFilter failing =
        (text, offset, bytes) -> {
          if (Thread.currentThread() != test) {
            throw new AssertionError("not here");
          }
          return true;
        };
    try (LiveIndex index = loaded();
        LiveRecallMonitor monitor = LiveRecallMonitor.of(index, 1)) {
      LiveNeighbors found = new LiveNeighbors(K);
      index.searcher().search(row(N), 0, K, failing, found);
      while (monitor.observed().dropped() < 1) {
        Thread.onSpinWait();
      }
      index.searcher().search(row(N), K, found);
      await(monitor, 1);
    }
  }

  @Test
  void closingTheIndexEndsTheMonitor() throws IOException {
    LiveIndex index = loaded();
    LiveRecallMonitor monitor = LiveRecallMonitor.of(index, 1);
    LiveNeighbors found = new LiveNeighbors(K);
    index.search(row(N), K, found);
    await(monitor, 1);
    index.close();
    index.search(row(N), K, found);
    assertEquals(1, monitor.observed().queries());
    assertFalse(
        Thread.getAllStackTraces().keySet().stream()
            .anyMatch(thread -> thread.getName().equals("kindred-recall")));
    assertThrows(IllegalStateException.class, () -> LiveRecallMonitor.of(index, 1));
    monitor.close();
  }

  @Test
  void searchesAllocateNothingWhileTheyAreWatched() throws IOException, InterruptedException {
    CountDownLatch goOn = new CountDownLatch(1);
    Thread test = Thread.currentThread();
    // Keeps the monitor at its first query, so that nothing of its own is counted.
    IdFilter slow =
        (text, offset, bytes) -> {
          try {
            if (Thread.currentThread() != test) {
              goOn.await();
            }
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return true;
        };
    try (LiveIndex index = loaded();
        LiveRecallMonitor monitor = LiveRecallMonitor.of(index, 1)) {
      LiveSearcher searcher = index.searcher();
      LiveNeighbors found = new LiveNeighbors(K);
      float[] query = row(N);
      searcher.search(query, 0, K, slow, found);
      assertEquals(
          0,
          Allocation.bytesOf(
              () -> {
                for (int i = 0; i < 100; i++) {
                  searcher.search(query, K, found);
                }
              }));
      assertTrue(monitor.observed().dropped() > 0);
      goOn.countDown();
    }
  }

  private LiveIndex loaded() throws IOException {
    LiveIndex index = LiveIndex.create(directory.resolve("live"), DIM, Metric.L2, OPTIONS);
    for (int i = 0; i < N; i++) {
      model.put(Integer.toString(i), row(i));
    }
    float[] base = Arrays.copyOf(rows, N * DIM);
    index.load(TestVectors.embeddings(base, DIM), Integer::toString, Progress.none());
    return index;
  }

  private void put(LiveIndex index, String id, float[] vector) {
    index.put(id, vector, 0);
    model.put(id, vector);
  }

  private float[] row(int ordinal) {
    return TestVectors.row(rows, DIM, ordinal);
  }

  private Set<String> nearest(float[] query, Predicate<String> passes) {
    return model.keySet().stream()
        .filter(passes)
        .sorted(
            Comparator.comparingDouble(
                id -> -TestVectors.score(Metric.L2, query, model.get(id), DIM, 0)))
        .limit(K)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static void await(LiveRecallMonitor monitor, int queries) {
    while (monitor.observed().queries() < queries) {
      Thread.onSpinWait();
    }
  }
}
