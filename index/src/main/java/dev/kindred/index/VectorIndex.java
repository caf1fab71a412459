package dev.kindred.index;

/**
 * Vectors that can be searched for the nearest ones to a query.
 *
 * <p>Implementations are immutable and free to share; each searching thread has its own {@link
 * VectorSearcher}.
 */
public sealed interface VectorIndex permits ExactSearch, Hnsw {
  /** Number of vectors. */
  int size();

  /** Floats per vector. */
  int dim();

  /** How vectors are compared. */
  Metric metric();

  /** Whether a search always finds the best; if not, it may miss some of them. */
  boolean isExact();

  /** A new searcher with scratch of its own. */
  VectorSearcher searcher();
}
