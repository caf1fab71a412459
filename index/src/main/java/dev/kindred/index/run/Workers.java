package dev.kindred.index.run;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A fixed set of platform threads that share out ranges of work; the calling thread is one of them.
 *
 * <p>A range is cut into pieces of a fixed grain, so where it is cut doesn't depend on the number
 * of threads: a body that writes only what belongs to its piece gives the same result for any
 * number. Pieces are claimed as threads come free.
 *
 * <p>May be shared: calls from several threads run one after the other. A call from inside a body
 * runs its pieces on the calling thread, in order. The owner closes it; threads are daemons.
 */
public final class Workers implements AutoCloseable {
  private static final int MAX_THREADS = 1024;

  private final ReentrantLock callers = new ReentrantLock();
  private final ReentrantLock state = new ReentrantLock();
  private final Condition jobPosted = state.newCondition();
  private final Condition jobDone = state.newCondition();
  private final List<Helper> helpers = new ArrayList<>();
  private final int threads;

  // Guarded by state.
  private Job job;
  private long jobNumber;
  private int busy;
  private boolean closed;

  private Workers(int threads) {
    this.threads = threads;
  }

  /**
   * Starts {@code threads - 1} threads; the caller of each job is the remaining one.
   *
   * @param threads in [1, 1024]
   */
  public static Workers of(int threads) {
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "threads must be in [1, " + MAX_THREADS + "], got " + threads);
    }
    Workers workers = new Workers(threads);
    for (int i = 1; i < threads; i++) {
      Helper helper = workers.new Helper(i);
      workers.helpers.add(helper);
      helper.start();
    }
    return workers;
  }

  /** How many threads take part in a job, the caller included. */
  public int threads() {
    return threads;
  }

  /**
   * Runs the body over [0, n) in pieces of {@code grain} (the last one may be shorter) and returns
   * when all are done. After a piece fails no further ones start; the first failure is rethrown,
   * the others are attached to it as suppressed.
   *
   * @param n at least 0
   * @param grain at least 1
   */
  public void forEachRange(long n, long grain, RangeBody body) {
    if (n < 0) {
      throw new IllegalArgumentException("n must be at least 0, got " + n);
    }
    if (grain < 1) {
      throw new IllegalArgumentException("grain must be at least 1, got " + grain);
    }
    int inside = workerOfThisThread();
    if (inside >= 0) {
      Job nested = new Job(n, grain, body);
      nested.runPieces(inside);
      nested.rethrow();
      return;
    }
    callers.lock();
    try {
      Job posted = new Job(n, grain, body);
      // One piece needs no other thread: waking one costs tens of microseconds.
      boolean alone = threads == 1 || n <= grain;
      post(posted, alone);
      posted.runPieces(0);
      if (!alone) {
        awaitHelpers();
      }
      posted.rethrow();
    } finally {
      callers.unlock();
    }
  }

  /** Stops the threads once the running job, if any, is over. */
  @Override
  public void close() {
    if (workerOfThisThread() >= 0) {
      throw new IllegalStateException("Workers can't be closed from inside a job");
    }
    callers.lock();
    try {
      state.lock();
      try {
        closed = true;
        jobPosted.signalAll();
      } finally {
        state.unlock();
      }
      for (Helper helper : helpers) {
        Threads.join(helper);
      }
    } finally {
      callers.unlock();
    }
  }

  private void post(Job posted, boolean alone) {
    state.lock();
    try {
      if (closed) {
        throw new IllegalStateException("Workers are closed");
      }
      if (!alone) {
        job = posted;
        jobNumber++;
        busy = helpers.size();
        jobPosted.signalAll();
      }
    } finally {
      state.unlock();
    }
  }

  private void awaitHelpers() {
    state.lock();
    try {
      while (busy > 0) {
        jobDone.awaitUninterruptibly();
      }
    } finally {
      state.unlock();
    }
  }

  /** The number of this thread within the running job of this object, or -1. */
  private int workerOfThisThread() {
    Thread current = Thread.currentThread();
    if (current instanceof Helper helper && helper.owner() == this) {
      return helper.worker;
    }
    return callers.isHeldByCurrentThread() ? 0 : -1;
  }

  private static final class Job {
    private final long n;
    private final long grain;
    private final RangeBody body;
    private final AtomicLong nextPiece = new AtomicLong();
    private volatile Throwable failure;

    Job(long n, long grain, RangeBody body) {
      this.n = n;
      this.grain = grain;
      this.body = body;
    }

    void runPieces(int worker) {
      long pieces = n == 0 ? 0 : (n - 1) / grain + 1;
      while (failure == null) {
        long piece = nextPiece.getAndIncrement();
        if (piece >= pieces) {
          return;
        }
        long from = piece * grain;
        try {
          body.run(from, from + Math.min(grain, n - from), worker);
        } catch (Throwable e) {
          recordFailure(e);
          return;
        }
      }
    }

    private synchronized void recordFailure(Throwable e) {
      if (failure == null) {
        failure = e;
      } else if (failure != e) {
        failure.addSuppressed(e);
      }
    }

    void rethrow() {
      Throwable e = failure;
      if (e instanceof RuntimeException runtime) {
        throw runtime;
      }
      if (e instanceof Error error) {
        throw error;
      }
      if (e != null) {
        throw new IllegalStateException("a body threw a checked exception", e);
      }
    }
  }

  private final class Helper extends Thread {
    private final int worker;

    Helper(int worker) {
      super("kindred-worker-" + worker);
      this.worker = worker;
      setDaemon(true);
    }

    Workers owner() {
      return Workers.this;
    }

    @Override
    public void run() {
      long seen = 0;
      while (true) {
        Job next;
        state.lock();
        try {
          while (jobNumber == seen && !closed) {
            jobPosted.awaitUninterruptibly();
          }
          if (closed) {
            return;
          }
          seen = jobNumber;
          next = job;
        } finally {
          state.unlock();
        }
        next.runPieces(worker);
        next = null;
        state.lock();
        try {
          if (--busy == 0) {
            job = null;
            jobDone.signal();
          }
        } finally {
          state.unlock();
        }
      }
    }
  }
}
