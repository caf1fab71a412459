package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RecallMonitorTest {
  private static final int DIM = 24;
  private static final int N = 3000;
  private static final int K = 10;

  private final float[] rows = TestVectors.clustered(N + 200, DIM, 20, 2);
  private final Embeddings embeddings = TestVectors.embeddings(Arrays.copyOf(rows, N * DIM), DIM);
  private final ExactSearch exact = ExactSearch.of(embeddings, Metric.L2);

  @Test
  void tellsTheRecallThatAComparisonByHandFinds() {
    try (Workers workers = Workers.of(1);
        Arena arena = Arena.ofShared();
        // A slot becomes free only after its query was counted.
        RecallMonitor monitor = new RecallMonitor(exact, 1, K, 2)) {
      HnswSearcher searcher =
          Hnsw.build(
                  embeddings, Metric.L2, new HnswOptions(4, 16, 1), arena, workers, Progress.none())
              .searcher();
      assertTrue(Double.isNaN(monitor.observed().recall()));
      Neighbors found = new Neighbors(K);
      int hits = 0;
      for (int q = 0; q < 200; q++) {
        searcher.search(rows, (N + q) * DIM, K, 12, OrdinalFilter.ALL, found);
        Neighbors expected = new Neighbors(K);
        exact.searcher().search(rows, (N + q) * DIM, K, OrdinalFilter.ALL, expected);
        for (int a = 0; a < K; a++) {
          for (int b = 0; b < K; b++) {
            hits += found.ordinal(a) == expected.ordinal(b) ? 1 : 0;
          }
        }
        monitor.offer(rows, (N + q) * DIM, K, found);
        await(monitor, q + 1);
      }
      assertTrue(hits < 2000);
      assertEquals(hits / 2000.0, monitor.observed().recall(), 1e-12);
      assertEquals(0, monitor.observed().dropped());
    }
  }

  @Test
  void neverWaitsAndCountsWhatItDropped() throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    OrdinalFilter slow =
        ordinal -> {
          inside.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return ordinal < 7;
        };
    Neighbors found = new Neighbors(K);
    try (RecallMonitor monitor = new RecallMonitor(exact, 1, K, 2)) {
      exact.searcher().search(rows, 0, K, ordinal -> ordinal < 7, found);
      monitor.offer(rows, 0, K, slow, found);
      inside.await();
      for (int i = 0; i < 5; i++) {
        monitor.offer(rows, 0, K, slow, found);
      }
      assertEquals(4, monitor.observed().dropped());
      goOn.countDown();
      await(monitor, 2);
      assertEquals(1, monitor.observed().recall());
      // One that the exact search refuses is dropped too, and the thread goes on.
      float[] bad = new float[DIM];
      bad[3] = Float.NaN;
      monitor.offer(bad, 0, K, found);
      while (monitor.observed().dropped() < 5) {
        Thread.onSpinWait();
      }
      monitor.offer(rows, 0, 7, ordinal -> ordinal < 7, found);
      await(monitor, 3);
      assertEquals(1, monitor.observed().recall());
    }
  }

  @Test
  void comparesTheShareThatItWasTold() {
    Neighbors found = exact.searcher().search(TestVectors.row(rows, DIM, 5), K);
    try (RecallMonitor monitor = new RecallMonitor(exact, 0.1, K, 500)) {
      for (int i = 0; i < 1000; i++) {
        monitor.offer(rows, 5 * DIM, K, found);
      }
      while (monitor.observed().queries() < 95) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void offersAllocateNothing() {
    Neighbors found = exact.searcher().search(TestVectors.row(rows, DIM, 5), K);
    try (RecallMonitor monitor = new RecallMonitor(exact, 1, K, 4)) {
      assertEquals(
          0,
          Allocation.bytesOf(
              () -> {
                for (int i = 0; i < 100; i++) {
                  monitor.offer(rows, 5 * DIM, K, found);
                }
              }));
    }
  }

  @Test
  void closingEndsTheThread() {
    RecallMonitor monitor = new RecallMonitor(exact, 1, K, 4);
    monitor.close();
    monitor.close();
    monitor.offer(rows, 0, K, exact.searcher().search(TestVectors.row(rows, DIM, 5), K));
    assertEquals(0, monitor.observed().queries());
    assertFalse(
        Thread.getAllStackTraces().keySet().stream()
            .anyMatch(thread -> thread.getName().equals("kindred-recall")));
  }

  @Test
  void badArgumentsAreRefused() {
    for (double share : new double[] {0, -1, 1.1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> new RecallMonitor(exact, share, K, 1));
    }
    assertThrows(IllegalArgumentException.class, () -> new RecallMonitor(exact, 1, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new RecallMonitor(exact, 1, 1, 0));
  }

  private static void await(RecallMonitor monitor, int queries) {
    while (monitor.observed().queries() < queries) {
      Thread.onSpinWait();
    }
  }
}
