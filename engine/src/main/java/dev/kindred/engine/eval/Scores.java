package dev.kindred.engine.eval;

/**
 * A source of scores for pairs of user and item; higher is better. May be called by many threads.
 */
public interface Scores {
  /** Items are asked for in tiles of this many, from multiples of it on. */
  int TILE = 1024;

  /** Number of items. */
  int items();

  /**
   * Scores of {@code count} users for the items [firstItem, firstItem + itemCount).
   *
   * @param users ordinals of the users, from index {@code from} on
   * @param firstItem a multiple of {@link #TILE}
   * @param itemCount at most {@link #TILE}
   * @param target gets [count x itemCount], row-major from 0
   */
  void score(int[] users, int from, int count, int firstItem, int itemCount, float[] target);
}
