package dev.kindred.engine.eval;

/**
 * Keeps the k best of the items offered: higher scores first, equal scores by lower ordinal.
 *
 * <p>A binary heap with the worst kept one at the root. Not safe for use by several threads.
 */
final class TopK {
  private final int[] items;
  private final float[] scores;
  private int size;

  TopK(int k) {
    items = new int[k];
    scores = new float[k];
  }

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  /** Offers the items first, first + 1, ... with scores from {@code offset} on; NaN is left out. */
  void offer(float[] offered, int offset, int count, int first) {
    int i = 0;
    while (size < items.length && i < count) {
      add(first + i, offered[offset + i]);
      i++;
    }
    float worst = size == 0 ? Float.POSITIVE_INFINITY : scores[0];
    for (; i < count; i++) {
      float score = offered[offset + i];
      if (score >= worst) {
        add(first + i, score);
        worst = scores[0];
      }
    }
  }

  /** Offers one item. */
  void add(int item, float score) {
    if (score != score || score == Float.NEGATIVE_INFINITY) {
      return;
    }
    if (size < items.length) {
      int at = size++;
      while (at > 0 && worse(item, score, items[(at - 1) >> 1], scores[(at - 1) >> 1])) {
        items[at] = items[(at - 1) >> 1];
        scores[at] = scores[(at - 1) >> 1];
        at = (at - 1) >> 1;
      }
      items[at] = item;
      scores[at] = score;
    } else if (size > 0 && worse(items[0], scores[0], item, score)) {
      sink(item, score, size);
    }
  }

  /** Writes the kept items to {@code target}, best first, and empties the heap. */
  int drain(int[] target) {
    int n = size;
    while (size > 0) {
      size--;
      target[size] = items[0];
      if (size > 0) {
        sink(items[size], scores[size], size);
      }
    }
    return n;
  }

  private void sink(int item, float score, int n) {
    int at = 0;
    while (true) {
      int child = 2 * at + 1;
      if (child >= n) {
        break;
      }
      if (child + 1 < n
          && worse(items[child + 1], scores[child + 1], items[child], scores[child])) {
        child++;
      }
      if (!worse(items[child], scores[child], item, score)) {
        break;
      }
      items[at] = items[child];
      scores[at] = scores[child];
      at = child;
    }
    items[at] = item;
    scores[at] = score;
  }

  private static boolean worse(int item, float score, int otherItem, float otherScore) {
    return score < otherScore || (score == otherScore && item > otherItem);
  }
}
