package dev.kindred.engine.experiment;

import dev.kindred.engine.eval.RelatedLists;

/** What a group of an experiment shows. May be called by many threads. */
@FunctionalInterface
public interface ListPolicy {
  /**
   * Writes up to {@code n} items to show a user beside {@code item}, best first, distinct and
   * without the item itself.
   *
   * @return how many were written
   */
  int list(int user, int item, int n, int[] out);

  /** The same related items for everybody. */
  static ListPolicy of(RelatedLists lists) {
    return (user, item, n, out) -> lists.related(item, n, out);
  }
}
