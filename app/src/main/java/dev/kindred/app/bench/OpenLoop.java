package dev.kindred.app.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/**
 * Load that comes whether or not the answers do: requests are due at fixed times, and one that must
 * wait for a slow one before it counts its waiting (coordinated omission, after Gil Tene).
 *
 * <p>Service time is from when a request begins, response time from when it was due.
 */
final class OpenLoop {
  /** Threads sleep until this long before a request is due, then spin. */
  private static final long SPIN_NANOS = 100_000;

  private OpenLoop() {}

  /** One thread's requests, by number; allocates nothing if {@code bytesPerOp} is to be 0. */
  @FunctionalInterface
  interface Requests {
    void run(long number);
  }

  /**
   * What was measured.
   *
   * @param service from begin to end
   * @param response from when it was due to its end
   * @param requests how many
   * @param errors how many threw
   * @param firstError of those, or null
   * @param seconds that it took
   * @param bytes that the requesting threads allocated meanwhile
   */
  record Outcome(
      Histogram service,
      Histogram response,
      long requests,
      long errors,
      String firstError,
      double seconds,
      long bytes) {}

  /**
   * Runs requests at a rate.
   *
   * @param threads share the rate evenly, each with requests of its own
   * @param maker makes the requests of a thread, on that thread
   * @param warmUpSeconds of requests as fast as they go, before
   */
  static Outcome run(
      int threads, IntFunction<Requests> maker, double rate, double seconds, double warmUpSeconds) {
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Outcome>> parts = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int thread = t;
        Callable<Outcome> load =
            () -> load(maker.apply(thread), rate / threads, thread / rate, seconds, warmUpSeconds);
        parts.add(pool.submit(load));
      }
      Outcome sum = null;
      for (Future<Outcome> part : parts) {
        sum = sum == null ? part.get() : add(sum, part.get());
      }
      return sum;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private static Outcome load(
      Requests requests, double rate, double lag, double seconds, double warmUpSeconds) {
    long number = 0;
    long warm = System.nanoTime() + (long) (warmUpSeconds * 1e9);
    while (System.nanoTime() - warm < 0) {
      requests.run(number++);
    }
    Histogram service = Latencies.histogram();
    Histogram response = Latencies.histogram();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double gapNanos = 1e9 / rate;
    long total = Math.max(1, (long) (seconds * rate));
    long errors = 0;
    String firstError = null;
    long before = threads.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime() + (long) (lag * 1e9);
    for (long i = 0; i < total; i++) {
      long due = start + (long) (i * gapNanos);
      long begin = System.nanoTime();
      while (begin - due < 0) {
        if (due - begin > SPIN_NANOS) {
          LockSupport.parkNanos(due - begin - SPIN_NANOS);
        } else {
          Thread.onSpinWait();
        }
        begin = System.nanoTime();
      }
      try {
        requests.run(number++);
      } catch (RuntimeException e) {
        firstError = firstError == null ? e.toString() : firstError;
        errors++;
      }
      long end = System.nanoTime();
      Latencies.record(service, end - begin);
      Latencies.record(response, end - due);
    }
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    double took = (System.nanoTime() - start) / 1e9;
    return new Outcome(service, response, total, errors, firstError, took, bytes);
  }

  private static Outcome add(Outcome a, Outcome b) {
    a.service().add(b.service());
    a.response().add(b.response());
    return new Outcome(
        a.service(),
        a.response(),
        a.requests() + b.requests(),
        a.errors() + b.errors(),
        a.firstError() == null ? b.firstError() : a.firstError(),
        Math.max(a.seconds(), b.seconds()),
        a.bytes() + b.bytes());
  }
}
