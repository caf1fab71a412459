package dev.kindred.index;

import dev.kindred.index.run.Slots;
import java.util.Objects;

/**
 * Scratch of searches for any number of threads, virtual ones included: lent for one search, then
 * given back.
 *
 * <p>At most {@code capacity} searchers are kept. While more searches run at once than that, each
 * further one makes a searcher of its own, which is dropped when it ends: nobody ever waits. Free
 * to share; takes no lock.
 */
public final class SearcherPool {
  private final VectorIndex index;
  private final Slots<VectorSearcher> slots;

  /**
   * Makes an empty pool.
   *
   * @param capacity most searchers kept, at least 1; each holds about a byte per vector of the
   *     index
   */
  public SearcherPool(VectorIndex index, int capacity) {
    this.index = Objects.requireNonNull(index);
    this.slots = new Slots<>(capacity, index::searcher);
  }

  /** The index that is searched. */
  public VectorIndex index() {
    return index;
  }

  /** As {@link VectorSearcher#search(float[], int, int, OrdinalFilter, Neighbors)}. */
  public void search(
      float[] query, int queryOffset, int k, OrdinalFilter filter, Neighbors result) {
    VectorSearcher searcher = slots.take();
    // Not given back if the search fails: it may have stopped anywhere.
    searcher.search(query, queryOffset, k, filter, result);
    slots.give(searcher);
  }

  /** Finds the k best of all vectors for query[0, dim). */
  public void search(float[] query, int k, Neighbors result) {
    search(query, 0, k, OrdinalFilter.ALL, result);
  }
}
