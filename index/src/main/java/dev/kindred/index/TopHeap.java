package dev.kindred.index;

import java.util.Arrays;

/**
 * The best entries seen so far, up to a limit, as a binary heap with the worst at its root.
 *
 * <p>Entries are keys of {@link ScoredOrdinal}. Not thread-safe.
 */
final class TopHeap {
  private long[] heap = new long[16];
  private int size;
  private int limit;

  /** Empties it and sets how many entries it keeps; its memory grows as they come. */
  void reset(int limit) {
    this.limit = limit;
    size = 0;
  }

  int size() {
    return size;
  }

  boolean isFull() {
    return size == limit;
  }

  /** The entry that the next better one displaces; only if not empty. */
  long worst() {
    return heap[0];
  }

  /** What a key must exceed to be kept. */
  long bar() {
    return size == limit ? heap[0] : ScoredOrdinal.NONE;
  }

  /** Keeps the key if there is room or it beats the worst; says whether it did. */
  boolean offer(long key) {
    if (size < limit) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, 2 * size);
      }
      siftUp(size++, key);
      return true;
    }
    if (limit == 0 || key <= heap[0]) {
      return false;
    }
    siftDown(key);
    return true;
  }

  /** Takes out the worst entry; only if not empty. */
  long removeWorst() {
    long worst = heap[0];
    long last = heap[--size];
    if (size > 0) {
      siftDown(last);
    }
    return worst;
  }

  private void siftUp(int at, long key) {
    long[] h = heap;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (h[parent] <= key) {
        break;
      }
      h[at] = h[parent];
      at = parent;
    }
    h[at] = key;
  }

  /** Puts the key in place of the root. */
  private void siftDown(long key) {
    long[] h = heap;
    int n = size;
    int at = 0;
    int child = 1;
    while (child < n) {
      if (child + 1 < n && h[child + 1] < h[child]) {
        child++;
      }
      if (h[child] >= key) {
        break;
      }
      h[at] = h[child];
      at = child;
      child = 2 * at + 1;
    }
    h[at] = key;
  }
}
