package dev.kindred.engine.eval;

import dev.kindred.engine.content.BestItems;
import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.Arrays;

/**
 * Ranks all items for every user with held-out items and averages the metrics of the lists.
 *
 * <p>The convention of the graph-recommender papers: items of the user's training row are left out,
 * recall divides by all held-out items, NDCG by the best possible list, and the mean runs over
 * users with at least one held-out item. Equal scores are ranked by lower ordinal.
 *
 * <p>Stateless; the same result for any number of threads.
 */
public final class TopNEvaluator {
  private static final int USERS_AT_ONCE = 32;

  private TopNEvaluator() {}

  /**
   * Means over the evaluated users.
   *
   * @param k length of the lists
   * @param users how many users had held-out items
   */
  public record Report(
      int k,
      int users,
      double recall,
      double ndcg,
      double hitRate,
      double precision,
      double f1,
      double reciprocalRank,
      double averagePrecision) {}

  /** Means of {@link #figures}. */
  public static Report evaluate(
      Scores scores,
      Interactions train,
      Interactions test,
      int k,
      Workers workers,
      Progress progress) {
    return figures(scores, train, test, k, workers, progress).means();
  }

  /**
   * Evaluates {@code scores} on {@code test}, both train and test [users x items]; a query is a
   * user who has test items, in their order.
   *
   * @throws IllegalArgumentException if shapes differ, k is below 1 or no user has a test item
   */
  public static RankingFigures figures(
      Scores scores,
      Interactions train,
      Interactions test,
      int k,
      Workers workers,
      Progress progress) {
    if (k < 1) {
      throw new IllegalArgumentException("k is " + k + "; it must be at least 1");
    }
    if (train.rows() != test.rows()
        || train.columns() != test.columns()
        || scores.items() != train.columns()) {
      throw new IllegalArgumentException(
          "train is "
              + train
              + ", test is "
              + test
              + " and there are scores for "
              + scores.items()
              + " items; the shapes must agree");
    }
    int[] users = usersWith(test);
    if (users.length == 0) {
      throw new IllegalArgumentException(
          "the test part is empty: no user of " + test.rows() + " has a test item");
    }
    RankingFigures figures = new RankingFigures(k, users.length);
    Scratch[] scratch = new Scratch[workers.threads()];
    try (Progress.Stage stage = progress.stage("Rank items for users", users.length)) {
      workers.forEachRange(
          users.length,
          USERS_AT_ONCE,
          (from, to, worker) -> {
            if (scratch[worker] == null) {
              scratch[worker] = new Scratch(k);
            }
            scratch[worker].rank(scores, train, test, users, (int) from, (int) to, figures);
            stage.add(to - from);
          });
    }
    return figures;
  }

  private static int[] usersWith(Interactions test) {
    int[] users = new int[test.rows()];
    int n = 0;
    for (int u = 0; u < test.rows(); u++) {
      if (test.count(u) > 0) {
        users[n++] = u;
      }
    }
    return Arrays.copyOf(users, n);
  }

  /** One worker's buffers. */
  private static final class Scratch {
    private final float[] tile = new float[USERS_AT_ONCE * Scores.TILE];
    private final BestItems[] best = new BestItems[USERS_AT_ONCE];
    private final long[] masked = new long[USERS_AT_ONCE];
    private final int[] ranked;

    Scratch(int k) {
      ranked = new int[k];
      for (int i = 0; i < best.length; i++) {
        best[i] = new BestItems(k);
      }
    }

    void rank(
        Scores scores,
        Interactions train,
        Interactions test,
        int[] users,
        int from,
        int to,
        RankingFigures figures) {
      int count = to - from;
      for (int u = 0; u < count; u++) {
        best[u].clear();
        masked[u] = train.start(users[from + u]);
      }
      for (int first = 0; first < scores.items(); first += Scores.TILE) {
        int width = Math.min(Scores.TILE, scores.items() - first);
        scores.score(users, from, count, first, width, tile);
        for (int u = 0; u < count; u++) {
          long end = train.end(users[from + u]);
          long i = masked[u];
          while (i < end && train.column(i) < first + width) {
            tile[u * width + train.column(i) - first] = Float.NEGATIVE_INFINITY;
            i++;
          }
          masked[u] = i;
          best[u].offer(tile, u * width, width, first);
        }
      }
      for (int u = 0; u < count; u++) {
        int user = users[from + u];
        int[] truth = new int[(int) test.count(user)];
        test.copyColumns(test.start(user), truth.length, truth, 0);
        int length = best[u].drain(ranked);
        figures.put(from + u, ranked, length, truth);
      }
    }
  }
}
