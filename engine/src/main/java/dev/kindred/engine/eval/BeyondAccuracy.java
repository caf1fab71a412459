package dev.kindred.engine.eval;

import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Workers;
import java.util.Arrays;

/**
 * What lists are like whether or not they are right (Castells, Hurley and Vargas, "Novelty and
 * Diversity in Recommender Systems", 2015).
 *
 * @param k length of the lists
 * @param lists how many items have one
 * @param coverage share of all items that stand in at least one list
 * @param gini inequality of how often items stand in lists, over all items: 0 = all alike, near 1 =
 *     a few take all places
 * @param novelty mean over the places of -log2 of the item's share of the users: 10 = an item that
 *     one user in 1,024 has met; an item that nobody has met counts as met by one
 * @param diversity mean over the lists of the mean distance (1 - similarity) of two of its items;
 *     NaN without similarities or lists of two items
 */
public record BeyondAccuracy(
    int k, int lists, double coverage, double gini, double novelty, double diversity) {

  /** How alike two items are, 1 = the same. May be called by many threads. */
  @FunctionalInterface
  public interface Similarity {
    double of(int first, int second);
  }

  /**
   * Looks at the list of every item.
   *
   * @param train [users x items], for the items' share of the users
   * @param similarity null = diversity is not asked for
   */
  public static BeyondAccuracy of(
      RelatedLists source, Interactions train, int k, Similarity similarity, Workers workers) {
    if (k < 1) {
      throw new IllegalArgumentException("k is " + k + "; it must be at least 1");
    }
    int items = train.columns();
    int[][] lists = new int[items][];
    double[] distance = new double[items]; // NaN = no two items
    workers.forEachRange(
        items,
        64,
        (from, to, worker) -> {
          int[] list = new int[k];
          for (int item = (int) from; item < to; item++) {
            int length = source.related(item, k, list);
            lists[item] = Arrays.copyOf(list, length);
            distance[item] =
                similarity == null || length < 2 ? Double.NaN : distance(lists[item], similarity);
          }
        });
    long[] shown = new long[items];
    int answered = 0;
    double distances = 0;
    int measured = 0;
    for (int item = 0; item < items; item++) {
      for (int other : lists[item]) {
        shown[other]++;
      }
      answered += lists[item].length > 0 ? 1 : 0;
      if (!Double.isNaN(distance[item])) {
        distances += distance[item];
        measured++;
      }
    }
    return new BeyondAccuracy(
        k, answered, coverage(shown), gini(shown), novelty(shown, train), distances / measured);
  }

  private static double distance(int[] list, Similarity similarity) {
    double sum = 0;
    for (int a = 0; a < list.length; a++) {
      for (int b = a + 1; b < list.length; b++) {
        sum += 1 - similarity.of(list[a], list[b]);
      }
    }
    return sum / (list.length * (list.length - 1) / 2.0);
  }

  private static double coverage(long[] shown) {
    long covered = Arrays.stream(shown).filter(n -> n > 0).count();
    return (double) covered / shown.length;
  }

  /**
   * The Gini coefficient of counts: half the mean difference of two of them, divided by their mean.
   *
   * @return in [0, 1); 0 if all are 0
   */
  public static double gini(long[] counts) {
    long[] rising = counts.clone();
    Arrays.sort(rising);
    double sum = 0;
    double weighted = 0;
    for (int i = 0; i < rising.length; i++) {
      sum += rising[i];
      weighted += (2.0 * (i + 1) - rising.length - 1) * rising[i];
    }
    return sum == 0 ? 0 : weighted / (rising.length * sum);
  }

  private static double novelty(long[] shown, Interactions train) {
    long[] met = new long[shown.length];
    for (long i = 0; i < train.size(); i++) {
      met[train.column(i)]++;
    }
    double bits = 0;
    long places = 0;
    for (int item = 0; item < shown.length; item++) {
      double share = (double) Math.max(1, met[item]) / train.rows();
      bits -= shown[item] * Math.log(share) / Math.log(2);
      places += shown[item];
    }
    return bits / places;
  }
}
