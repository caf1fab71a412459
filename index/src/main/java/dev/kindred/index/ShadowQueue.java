package dev.kindred.index;

import dev.kindred.index.run.Threads;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Slots by which searching threads hand a part of their queries to one thread that repeats them
 * exactly, and the recall that it found so far.
 *
 * <p>Nobody waits and nothing is allocated by those who hand over: where all slots are taken a
 * query is dropped and counted. Free to share.
 *
 * @param <S> what a slot keeps of a query and its result
 */
final class ShadowQueue<S> implements AutoCloseable {
  /**
   * What a comparison found.
   *
   * @param hits true neighbours that the search had found too
   * @param expected true neighbours
   */
  record Comparison(int hits, int expected) {}

  /** What the queue does with the slots. */
  interface Comparer<S> {
    /**
     * Repeats the query in a slot and compares; on the thread of the queue. The query is counted as
     * dropped if this throws anything.
     */
    Comparison compare(S slot);

    /** Lets go of what an idle slot needn't hold. */
    void release(S slot);
  }

  private static final int FREE = 0;
  private static final int BUSY = 1;
  private static final int READY = 2;

  /** The thread looks at the slots this often, also if a wake-up was missed. */
  private static final long IDLE_NANOS = 100_000_000;

  /** A query is drawn if the hash of its number is below this. */
  private final long threshold;

  private final List<S> slots;
  private final AtomicIntegerArray states;
  private final Comparer<S> comparer;
  private final AtomicLong offered = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;

  /** Hits, true neighbours and queries so far; replaced by the thread of the queue only. */
  private volatile long[] counts = new long[3];

  /**
   * Starts the thread.
   *
   * @param share part of the queries that are drawn, in (0, 1]
   * @param waiting slots, at least 1
   */
  ShadowQueue(double share, int waiting, Supplier<S> slot, Comparer<S> comparer) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share must be in (0, 1], got " + share);
    }
    if (waiting < 1) {
      throw new IllegalArgumentException("waiting must be at least 1, got " + waiting);
    }
    this.threshold = (long) Math.ceil(share * (1L << 32));
    this.slots = Stream.generate(slot).limit(waiting).toList();
    this.states = new AtomicIntegerArray(waiting);
    this.comparer = comparer;
    this.thread = new Thread(this::compareAll, "kindred-recall");
    thread.setDaemon(true);
    thread.start();
  }

  /** Draws the query at hand or not: the slot to fill and {@link #hand} over, or -1. */
  int draw() {
    // Numbers spread by an odd factor fall evenly, and no period of the callers' queries matches.
    long spread = offered.getAndIncrement() * 0x9E3779B97F4A7C15L >>> 32;
    if (spread >= threshold || closed) {
      return -1;
    }
    int size = slots.size();
    int start = (int) (spread % size);
    for (int i = 0; i < size; i++) {
      int at = start + i < size ? start + i : start + i - size;
      if (states.getPlain(at) == FREE && states.compareAndSet(at, FREE, BUSY)) {
        return at;
      }
    }
    dropped.incrementAndGet();
    return -1;
  }

  /** A slot that was drawn. */
  S slot(int at) {
    return slots.get(at);
  }

  /** Hands a slot that is filled to the thread. */
  void hand(int at) {
    states.set(at, READY);
    if (closed) {
      releaseReady(at);
    }
    LockSupport.unpark(thread);
  }

  /** The recall so far. */
  RecallMonitor.Observed observed() {
    long[] now = counts;
    double recall = now[1] == 0 ? Double.NaN : (double) now[0] / now[1];
    return new RecallMonitor.Observed(recall, now[2], dropped.get());
  }

  /** Ends the thread; queries that wait are not compared any more. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    Threads.join(thread);
    for (int at = 0; at < slots.size(); at++) {
      releaseReady(at);
    }
  }

  /** Empties a slot that nobody will compare any more. */
  private void releaseReady(int at) {
    if (states.compareAndSet(at, READY, BUSY)) {
      comparer.release(slots.get(at));
      states.set(at, FREE);
    }
  }

  private void compareAll() {
    while (!closed) {
      boolean any = false;
      for (int at = 0; at < slots.size() && !closed; at++) {
        if (states.compareAndSet(at, READY, BUSY)) {
          any = true;
          try {
            count(comparer.compare(slots.get(at)));
          } catch (RuntimeException | Error e) {
            // A filter that fails here, a query that no search takes, or no memory for this one:
            // whoever searches must not be the worse for it, nor the queries that come later.
            dropped.incrementAndGet();
          } finally {
            comparer.release(slots.get(at));
            states.set(at, FREE);
          }
        }
      }
      if (!any) {
        LockSupport.parkNanos(this, IDLE_NANOS);
      }
    }
  }

  private void count(Comparison found) {
    long[] before = counts;
    counts = new long[] {before[0] + found.hits(), before[1] + found.expected(), before[2] + 1};
  }
}
