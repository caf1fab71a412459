package dev.kindred.index;

import java.util.Objects;

/**
 * What a search found: ordinals and scores, best first, equal scores by rising ordinal.
 *
 * <p>Owned by the caller and reused from search to search: the next one overwrites it. Not
 * thread-safe.
 */
public final class Neighbors {
  private long[] keys;
  private int size;

  /**
   * Makes room for a number of entries.
   *
   * @param capacity at least 0; searches for more make it grow
   */
  public Neighbors(int capacity) {
    if (capacity < 0) {
      throw new IllegalArgumentException("capacity must be at least 0, got " + capacity);
    }
    keys = new long[capacity];
  }

  /** Number of entries. */
  public int size() {
    return size;
  }

  /** Ordinal of the entry at a rank, 0 being the best. */
  public int ordinal(int rank) {
    return ScoredOrdinal.ordinal(keys[Objects.checkIndex(rank, size)]);
  }

  /** Score of the entry at a rank. */
  public float score(int rank) {
    return ScoredOrdinal.score(keys[Objects.checkIndex(rank, size)]);
  }

  /** Takes the content of a heap, best first; the heap is empty afterwards. */
  void drain(TopHeap heap) {
    int count = heap.size();
    if (keys.length < count) {
      keys = new long[count];
    }
    size = count;
    for (int rank = count - 1; rank >= 0; rank--) {
      keys[rank] = heap.removeWorst();
    }
  }
}
