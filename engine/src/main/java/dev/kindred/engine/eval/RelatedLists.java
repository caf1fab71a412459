package dev.kindred.engine.eval;

/** Any source of related items. May be called by many threads. */
@FunctionalInterface
public interface RelatedLists {
  /**
   * Writes up to {@code n} items related to {@code item} to {@code out}, best first, distinct and
   * without the item itself.
   *
   * @return how many were written
   */
  int related(int item, int n, int[] out);
}
