package dev.kindred.index;

/**
 * Searches one index with scratch of its own; after the first searches it allocates nothing.
 *
 * <p>Not thread-safe: one per thread, or taken in turns.
 */
public sealed interface VectorSearcher permits ExactSearcher, HnswSearcher {
  /** The index that is searched. */
  VectorIndex index();

  /**
   * Finds the k vectors of best score, best first; equal scores by rising ordinal.
   *
   * <p>The result holds min(k, number of vectors that pass the filter) entries; an approximate
   * index may hold others than the best ones.
   *
   * @param query query[queryOffset, queryOffset + dim), finite, any length; not changed
   * @param k at least 1
   * @param filter which ordinals may be found
   * @param result overwritten; grows to k entries if it has room for fewer
   * @throws IllegalArgumentException if k is below 1 or the query isn't finite
   */
  void search(float[] query, int queryOffset, int k, OrdinalFilter filter, Neighbors result);

  /** Finds the k best of all vectors for query[0, dim). */
  default void search(float[] query, int k, Neighbors result) {
    search(query, 0, k, OrdinalFilter.ALL, result);
  }

  /** Finds the k best of all vectors for query[0, dim), in a new result. */
  default Neighbors search(float[] query, int k) {
    Neighbors result = new Neighbors(k);
    search(query, k, result);
    return result;
  }
}
