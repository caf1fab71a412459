package dev.kindred.engine.related;

import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.Polarity;
import dev.kindred.index.run.Draws;
import java.util.Arrays;

/**
 * Counts what users go on to and calibrates it on users who were not counted: the directed channel,
 * an objective of its own beside the symmetric ones.
 *
 * <p>A step is two different items that a user took to one after the other, within the longest gap
 * where the log has times; rows without a positive objective are passed over. Deterministic.
 */
public final class NextItemChannel {
  private NextItemChannel() {}

  /**
   * The channel with its calibration, which may be inactive.
   *
   * @throws IllegalArgumentException if the log has no order
   */
  public static RelatedScorer.Part of(
      Events events, NextItemOptions options, Calibration.Method method, long seed) {
    checkOrder(events);
    boolean[] isHeldOut =
        PairCalibration.heldOut(events.users().size(), Draws.of(seed, "next-items"));
    long[] counted = steps(events, options, isHeldOut, false);
    long[] held = steps(events, options, isHeldOut, true);
    CalibrationPairs pairs = PairCalibration.pairs(held, Draws.of(seed, "next-item-pairs"));
    Arrays.sort(counted);
    Channel channel =
        Channel.ofPairs(
            options.name(),
            Channel.Kind.DIRECTED,
            PairValues.ofSteps(
                events.items().size(), counted, counted.length, options.smoothing()));
    return new RelatedScorer.Part(channel, Calibration.fit(channel, pairs, method));
  }

  /**
   * Throws if a log has no steps.
   *
   * @throws IllegalArgumentException if it has no order
   */
  public static void checkOrder(Events events) {
    if (events.order() == Order.NONE) {
      throw new IllegalArgumentException(
          "what is watched next can't be counted: the log has neither times nor an order; count"
              + " what is taken together instead ([together] enabled = true)");
    }
  }

  /** from << 32 | to of each step, in the order of the log. */
  private static long[] steps(
      Events events, NextItemOptions options, boolean[] isHeldOut, boolean heldOut) {
    boolean timed = events.order() == Order.TIME;
    int[] last = new int[isHeldOut.length];
    long[] lastTime = new long[isHeldOut.length];
    Arrays.fill(last, -1);
    long[] steps = new long[1024];
    int count = 0;
    for (int row = 0; row < events.size(); row++) {
      int user = events.user(row);
      if (isHeldOut[user] != heldOut || !isPositive(events, row)) {
        continue;
      }
      int item = events.item(row);
      if (last[user] >= 0
          && last[user] != item
          && (!timed || events.time(row) - lastTime[user] <= options.maxGapMillis())) {
        if (count == steps.length) {
          steps = Arrays.copyOf(steps, Math.addExact(count, count >> 1));
        }
        steps[count++] = (long) last[user] << 32 | item;
      }
      last[user] = item;
      lastTime[user] = events.time(row);
    }
    return Arrays.copyOf(steps, count);
  }

  private static boolean isPositive(Events events, int row) {
    for (int k = 0; k < events.objectives().size(); k++) {
      if (events.objectives().get(k).polarity() == Polarity.POSITIVE && events.value(k, row) > 0) {
        return true;
      }
    }
    return false;
  }
}
