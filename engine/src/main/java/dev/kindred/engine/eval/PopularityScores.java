package dev.kindred.engine.eval;

import dev.kindred.engine.data.Interactions;

/**
 * Scores every item by how many users it has: the baseline any recommender must beat. Immutable.
 */
public final class PopularityScores implements Scores {
  private final float[] counts;

  /** Counts the entries of each column. */
  public PopularityScores(Interactions train) {
    counts = new float[train.columns()];
    for (long i = 0; i < train.size(); i++) {
      counts[train.column(i)]++;
    }
  }

  @Override
  public int items() {
    return counts.length;
  }

  @Override
  public void score(
      int[] users, int from, int count, int firstItem, int itemCount, float[] target) {
    for (int u = 0; u < count; u++) {
      System.arraycopy(counts, firstItem, target, u * itemCount, itemCount);
    }
  }
}
