package dev.kindred.engine.content;

import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.Arrays;

/**
 * Candidates from co-occurrence (item-based collaborative filtering; Sarwar et al., "Item-based
 * collaborative filtering recommendation algorithms", WWW 2001): cosine of the sets of users of two
 * items, users who have both / sqrt(users of one * users of the other).
 *
 * <p>Exact, from counts of distinct users; the same for any number of threads.
 */
public final class Cooccurrence {
  private static final int GRAIN = 64;

  private Cooccurrence() {}

  /**
   * What counts as co-occurrence.
   *
   * @param maxPerItem most candidates kept for an item, best first
   * @param minUsers pairs that fewer distinct users have in common are dropped: one says little
   *     about the pair and much about themselves
   * @param maxUserItems users with more items are left out: such logs come from machines, and work
   *     rises with the square of this
   */
  public record Options(int maxPerItem, int minUsers, int maxUserItems) {
    public Options {
      if (maxPerItem < 1 || minUsers < 1 || maxUserItems < 1) {
        throw new IllegalArgumentException(
            "maxPerItem "
                + maxPerItem
                + ", minUsers "
                + minUsers
                + " and maxUserItems "
                + maxUserItems
                + " must all be at least 1");
      }
    }

    /**
     * At most 200 candidates with 2 users in common; users with up to 5000 items. On a sparse log
     * that leaves rare items without any: join with {@link FactorNeighbors}, or ask for 1 user.
     */
    public static Options defaults() {
      return new Options(200, 2, 5000);
    }

    /** This with another cap of candidates per item. */
    public Options withMaxPerItem(int value) {
      return new Options(value, minUsers, maxUserItems);
    }

    /** This with another least number of common users. */
    public Options withMinUsers(int value) {
      return new Options(maxPerItem, value, maxUserItems);
    }

    /** This with another limit of items that a user may have. */
    public Options withMaxUserItems(int value) {
      return new Options(maxPerItem, minUsers, value);
    }
  }

  /**
   * Candidates of every item.
   *
   * @param interactions users x items; a stored entry counts whatever its value
   */
  public static CandidateLists candidates(
      Interactions interactions, Options options, Workers workers, Progress progress) {
    int items = interactions.columns();
    Interactions usersOfItem = interactions.transposed();
    boolean[] kept = new boolean[interactions.rows()];
    int longest = 0;
    for (int user = 0; user < kept.length; user++) {
      long count = interactions.count(user);
      kept[user] = count > 1 && count <= options.maxUserItems();
      longest = kept[user] ? Math.max(longest, (int) count) : longest;
    }
    int rowLength = longest;
    int[] users = new int[items]; // of each item, those kept or with this item only
    for (int item = 0; item < items; item++) {
      for (long at = usersOfItem.start(item); at < usersOfItem.end(item); at++) {
        users[item] += interactions.count(usersOfItem.column(at)) <= options.maxUserItems() ? 1 : 0;
      }
    }
    int[][] found = new int[items][];
    float[][] similarities = new float[items][];
    Scratch[] scratch = new Scratch[workers.threads()];
    try (Progress.Stage stage = progress.stage("co-occurrence candidates", items)) {
      workers.forEachRange(
          items,
          GRAIN,
          (from, to, worker) -> {
            if (scratch[worker] == null) {
              scratch[worker] = new Scratch(items, rowLength, options.maxPerItem());
            }
            for (int item = (int) from; item < to; item++) {
              BestItems best = scratch[worker].best;
              scratch[worker].count(item, interactions, usersOfItem, kept);
              scratch[worker].select(item, users, options.minUsers());
              found[item] = new int[best.size()];
              similarities[item] = new float[best.size()];
              for (int i = 0; i < best.size(); i++) {
                found[item][i] = best.item(i);
                similarities[item][i] = best.score(i);
              }
            }
            stage.add(to - from);
          });
    }
    return CandidateLists.of(found, similarities, CandidateSource.COOCCURRENCE);
  }

  private static final class Scratch {
    private final int[] counts;
    private int[] touched = new int[256];
    private int touchedCount;
    private final int[] row;
    private final BestItems best;

    Scratch(int items, int rowLength, int maxPerItem) {
      counts = new int[items];
      row = new int[rowLength];
      best = new BestItems(maxPerItem);
    }

    /** counts[j] = kept users who have both; touched = the items with a count. */
    void count(int item, Interactions interactions, Interactions usersOfItem, boolean[] kept) {
      touchedCount = 0;
      for (long at = usersOfItem.start(item); at < usersOfItem.end(item); at++) {
        int user = usersOfItem.column(at);
        if (!kept[user]) {
          continue;
        }
        int length = (int) interactions.count(user);
        interactions.copyColumns(interactions.start(user), length, row, 0);
        if (touchedCount + length > touched.length) {
          touched = Arrays.copyOf(touched, 2 * (touchedCount + length));
        }
        for (int i = 0; i < length; i++) {
          if (counts[row[i]]++ == 0) {
            touched[touchedCount++] = row[i];
          }
        }
      }
    }

    /** Best candidates of the item; counts are zero again afterwards. */
    void select(int item, int[] users, int minUsers) {
      best.clear();
      for (int i = 0; i < touchedCount; i++) {
        int other = touched[i];
        int common = counts[other];
        counts[other] = 0;
        if (other != item && common >= minUsers) {
          best.offer(other, (float) (common / Math.sqrt((double) users[item] * users[other])));
        }
      }
      best.sort();
    }
  }
}
