package dev.kindred.engine.serve;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The current generation, and those replaced that somebody still reads.
 *
 * <p>A reader writes the current generation's number into its own {@link Lease}, then looks whether
 * it still is the current one. A swap writes the new current one, then looks at the leases. Both
 * orders are total, so either the reader sees the new one or the swap sees the lease: no generation
 * is unmapped under a reader. Safe for use by many threads.
 */
final class Generations {
  private static final long POLL_NANOS = 50_000;

  private volatile Generation current;
  private volatile int mapped; // how many of the replaced ones; written under this

  // All below: guarded by this.
  private final List<WeakReference<Lease>> leases = new ArrayList<>();
  private final List<Generation> replaced = new ArrayList<>();
  private int sweepAt = 64;
  private boolean closed;
  private long unmapNanos;

  Generations(Generation first) {
    current = first;
  }

  /** The current generation, or null once closed; to be read only under a lease on it. */
  Generation current() {
    return current;
  }

  /** A lease of a new reader. Readers need not give it back: one that is garbage holds nothing. */
  synchronized Lease newLease() {
    if (leases.size() >= sweepAt) {
      leases.removeIf(lease -> lease.get() == null);
      sweepAt = Math.max(64, 2 * leases.size());
    }
    Lease lease = new Lease();
    leases.add(new WeakReference<>(lease));
    return lease;
  }

  /** How many leases were made, less those that {@link #newLease} found to be garbage. */
  synchronized int leases() {
    return leases.size();
  }

  /** Makes another generation the current one; the one before is unmapped after its last reader. */
  synchronized void swap(Generation next) {
    if (closed) {
      next.close();
      throw closedException();
    }
    replaced.add(current);
    mapped = replaced.size();
    current = next;
  }

  /** How many replaced generations are mapped; takes no lock, and unmaps nothing. */
  int replacedMapped() {
    return mapped;
  }

  /**
   * Unmaps what was replaced and has no reader any more.
   *
   * @return how many replaced generations are still being read
   */
  synchronized int reclaim() {
    for (Iterator<Generation> each = replaced.iterator(); each.hasNext(); ) {
      Generation generation = each.next();
      if (!isHeld(generation.number())) {
        long start = System.nanoTime();
        generation.close();
        unmapNanos = System.nanoTime() - start;
        each.remove();
        mapped = replaced.size();
      }
    }
    return replaced.size();
  }

  /** How long the last unmapping took. */
  synchronized long unmapNanos() {
    return unmapNanos;
  }

  /**
   * As {@link #reclaim()}, waiting for readers.
   *
   * @param nanos to wait at most
   */
  int reclaim(long nanos) {
    long end = System.nanoTime() + nanos;
    int left = reclaim();
    while (left > 0 && System.nanoTime() - end < 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(POLL_NANOS);
      left = reclaim();
    }
    return left;
  }

  /** Lets no reader in any more and unmaps everything after the last one. */
  void close(long nanos) {
    synchronized (this) {
      if (!closed) {
        closed = true;
        replaced.add(current);
        mapped = replaced.size();
        current = null;
      }
    }
    reclaim(nanos);
  }

  static IllegalStateException closedException() {
    return new IllegalStateException("this recommender is closed");
  }

  private boolean isHeld(long number) {
    for (WeakReference<Lease> reference : leases) {
      Lease lease = reference.get();
      if (lease != null && lease.held() == number) {
        return true;
      }
    }
    return false;
  }
}
