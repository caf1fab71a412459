package dev.kindred.engine.related;

import dev.kindred.engine.content.Cooccurrence;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.Arrays;

/**
 * Counts what users take to besides, by whichever positive objective and in any order, and
 * calibrates it on users who were not counted: item-based collaborative filtering ({@link
 * Cooccurrence}) as an objective of its own. Factors and networks smooth over what a few users did;
 * this says it as it is.
 *
 * <p>Stateless; deterministic for any number of threads.
 */
public final class TogetherChannel {
  /** Pairs that an item of a held-out user is in, at most; even. */
  private static final int PARTNERS = 20;

  /** Pairs of held-out users that are kept to be drawn from, about. */
  private static final int MOST_KEPT = 100_000;

  private TogetherChannel() {}

  /** The channel with its calibration, which may be inactive. */
  public static RelatedScorer.Part of(
      Events events,
      TogetherOptions options,
      Calibration.Method method,
      long seed,
      Workers workers,
      Progress progress) {
    Interactions engaged = events.engaged();
    boolean[] isHeldOut = PairCalibration.heldOut(engaged.rows(), Draws.of(seed, "together"));
    Interactions counted =
        Interactions.of(
            engaged.rows(),
            engaged.columns(),
            sink -> {
              for (int user = 0; user < isHeldOut.length; user++) {
                for (long at = engaged.start(user); at < engaged.end(user); at++) {
                  if (!isHeldOut[user]) {
                    sink.add(user, engaged.column(at), 1);
                  }
                }
              }
            },
            Interactions.Duplicates.LAST);
    Channel channel =
        Channel.ofPairs(
            options.name(),
            Channel.Kind.TOGETHER,
            PairValues.ofLists(
                Cooccurrence.candidates(counted, options.lists(), workers, progress)));
    long[] held =
        pairs(engaged, isHeldOut, options.lists().maxUserItems(), Draws.of(seed, "items-together"));
    CalibrationPairs pairs = PairCalibration.pairs(held, Draws.of(seed, "together-pairs"));
    Calibration calibration = Calibration.fit(channel, pairs, method);
    // An item that was taken together with none counts like one that wasn't with the source.
    return new RelatedScorer.Part(
        channel,
        calibration.active()
            ? calibration.withPresence(new Presence(calibration.logOdds(0), 0))
            : calibration);
  }

  /**
   * first << 32 | second of some pairs of held-out users, each pair of a user once and in a drawn
   * direction: each item with those next to it in a drawn circle, so that work stays linear in the
   * log. Users of too many items to be counted are left out here too.
   */
  static long[] pairs(Interactions engaged, boolean[] isHeldOut, int maxUserItems, Draws draws) {
    long total = 0;
    for (int user = 0; user < isHeldOut.length; user++) {
      total += isHeldOut[user] ? pairs(engaged.count(user), maxUserItems) : 0;
    }
    double share = Math.min(1, (double) MOST_KEPT / Math.max(1, total));
    long[] pairs = new long[MOST_KEPT];
    int count = 0;
    for (int user = 0; user < isHeldOut.length; user++) {
      if (!isHeldOut[user] || pairs(engaged.count(user), maxUserItems) == 0) {
        continue;
      }
      int[] row = new int[(int) engaged.count(user)];
      engaged.copyColumns(engaged.start(user), row.length, row, 0);
      draws.reset(user);
      draws.shuffle(row, 0, row.length);
      // With few items the circle closes: every pair once.
      boolean closed = row.length <= PARTNERS;
      for (int i = 0; i < row.length; i++) {
        int ahead = closed ? row.length - 1 - i : PARTNERS / 2;
        for (int step = 1; step <= ahead; step++) {
          long one = row[i];
          long other = row[(i + step) % row.length];
          boolean kept = share == 1 || draws.nextDouble() < share;
          if (kept && count < pairs.length) {
            pairs[count++] = draws.nextInt(2) == 0 ? one << 32 | other : other << 32 | one;
          }
        }
      }
    }
    return Arrays.copyOf(pairs, count);
  }

  /** How many pairs a user with so many items has a part in. */
  private static long pairs(long items, int maxUserItems) {
    return items > maxUserItems
        ? 0
        : items <= PARTNERS ? items * (items - 1) / 2 : items * (PARTNERS / 2);
  }
}
