package dev.kindred.engine.serve;

/**
 * What searchers of one thread have in common: each holds the snapshot that it reads, for as long
 * as a request takes, and moves to the next one by itself.
 *
 * <p>Every request brackets its reads with {@link #pin} and {@link #unpin}; callers may bracket
 * several, so that all of them, and the ordinals between them, are of one snapshot. Pinning costs
 * about as much as a volatile write and allocates nothing, except the first time after a snapshot
 * was replaced. For one thread at a time.
 */
abstract class LeasedSearcher {
  private final Generations generations;
  private final Lease lease;
  private Generation bound;
  private int pins;

  LeasedSearcher(Generations generations) {
    this.generations = generations;
    lease = generations.newLease();
  }

  /**
   * Holds the current snapshot until {@link #unpin}: ordinals mean the same until then, and it
   * stays mapped even if it is replaced meanwhile. May be nested; to be followed by as many {@link
   * #unpin}, in a finally block.
   *
   * @throws IllegalStateException if the recommender is closed
   */
  public final void pin() {
    enter();
  }

  /** Ends what {@link #pin} began. */
  public final void unpin() {
    if (pins == 0) {
      throw new IllegalStateException("unpin() without pin()");
    }
    exit();
  }

  /** {@link #pin}, and what it holds. */
  final Generation enter() {
    if (pins == 0) {
      hold();
    }
    pins++;
    return bound;
  }

  final void exit() {
    if (--pins == 0) {
      lease.release();
    }
  }

  private void hold() {
    Generation found;
    do {
      found = generations.current();
      if (found == null) {
        lease.release();
        throw Generations.closedException();
      }
      lease.hold(found.number());
    } while (found != generations.current());
    if (found != bound) {
      boolean done = false;
      try {
        bind(found);
        bound = found;
        done = true;
      } finally {
        if (!done) {
          lease.release();
        }
      }
    }
  }

  /**
   * Makes this searcher one of another generation: takes its parts, makes scratch that fits, and
   * carries settings over by name and id. Called while the generation is held.
   */
  abstract void bind(Generation generation);
}
