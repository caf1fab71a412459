package dev.kindred.app.bench;

import dev.kindred.index.run.Threads;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * What the machine does to a thread that has nothing to do: sleeps a millisecond at a time and
 * records by how much each sleep was longer than the shortest seen. Whatever shows here is no doing
 * of what is measured beside it. Close it, then read.
 */
final class HiccupMeter implements AutoCloseable {
  private static final long SLEEP_NANOS = 1_000_000;

  private final Histogram late = Latencies.histogram();
  private final Thread thread;
  private volatile boolean stop;

  HiccupMeter() {
    thread = Thread.ofPlatform().daemon().name("hiccups").start(this::run);
  }

  private void run() {
    long shortest = Long.MAX_VALUE;
    while (!stop) {
      long start = System.nanoTime();
      LockSupport.parkNanos(SLEEP_NANOS);
      long slept = System.nanoTime() - start;
      shortest = Math.min(shortest, slept);
      // A sleep that should have begun during a longer one is counted too.
      late.recordValueWithExpectedInterval(
          Math.min(slept - shortest, Latencies.LONGEST_NANOS), SLEEP_NANOS);
    }
  }

  @Override
  public void close() {
    stop = true;
    Threads.join(thread);
  }

  Histogram histogram() {
    return late;
  }
}
