package dev.kindred.index;

/** Which short codes an {@link Hnsw} searches by; the answer is always ranked by exact scores. */
public enum SearchCodes {
  /**
   * What is fastest: NONE for up to 2,000 vectors, LINKS where the codes of all rows take 12 MB or
   * more and dim is at most 2,048, and ROWS else. Stands in options only; an index tells what it
   * has.
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

  /** The rotation of LINKS takes so much memory squared, and so long to draw. */
  private static final int MOST_LINKED_DIM = 2_048;

  /**
   * What AUTO means for so many vectors.
   *
   * @throws IllegalArgumentException for LINKS of vectors that are too long for them
   */
  SearchCodes resolved(int size, int dim) {
    if (this == LINKS && dim > MOST_LINKED_DIM) {
      throw new IllegalArgumentException(
          "codes LINKS are for vectors of dim up to "
              + MOST_LINKED_DIM
              + ", these have "
              + dim
              + "; use ROWS");
    }
    if (this != AUTO) {
      return this;
    }
    if (size <= MOST_WITHOUT) {
      return NONE;
    }
    boolean cached = (long) size * RowCodes.stride(dim) < MOST_CACHED_BYTES;
    return cached || dim > MOST_LINKED_DIM ? ROWS : LINKS;
  }
}
