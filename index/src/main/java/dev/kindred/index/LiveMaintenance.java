package dev.kindred.index;

import dev.kindred.index.run.Threads;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** The thread of a {@link LiveIndex} that merges full deltas as they come. */
final class LiveMaintenance {
  /** One merge, if there is anything to merge. */
  interface Merge {
    boolean run() throws IOException;
  }

  /** The lock of changes, under which everything here is guarded. */
  private final ReentrantLock changing;

  private final Condition sealed;
  private final BooleanSupplier due;
  private final Merge merge;
  private final Thread thread;

  private Exception failure;
  private boolean closed;

  /**
   * Nothing runs before {@link #start}.
   *
   * @param changing the lock of changes
   * @param due whether a full delta waits; asked under the lock
   * @param merge takes the lock itself
   */
  LiveMaintenance(ReentrantLock changing, BooleanSupplier due, Merge merge) {
    this.changing = changing;
    this.sealed = changing.newCondition();
    this.due = due;
    this.merge = merge;
    this.thread = new Thread(this::maintain, "kindred-merge");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Says that a delta is full; under the lock. */
  void deltaSealed() {
    sealed.signalAll();
  }

  /** What stopped the last merge, if it failed; under the lock. */
  Optional<Exception> failure() {
    return Optional.ofNullable(failure);
  }

  /** Says that a merge succeeded, whoever ran it; under the lock. */
  void merged() {
    failure = null;
  }

  /** Lets no further merge begin; under the lock. */
  void close() {
    closed = true;
    sealed.signalAll();
  }

  /** Waits for the thread to end, after {@link #close} and without the lock. */
  void join() {
    Threads.join(thread);
  }

  private void maintain() {
    while (true) {
      changing.lock();
      try {
        while (!closed && (!due.getAsBoolean() || failure != null)) {
          sealed.await();
          // A merge that failed is tried again when another delta is full.
          failure = null;
        }
        if (closed) {
          return;
        }
      } catch (InterruptedException e) {
        return;
      } finally {
        changing.unlock();
      }
      try {
        merge.run();
      } catch (CancellationException e) {
        return;
      } catch (IOException | RuntimeException e) {
        changing.lock();
        try {
          // A merge that began as the index closed tells just that.
          failure = closed && e instanceof IllegalStateException ? failure : e;
        } finally {
          changing.unlock();
        }
      }
    }
  }
}
