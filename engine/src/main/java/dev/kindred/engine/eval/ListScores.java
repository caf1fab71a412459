package dev.kindred.engine.eval;

import dev.kindred.engine.data.Interactions;
import java.util.Arrays;

/**
 * Scores of items for users from lists of related items: for each item that a user met, the list
 * beside it is added up (item-based collaborative filtering; Sarwar et al., "Item-based
 * Collaborative Filtering Recommendation Algorithms", 2001). An item in none of the lists scores
 * minus infinity, so it is never ranked.
 *
 * <p>Immutable, may be called by many threads.
 */
public final class ListScores implements Scores {
  private final Interactions met;
  private final int[][] lists;
  private final float[][] scores;

  /**
   * Copies the lists.
   *
   * @param met [users x items], whose lists are added up for a user
   * @param n the longest list to take
   */
  public ListScores(ScoredLists source, Interactions met, int n) {
    this.met = met;
    lists = new int[met.columns()][];
    scores = new float[met.columns()][];
    int[] items = new int[n];
    float[] values = new float[n];
    for (int item = 0; item < lists.length; item++) {
      int length = source.related(item, n, items, values);
      lists[item] = Arrays.copyOf(items, length);
      scores[item] = Arrays.copyOf(values, length);
    }
  }

  @Override
  public int items() {
    return lists.length;
  }

  @Override
  public void score(
      int[] users, int from, int count, int firstItem, int itemCount, float[] target) {
    Arrays.fill(target, 0, count * itemCount, Float.NEGATIVE_INFINITY);
    for (int u = 0; u < count; u++) {
      int user = users[from + u];
      int base = u * itemCount - firstItem;
      for (long i = met.start(user); i < met.end(user); i++) {
        int[] list = lists[met.column(i)];
        float[] of = scores[met.column(i)];
        for (int p = 0; p < list.length; p++) {
          if (list[p] >= firstItem && list[p] < firstItem + itemCount) {
            int at = base + list[p];
            target[at] = target[at] == Float.NEGATIVE_INFINITY ? of[p] : target[at] + of[p];
          }
        }
      }
    }
  }
}
