package dev.kindred.engine.content;

/**
 * Heaps of one searcher: one for each power of two, made when first asked for, so that lists of any
 * length allocate at most once. For one thread at a time.
 */
public final class BestLists {
  private final BestItems[] best = new BestItems[Integer.SIZE];

  /** Without a heap so far. */
  public BestLists() {}

  /**
   * An empty heap that keeps at least so many, and as many as the next power of two: who wants
   * fewer takes the first of them. Overwritten by the next call that wants as many.
   */
  public BestItems of(int capacity) {
    int power = capacity <= 1 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(capacity - 1);
    if (best[power] == null) {
      best[power] = new BestItems(1 << power);
    }
    best[power].clear();
    return best[power];
  }
}
