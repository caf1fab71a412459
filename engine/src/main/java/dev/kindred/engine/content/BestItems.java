package dev.kindred.engine.content;

import dev.kindred.index.LongSorter;

/**
 * The best {@code capacity} of the (item, score) pairs offered: higher score first, lower ordinal
 * among equal scores, so the outcome does not depend on the order of the offers.
 *
 * <p>A binary min-heap of longs, each a score in sortable bits above the complement of the ordinal:
 * comparing two pairs is one comparison of longs. No allocation after construction. Not thread
 * safe; one per worker or request.
 */
public final class BestItems {
  private final int capacity;
  private final long[] heap;
  private final LongSorter sorter = new LongSorter();
  private int size;
  private boolean sorted;

  /** An empty collection that keeps at most {@code capacity} >= 0 pairs. */
  public BestItems(int capacity) {
    if (capacity < 0) {
      throw new IllegalArgumentException("capacity is " + capacity + ", must be at least 0");
    }
    this.capacity = capacity;
    this.heap = new long[capacity];
    sorter.reserve(capacity);
  }

  /** Forgets all pairs. */
  public void clear() {
    size = 0;
    sorted = false;
  }

  /** Pairs kept. */
  public int size() {
    return size;
  }

  /** Considers a pair: item >= 0; NaN counts as the lowest score. Not after {@link #sort()}. */
  public void offer(int item, float score) {
    assert !sorted && item >= 0;
    long key = key(item, Float.isNaN(score) ? Float.NEGATIVE_INFINITY : score);
    if (size < capacity) {
      siftUp(size++, key);
    } else if (capacity > 0 && key > heap[0]) {
      siftDown(key);
    }
  }

  /**
   * Considers the items first, first + 1, ... with the scores from {@code offset} on; NaN and
   * -infinity, as masks have it, are left out. Not after {@link #sort()}.
   */
  public void offer(float[] scores, int offset, int count, int first) {
    float bar = bar();
    for (int i = 0; i < count; i++) {
      float score = scores[offset + i];
      if (score >= bar && score != Float.NEGATIVE_INFINITY) {
        offer(first + i, score);
        bar = bar();
      }
    }
  }

  /** A pair with a score below this stays out; -infinity while there is room. */
  public float bar() {
    return size < capacity || capacity == 0 ? Float.NEGATIVE_INFINITY : scoreOf(heap[0]);
  }

  /** Whether a pair with a score that isn't NaN would be kept now. */
  public boolean takes(int item, float score) {
    return size < capacity || capacity > 0 && key(item, score) > heap[0];
  }

  /** Puts the pairs best first; then {@link #item} and {@link #score} may be asked. */
  public void sort() {
    // Keys negate without overflow: the lowest long would need score bits of a NaN.
    for (int i = 0; i < size; i++) {
      heap[i] = -heap[i];
    }
    sorter.sort(heap, size);
    for (int i = 0; i < size; i++) {
      heap[i] = -heap[i];
    }
    sorted = true;
  }

  /** Writes the ordinals of all pairs to {@code target}, best first, and forgets them. */
  public int drain(int[] target) {
    sort();
    int n = size;
    for (int rank = 0; rank < n; rank++) {
      target[rank] = itemOf(heap[rank]);
    }
    clear();
    return n;
  }

  /** Ordinal of the pair at a rank in [0, size()), best first; only after {@link #sort()}. */
  public int item(int rank) {
    return itemOf(at(rank));
  }

  /** Score of the pair at a rank in [0, size()), best first; only after {@link #sort()}. */
  public float score(int rank) {
    return scoreOf(at(rank));
  }

  private long at(int rank) {
    if (!sorted || rank < 0 || rank >= size) {
      throw new IllegalStateException(
          "rank " + rank + " of " + size + (sorted ? "" : " asked before sort()"));
    }
    return heap[rank];
  }

  private void siftUp(int hole, long key) {
    while (hole > 0) {
      int parent = (hole - 1) >>> 1;
      if (heap[parent] <= key) {
        break;
      }
      heap[hole] = heap[parent];
      hole = parent;
    }
    heap[hole] = key;
  }

  private void siftDown(long key) {
    int hole = 0;
    int half = size >>> 1;
    while (hole < half) {
      int child = 2 * hole + 1;
      if (child + 1 < size && heap[child + 1] < heap[child]) {
        child++;
      }
      if (key <= heap[child]) {
        break;
      }
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = key;
  }

  /** A long that orders as (score ascending, ordinal descending). */
  static long key(int item, float score) {
    int bits = Float.floatToRawIntBits(score + 0f); // + 0f turns -0 into 0: equal scores must tie
    int sortable = bits ^ ((bits >> 31) & 0x7fffffff);
    return ((long) sortable << 32) | (~item & 0xffffffffL);
  }

  static int itemOf(long key) {
    return ~(int) key;
  }

  static float scoreOf(long key) {
    int sortable = (int) (key >> 32);
    return Float.intBitsToFloat(sortable ^ ((sortable >> 31) & 0x7fffffff));
  }
}
