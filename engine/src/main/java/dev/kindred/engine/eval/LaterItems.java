package dev.kindred.engine.eval;

import dev.kindred.engine.data.Events;
import dev.kindred.index.run.Workers;
import java.util.Arrays;

/**
 * Queries with several right answers: the last item that a user met before the held-out part, and
 * all that the user took to in it. A list beside that last item is asked how much of it it holds.
 *
 * <p>Nothing is masked: the lists know no user. Immutable; the same result for any number of
 * threads.
 */
public final class LaterItems {
  private final int[] users;
  private final int[] last;
  private final int[][] truth;

  private LaterItems(int[] users, int[] last, int[][] truth) {
    this.users = users;
    this.last = last;
    this.truth = truth;
  }

  /**
   * The queries of an objective: users for whom it happened in both parts. An item that is the
   * query itself is no right answer.
   *
   * @param history what was trained on, in time order
   * @param held what came later, over the same ids
   */
  public static LaterItems of(Events history, Events held, int objective) {
    int userCount = held.users().size();
    int[] lastItem = new int[userCount];
    Arrays.fill(lastItem, -1);
    for (int row = 0; row < history.size(); row++) {
      if (history.value(objective, row) > 0) {
        lastItem[history.user(row)] = history.item(row);
      }
    }
    int[] counts = new int[userCount];
    for (int row = 0; row < held.size(); row++) {
      counts[held.user(row)] += answers(held, objective, row, lastItem) ? 1 : 0;
    }
    int[][] items = new int[userCount][];
    int n = 0;
    for (int user = 0; user < userCount; user++) {
      items[user] = new int[counts[user]];
      n += counts[user] > 0 ? 1 : 0;
      counts[user] = 0;
    }
    for (int row = 0; row < held.size(); row++) {
      if (answers(held, objective, row, lastItem)) {
        int user = held.user(row);
        items[user][counts[user]++] = held.item(row);
      }
    }
    int[] users = new int[n];
    int[] last = new int[n];
    int[][] truth = new int[n][];
    n = 0;
    for (int user = 0; user < userCount; user++) {
      if (items[user].length > 0) {
        users[n] = user;
        last[n] = lastItem[user];
        truth[n++] = Arrays.stream(items[user]).sorted().distinct().toArray();
      }
    }
    return new LaterItems(users, last, truth);
  }

  private static boolean answers(Events held, int objective, int row, int[] lastItem) {
    int last = lastItem[held.user(row)];
    return held.value(objective, row) > 0 && last >= 0 && last != held.item(row);
  }

  /** Number of queries, one a user. */
  public int size() {
    return users.length;
  }

  /** The user of query {@code i}. */
  public int user(int i) {
    return users[i];
  }

  /** The users of all queries, for intervals over them. */
  public int[] users() {
    return users.clone();
  }

  /**
   * What the lists held of each query; an item without a list counts as nothing found.
   *
   * @throws IllegalArgumentException if k is below 1 or there are no queries
   */
  public RankingFigures figures(RelatedLists lists, int k, Workers workers) {
    if (users.length == 0) {
      throw new IllegalArgumentException(
          "no user has the objective both before and in the held-out part: hold out more of the"
              + " log");
    }
    RankingFigures figures = new RankingFigures(k, users.length);
    workers.forEachRange(
        users.length,
        64,
        (from, to, worker) -> {
          int[] list = new int[k];
          for (int i = (int) from; i < to; i++) {
            figures.put(i, list, lists.related(last[i], k, list), truth[i]);
          }
        });
    return figures;
  }
}
