package dev.kindred.engine.eval;

/** Any source of related items with their scores. May be called by many threads. */
@FunctionalInterface
public interface ScoredLists {
  /**
   * Writes up to {@code n} items related to {@code item}, best first, distinct and without the item
   * itself, and the score of each.
   *
   * @return how many were written
   */
  int related(int item, int n, int[] items, float[] scores);
}
