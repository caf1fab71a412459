package dev.kindred.engine.eval;

import dev.kindred.engine.content.BestItems;
import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Distances;
import java.util.Arrays;

/**
 * Related lists that need no model, for {@link NextItemEvaluator} to compare with.
 *
 * <p>Immutable and safe for use by any number of threads.
 */
public final class BaselineLists implements RelatedLists, ScoredLists {
  private final int[][] lists;
  private final float[][] scores;
  private final boolean shared;

  private BaselineLists(int[][] lists, float[][] scores, boolean shared) {
    this.lists = lists;
    this.scores = scores;
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
    BestItems best = new BestItems(n + 1); // one more, for when the source is among them
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        best.offer(i, counts[i]);
      }
    }
    int[] list = new int[n + 1];
    int[] popular = Arrays.copyOf(list, best.drain(list));
    float[] scores = new float[popular.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = counts[popular[i]];
    }
    return new BaselineLists(new int[][] {popular}, new float[][] {scores}, true);
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
    float[][] scores = new float[items][];
    float[][] counts = new float[workers.threads()][];
    workers.forEachRange(
        items,
        16,
        (from, to, worker) -> {
          if (counts[worker] == null) {
            counts[worker] = new float[items];
          }
          float[] shared = counts[worker];
          BestItems best = new BestItems(n);
          int[] list = new int[n];
          for (int item = (int) from; item < to; item++) {
            count(train, byItem, item, shared);
            // The source's own count is the same for all: it does not change their order.
            double own = cosine ? Math.sqrt(Math.max(1, byItem.count(item))) : 1;
            for (int other = 0; other < items; other++) {
              if (shared[other] > 0 && other != item) {
                best.offer(
                    other,
                    cosine
                        ? (float) (shared[other] / Math.sqrt((double) byItem.count(other)))
                        : shared[other]);
              }
            }
            int length = best.drain(list);
            lists[item] = Arrays.copyOf(list, length);
            scores[item] = new float[length];
            for (int i = 0; i < length; i++) {
              double common = shared[list[i]] / own;
              scores[item][i] =
                  (float) (cosine ? common / Math.sqrt((double) byItem.count(list[i])) : common);
            }
            Arrays.fill(shared, 0);
          }
        });
    return new BaselineLists(lists, scores, false);
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

  @Override
  public int related(int item, int n, int[] items, float[] scores) {
    int at = shared ? 0 : item;
    int written = 0;
    for (int i = 0; i < lists[at].length && written < n; i++) {
      if (lists[at][i] != item) {
        items[written] = lists[at][i];
        scores[written++] = this.scores[at][i];
      }
    }
    return written;
  }

  /**
   * Items by the cosine of their vectors, for instance the factors of one matrix factorisation.
   *
   * @param vectors [items x dim], row-major; an item whose vector is zero has no list and stands in
   *     none
   * @param n longest list to be asked for
   */
  public static BaselineLists nearest(float[] vectors, int dim, int n, Workers workers) {
    int items = vectors.length / dim;
    float[] unit = vectors.clone();
    boolean[] known = new boolean[items];
    for (int item = 0; item < items; item++) {
      Distances.normalize(unit, item * dim, dim);
      for (int j = 0; j < dim; j++) {
        known[item] |= unit[item * dim + j] != 0;
      }
    }
    FactorScores cosines = new FactorScores(unit, unit, dim);
    int[][] lists = new int[items][];
    float[][] scores = new float[items][];
    workers.forEachRange(
        items,
        64,
        (from, to, worker) -> {
          float[] tile = new float[Scores.TILE];
          float[] row = new float[items];
          BestItems best = new BestItems(n);
          int[] list = new int[n];
          for (int item = (int) from; item < to; item++) {
            int[] source = {item};
            for (int first = 0; first < items; first += Scores.TILE) {
              int width = Math.min(Scores.TILE, items - first);
              cosines.score(source, 0, 1, first, width, tile);
              System.arraycopy(tile, 0, row, first, width);
            }
            for (int other = 0; known[item] && other < items; other++) {
              if (other != item && known[other] && row[other] == row[other]) {
                best.offer(other, row[other]);
              }
            }
            int length = best.drain(list);
            lists[item] = Arrays.copyOf(list, length);
            scores[item] = new float[length];
            for (int i = 0; i < scores[item].length; i++) {
              scores[item][i] = row[lists[item][i]];
            }
          }
        });
    return new BaselineLists(lists, scores, false);
  }
}
