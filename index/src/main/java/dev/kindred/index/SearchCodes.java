package dev.kindred.index;

/** Which short codes an {@link Hnsw} searches by; the answer is always ranked by exact scores. */
public enum SearchCodes {
  /**
   * What is fastest: nothing for up to 2,000 vectors, rows up to 20,000, links beyond. Stands in
   * options only; an index tells what it has.
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
  private static final int MOST_WITHOUT_LINKS = 20_000;

  /** What AUTO means for so many vectors. */
  SearchCodes resolved(int size) {
    if (this != AUTO) {
      return this;
    }
    return size <= MOST_WITHOUT ? NONE : size <= MOST_WITHOUT_LINKS ? ROWS : LINKS;
  }
}
