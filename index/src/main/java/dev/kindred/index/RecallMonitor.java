package dev.kindred.index;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Compares a part of the queries that are answered with an exact search, on a thread of its own,
 * and tells the recall so far.
 *
 * <p>Callers hand over what they searched and found: one in so many is copied into a slot made
 * beforehand, which costs well under a microsecond and allocates nothing. Nobody waits: where all
 * slots are taken the query isn't compared, and counted as dropped. Free to share.
 */
public final class RecallMonitor implements AutoCloseable {
  private static final int FREE = 0;
  private static final int BUSY = 1;
  private static final int READY = 2;

  /** The thread looks at the slots this often, also if a wake-up was missed. */
  private static final long IDLE_NANOS = 100_000_000;

  /**
   * The recall so far.
   *
   * @param recall part of the true neighbours that were found; NaN before the first query
   * @param queries queries that were compared
   * @param dropped queries that were drawn while all slots were taken, or that the exact search
   *     refused
   */
  public record Observed(double recall, long queries, long dropped) {}

  private static final class Slot {
    final float[] query;
    final int[] found;
    int k;
    int count;
    OrdinalFilter filter;

    Slot(int dim, int mostK) {
      query = new float[dim];
      found = new int[mostK];
    }
  }

  private final VectorIndex truth;
  private final int dim;
  private final int mostK;

  /** A query is drawn if the hash of its number is below this. */
  private final long threshold;

  private final Slot[] slots;
  private final AtomicIntegerArray states;
  private final AtomicLong offered = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;
  private volatile long[] counts = new long[3];

  /**
   * A monitor of a graph: 10 neighbours of each query, 16 queries that may wait.
   *
   * @param share part of the queries that are compared, in (0, 1]
   */
  public static RecallMonitor of(Hnsw index, double share) {
    return new RecallMonitor(index.exact(), share, 10, 16);
  }

  /**
   * Starts the thread.
   *
   * @param truth an exact index over the same ordinals as the one that is watched
   * @param share part of the queries that are compared, in (0, 1]
   * @param mostK of a longer result the first {@code mostK} are compared, at least 1
   * @param waiting slots for queries that wait to be compared, at least 1
   */
  public RecallMonitor(VectorIndex truth, double share, int mostK, int waiting) {
    if (!truth.isExact()) {
      throw new IllegalArgumentException("recall is measured against an exact index");
    }
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share must be in (0, 1], got " + share);
    }
    if (mostK < 1 || waiting < 1) {
      throw new IllegalArgumentException(
          "mostK and waiting must be at least 1, got " + mostK + " and " + waiting);
    }
    this.truth = truth;
    this.dim = truth.dim();
    this.mostK = mostK;
    this.threshold = (long) Math.ceil(share * (1L << 32));
    this.slots = new Slot[waiting];
    for (int i = 0; i < waiting; i++) {
      slots[i] = new Slot(dim, mostK);
    }
    this.states = new AtomicIntegerArray(waiting);
    this.thread = new Thread(this::compareAll, "kindred-recall");
    thread.setDaemon(true);
    thread.start();
  }

  /** Hands over a search of all vectors; see the other method. */
  public void offer(float[] query, int queryOffset, int k, Neighbors result) {
    offer(query, queryOffset, k, OrdinalFilter.ALL, result);
  }

  /**
   * Hands over a search and its result; both are copied if the query is drawn.
   *
   * @param k neighbours that were asked for
   * @param filter asked again later, on another thread; must still give the same answers
   */
  public void offer(float[] query, int queryOffset, int k, OrdinalFilter filter, Neighbors result) {
    Objects.checkFromIndexSize(queryOffset, dim, query.length);
    // Numbers spread by an odd factor fall evenly, and no period of the callers' queries matches.
    long spread = offered.getAndIncrement() * 0x9E3779B97F4A7C15L >>> 32;
    if (spread >= threshold || closed || k < 1) {
      return;
    }
    int start = (int) (spread % slots.length);
    for (int i = 0; i < slots.length; i++) {
      int at = start + i < slots.length ? start + i : start + i - slots.length;
      if (states.getPlain(at) == FREE && states.compareAndSet(at, FREE, BUSY)) {
        Slot slot = slots[at];
        System.arraycopy(query, queryOffset, slot.query, 0, dim);
        slot.k = Math.min(k, mostK);
        slot.count = Math.min(slot.k, result.size());
        for (int rank = 0; rank < slot.count; rank++) {
          slot.found[rank] = result.ordinal(rank);
        }
        slot.filter = filter;
        states.set(at, READY);
        LockSupport.unpark(thread);
        return;
      }
    }
    dropped.incrementAndGet();
  }

  /** The recall so far. */
  public Observed observed() {
    long[] now = counts;
    return new Observed(now[1] == 0 ? Double.NaN : (double) now[0] / now[1], now[2], dropped.get());
  }

  /** Ends the thread; queries that wait are not compared any more. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void compareAll() {
    VectorSearcher searcher = truth.searcher();
    Neighbors expected = new Neighbors(mostK);
    while (!closed) {
      boolean any = false;
      for (int at = 0; at < slots.length && !closed; at++) {
        if (states.get(at) == READY) {
          any = true;
          try {
            compare(slots[at], searcher, expected);
          } catch (RuntimeException e) {
            // A filter that fails here, or a query that no search takes.
            dropped.incrementAndGet();
          } finally {
            slots[at].filter = null;
            states.set(at, FREE);
          }
        }
      }
      if (!any) {
        LockSupport.parkNanos(this, IDLE_NANOS);
      }
    }
  }

  private void compare(Slot slot, VectorSearcher searcher, Neighbors expected) {
    searcher.search(slot.query, 0, slot.k, slot.filter, expected);
    int hits = 0;
    for (int rank = 0; rank < expected.size(); rank++) {
      for (int i = 0; i < slot.count; i++) {
        hits += slot.found[i] == expected.ordinal(rank) ? 1 : 0;
      }
    }
    long[] before = counts;
    counts = new long[] {before[0] + hits, before[1] + expected.size(), before[2] + 1};
  }
}
