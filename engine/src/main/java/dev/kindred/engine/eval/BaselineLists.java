package dev.kindred.engine.eval;

import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Workers;
import java.util.Arrays;

/**
 * Related lists that need no model, for {@link NextItemEvaluator} to compare with.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
public final class BaselineLists implements RelatedLists {
  private final int[][] lists;
  private final boolean shared;

  private BaselineLists(int[][] lists, boolean shared) {
    this.lists = lists;
    this.shared = shared;
  }

  /**
   * The most popular items, the same for every source.
   *
   * @param train [users x items]
   * @param n longest list to be asked for
   */
  public static BaselineLists popularity(Interactions train, int n) {
    float[] counts = new float[train.columns()];
    for (long i = 0; i < train.size(); i++) {
      counts[train.column(i)]++;
    }
    TopK best = new TopK(n + 1); // one more, for when the source is among them
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        best.add(i, counts[i]);
      }
    }
    int[] list = new int[n + 1];
    return new BaselineLists(new int[][] {Arrays.copyOf(list, best.drain(list))}, true);
  }

  /**
   * Items by the number of users they share with the source.
   *
   * @param train [users x items]
   * @param cosine divide by the root of both items' user counts (Sarwar et al., "Item-based
   *     Collaborative Filtering Recommendation Algorithms", 2001) instead of counting only
   * @param n longest list to be asked for
   */
  public static BaselineLists cooccurrence(
      Interactions train, boolean cosine, int n, Workers workers) {
    Interactions byItem = train.transposed();
    int items = train.columns();
    int[][] lists = new int[items][];
    float[][] counts = new float[workers.threads()][];
    workers.forEachRange(
        items,
        16,
        (from, to, worker) -> {
          if (counts[worker] == null) {
            counts[worker] = new float[items];
          }
          float[] shared = counts[worker];
          TopK best = new TopK(n);
          int[] list = new int[n];
          for (int item = (int) from; item < to; item++) {
            count(train, byItem, item, shared);
            for (int other = 0; other < items; other++) {
              if (shared[other] > 0 && other != item) {
                best.add(
                    other,
                    cosine
                        ? (float) (shared[other] / Math.sqrt((double) byItem.count(other)))
                        : shared[other]);
              }
              shared[other] = 0;
            }
            int length = best.drain(list);
            lists[item] = Arrays.copyOf(list, length);
          }
        });
    return new BaselineLists(lists, false);
  }

  private static void count(Interactions train, Interactions byItem, int item, float[] shared) {
    for (long u = byItem.start(item); u < byItem.end(item); u++) {
      int user = byItem.column(u);
      for (long i = train.start(user); i < train.end(user); i++) {
        shared[train.column(i)]++;
      }
    }
  }

  @Override
  public int related(int item, int n, int[] out) {
    int[] list = shared ? lists[0] : lists[item];
    int written = 0;
    for (int i = 0; i < list.length && written < n; i++) {
      if (list[i] != item) {
        out[written++] = list[i];
      }
    }
    return written;
  }
}
