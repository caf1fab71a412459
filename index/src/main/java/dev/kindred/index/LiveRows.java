package dev.kindred.index;

/**
 * Which rows of a part of a {@link LiveIndex} are still there: an immutable bit set in pages, of
 * which a change copies one.
 *
 * <pre>
 * pages[p]: the removed rows among [4096 p, 4096 (p + 1)) as 64 words; null if none is removed
 * </pre>
 */
final class LiveRows implements OrdinalFilter {
  private static final int PAGE_SHIFT = 12;
  private static final int PAGE_WORDS = 1 << PAGE_SHIFT - 6;

  private final int size;
  private final int removed;
  private final long[][] pages;

  private LiveRows(int size, int removed, long[][] pages) {
    this.size = size;
    this.removed = removed;
    this.pages = pages;
  }

  /** All rows in [0, size). */
  static LiveRows all(int size) {
    return new LiveRows(size, 0, new long[(size >>> PAGE_SHIFT) + 1][]);
  }

  /** The same without a row that is there. */
  LiveRows without(int row) {
    assert accepts(row) : row;
    long[][] copies = pages.clone();
    long[] page = pages[row >>> PAGE_SHIFT];
    page = page == null ? new long[PAGE_WORDS] : page.clone();
    page[row >>> 6 & PAGE_WORDS - 1] |= 1L << row;
    copies[row >>> PAGE_SHIFT] = page;
    return new LiveRows(size, removed + 1, copies);
  }

  /** The same without all rows that the filter accepts; copies every page once. */
  LiveRows without(OrdinalFilter gone) {
    long[][] copies = new long[pages.length][];
    int count = 0;
    for (int row = 0; row < size; row++) {
      if (!accepts(row) || gone.accepts(row)) {
        int page = row >>> PAGE_SHIFT;
        if (copies[page] == null) {
          copies[page] = new long[PAGE_WORDS];
        }
        copies[page][row >>> 6 & PAGE_WORDS - 1] |= 1L << row;
        count++;
      }
    }
    return new LiveRows(size, count, copies);
  }

  /** How many rows are not there any more. */
  int removed() {
    return removed;
  }

  /** How many rows are there. */
  int live() {
    return size - removed;
  }

  @Override
  public boolean accepts(int row) {
    long[] page = pages[row >>> PAGE_SHIFT];
    return page == null || (page[row >>> 6 & PAGE_WORDS - 1] & 1L << row) == 0;
  }

  @Override
  public int cardinality(int n) {
    return n == size ? live() : -1;
  }
}
