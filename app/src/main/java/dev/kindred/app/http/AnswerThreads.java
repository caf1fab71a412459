package dev.kindred.app.http;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A fixed number of threads that answer, each with a desk of its own, behind a bounded queue.
 * {@link #admit} says whether there is room; who was admitted hands over one task.
 */
final class AnswerThreads<D> implements AutoCloseable {
  /** Owns its desk, so that no map from threads to desks is needed. */
  private static final class Answerer<D> extends Thread {
    final Supplier<D> maker;
    D desk;

    Answerer(Runnable body, String name, Supplier<D> maker) {
      super(body, name);
      this.maker = maker;
    }
  }

  private final int most;
  private final AtomicInteger admitted = new AtomicInteger();
  private final AtomicInteger numbers = new AtomicInteger();
  private final ThreadPoolExecutor pool;

  AnswerThreads(int threads, int queue, Supplier<D> desks) {
    most = threads + queue;
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), // bounded by admit()
            body -> new Answerer<>(body, "kindred-answer-" + numbers.incrementAndGet(), desks));
    pool.prestartAllCoreThreads();
  }

  /** Takes a place, or says that there is none. */
  boolean admit() {
    if (admitted.incrementAndGet() > most) {
      admitted.decrementAndGet();
      return false;
    }
    return true;
  }

  /** Where admitted work is handed to. */
  Executor executor() {
    return pool;
  }

  /** Runs on a thread of {@link #executor()}, with its desk; gives the place back at the end. */
  void work(Consumer<D> task) {
    try {
      @SuppressWarnings("unchecked") // the pool has no other threads
      Answerer<D> thread = (Answerer<D>) Thread.currentThread();
      if (thread.desk == null) {
        thread.desk = thread.maker.get();
      }
      task.accept(thread.desk);
    } finally {
      admitted.decrementAndGet();
    }
  }

  /** Requests that wait or are being answered. */
  int admitted() {
    return admitted.get();
  }

  @Override
  public void close() {
    pool.shutdown();
    boolean interrupted = false;
    try {
      if (!pool.awaitTermination(5, TimeUnit.SECONDS)) {
        pool.shutdownNow();
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
