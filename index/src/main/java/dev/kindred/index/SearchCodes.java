package dev.kindred.index;

/** Which short codes an {@link Hnsw} searches by; the answer is always ranked by exact scores. */
public enum SearchCodes {
  /**
   * What is fastest: NONE for up to 2,000 vectors, LINKS where the codes of all rows take 12 MB or
   * more, and ROWS between. Stands in options only; an index tells what it has.
   */
  AUTO,

  /** The vectors themselves: the least memory. */
  NONE,

  /** 8 bits per value, a quarter of the memory traffic. */
  ROWS,

  /**
   * ROWS, and in the block of each node one bit per dimension of each neighbour: most neighbours
   * are told not to be worth a look without touching them. The fastest where vectors outgrow the
   * caches; the blocks take 2 to 6 times the memory.
   */
  LINKS;

  private static final int MOST_WITHOUT = 2_000;

  /** More codes than that don't stay in the caches. */
  private static final long MOST_CACHED_BYTES = 12_000_000;

  /** What AUTO means for so many vectors. */
  SearchCodes resolved(int size, int dim) {
    if (this != AUTO) {
      return this;
    }
    if (size <= MOST_WITHOUT) {
      return NONE;
    }
    return (long) size * RowCodes.stride(dim) < MOST_CACHED_BYTES ? ROWS : LINKS;
  }
}
