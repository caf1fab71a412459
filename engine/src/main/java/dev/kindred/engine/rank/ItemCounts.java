package dev.kindred.engine.rank;

import dev.kindred.engine.content.BestItems;
import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.Cooccurrence;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Order;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * What simple counts of a part of a log say of its items: how popular each is, and which items the
 * same users watched. Networks that read them start from what counting knows.
 *
 * @param popularity share of what was watched of late that each item is
 * @param popular items watched of late, most popular first
 * @param together for each item those that most of its users watched too, with the cosine
 */
record ItemCounts(float[] popularity, int[] popular, CandidateLists together) {
  /** Popular items that are kept. */
  private static final int POPULAR = 2000;

  /** Of late means: in the last part of the positives. */
  private static final double RECENT_SHARE = 0.2;

  /** Items kept for each item. */
  static final int TOGETHER = 100;

  /**
   * Counts.
   *
   * @param watched which rows count; each user counts once per item in {@code together}
   */
  static ItemCounts of(Events events, IntPredicate watched, Workers workers, Progress progress) {
    int items = events.items().size();
    int positives = 0;
    for (int row = 0; row < events.size(); row++) {
      positives += watched.test(row) ? 1 : 0;
    }
    // Without common times the log's end is not its last part: then all of it counts.
    boolean timed = events.order() == Order.TIME;
    long least = Math.max(1, Math.round(positives * (timed ? RECENT_SHARE : 1)));
    int[] counts = new int[items];
    long seen = 0;
    for (int row = events.size() - 1; row >= 0 && seen < least; row--) {
      if (watched.test(row)) {
        counts[events.item(row)]++;
        seen++;
      }
    }
    BestItems best = new BestItems(Math.min(POPULAR, items));
    float[] popularity = new float[items];
    for (int item = 0; item < items; item++) {
      popularity[item] = (float) counts[item] / Math.max(1, seen);
      if (counts[item] > 0 || !timed) {
        best.offer(item, counts[item]);
      }
    }
    best.sort();
    int[] popular = new int[best.size()];
    Arrays.setAll(popular, best::item);
    Interactions pairs =
        Interactions.of(
            events.users().size(),
            items,
            sink -> {
              for (int row = 0; row < events.size(); row++) {
                if (watched.test(row)) {
                  sink.add(events.user(row), events.item(row), 1);
                }
              }
            },
            Interactions.Duplicates.SUM);
    CandidateLists together =
        Cooccurrence.candidates(
            pairs, Cooccurrence.Options.defaults().withMaxPerItem(TOGETHER), workers, progress);
    return new ItemCounts(popularity, popular, together);
  }
}
