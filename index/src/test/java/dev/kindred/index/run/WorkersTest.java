package dev.kindred.index.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void everyElementIsVisitedOnceInPiecesOfTheGrain(int threads) {
    try (Workers workers = Workers.of(threads)) {
      for (int n : new int[] {0, 1, 6, 7, 8, 700}) {
        AtomicInteger[] visits = new AtomicInteger[n];
        Arrays.setAll(visits, i -> new AtomicInteger());
        workers.forEachRange(
            n,
            7,
            (from, to, worker) -> {
              assertEquals(0, from % 7);
              assertEquals(Math.min(from + 7, n), to);
              assertTrue(worker >= 0 && worker < threads, "worker " + worker);
              for (long i = from; i < to; i++) {
                visits[(int) i].incrementAndGet();
              }
            });
        for (int i = 0; i < n; i++) {
          assertEquals(1, visits[i].get(), "visits of " + i + " of " + n);
        }
      }
    }
  }

  @Test
  void theCallerIsOneOfTheThreadsAndEveryWorkerHasItsOwnNumber() {
    try (Workers workers = Workers.of(3)) {
      CountDownLatch allThere = new CountDownLatch(3);
      ConcurrentHashMap<Integer, Thread> threads = new ConcurrentHashMap<>();
      workers.forEachRange(
          3,
          1,
          (from, to, worker) -> {
            threads.put(worker, Thread.currentThread());
            allThere.countDown();
            await(allThere);
          });
      assertEquals(3, threads.size());
      assertSame(Thread.currentThread(), threads.get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void aFailureReachesTheCallerAndThePoolGoesOn(int threads) {
    try (Workers workers = Workers.of(threads)) {
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  workers.forEachRange(
                      1000,
                      1,
                      (from, to, worker) -> {
                        if (from == 17) {
                          throw new IllegalStateException("piece 17");
                        }
                      }));
      assertEquals("piece 17", thrown.getMessage());
      int[] sum = new int[threads];
      workers.forEachRange(100, 1, (from, to, worker) -> sum[worker]++);
      assertEquals(100, Arrays.stream(sum).sum());
    }
  }

  @Test
  void otherFailuresOfTheSameJobAreSuppressed() {
    try (Workers workers = Workers.of(2)) {
      CountDownLatch both = new CountDownLatch(2);
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  workers.forEachRange(
                      2,
                      1,
                      (from, to, worker) -> {
                        both.countDown();
                        await(both);
                        throw new IllegalStateException("piece " + from);
                      }));
      assertEquals(1, thrown.getSuppressed().length);
    }
  }

  @Test
  void aJobInsideAJobRunsOnItsThreadUnderItsNumber() {
    try (Workers workers = Workers.of(2)) {
      int[][] sums = new int[2][100];
      workers.forEachRange(
          2,
          1,
          (outer, end, worker) -> {
            Thread thread = Thread.currentThread();
            workers.forEachRange(
                100,
                9,
                (from, to, inner) -> {
                  assertEquals(worker, inner);
                  assertSame(thread, Thread.currentThread());
                  for (long i = from; i < to; i++) {
                    sums[(int) outer][(int) i]++;
                  }
                });
          });
      int[] ones = new int[100];
      Arrays.fill(ones, 1);
      assertArrayEquals(ones, sums[0]);
      assertArrayEquals(ones, sums[1]);
    }
  }

  @Test
  void callsFromSeveralThreadsTakeTurns() throws InterruptedException {
    try (Workers workers = Workers.of(2)) {
      AtomicInteger inside = new AtomicInteger();
      AtomicInteger total = new AtomicInteger();
      AtomicInteger overlaps = new AtomicInteger();
      Thread[] callers = new Thread[4];
      for (int c = 0; c < callers.length; c++) {
        callers[c] =
            new Thread(
                () -> {
                  for (int round = 0; round < 50; round++) {
                    workers.forEachRange(
                        10,
                        1,
                        (from, to, worker) -> {
                          if (inside.incrementAndGet() > 2) {
                            overlaps.incrementAndGet();
                          }
                          total.incrementAndGet();
                          inside.decrementAndGet();
                        });
                  }
                });
        callers[c].start();
      }
      for (Thread caller : callers) {
        caller.join();
      }
      assertEquals(4 * 50 * 10, total.get());
      assertEquals(0, overlaps.get());
    }
  }

  @Test
  void hugeRangesDoNotOverflow() {
    try (Workers workers = Workers.of(2)) {
      long[] covered = new long[2];
      workers.forEachRange(
          Long.MAX_VALUE, Long.MAX_VALUE / 3, (from, to, worker) -> covered[worker] += to - from);
      assertEquals(Long.MAX_VALUE, covered[0] + covered[1]);
    }
  }

  @Test
  void badArgumentsAndAClosedPoolAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Workers.of(0));
    Workers workers = Workers.of(2);
    assertThrows(IllegalArgumentException.class, () -> workers.forEachRange(1, 0, (f, t, w) -> {}));
    assertThrows(
        IllegalArgumentException.class, () -> workers.forEachRange(-1, 1, (f, t, w) -> {}));
    workers.close();
    workers.close();
    assertThrows(IllegalStateException.class, () -> workers.forEachRange(1, 1, (f, t, w) -> {}));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
