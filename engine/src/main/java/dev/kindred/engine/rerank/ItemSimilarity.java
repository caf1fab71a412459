package dev.kindred.engine.rerank;

/**
 * How alike two items are, for diversity: 1 for the same, 0 or less for unrelated ones. May be
 * shared by threads and allocates nothing.
 */
@FunctionalInterface
public interface ItemSimilarity {
  /** No two items are alike. */
  ItemSimilarity NONE = (first, second) -> 0;

  /** Similarity of two ordinals, at most 1 but for rounding; the same in either order. */
  float of(int first, int second);
}
