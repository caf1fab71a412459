package dev.kindred.engine.related;

import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.Polarity;
import dev.kindred.index.run.Draws;
import java.util.Arrays;

/**
 * Counts what users go on to and calibrates it on users who were not counted: the directed channel,
 * an objective of its own beside the symmetric ones.
 *
 * <p>A step is two different items that a user took to one after the other, within the longest gap
 * where the log has times; rows without a positive objective are passed over. In a log without an
 * order any two items that a user took to are a step, both ways: what is taken together. Of a user
 * with many items each has {@value #PARTNERS} others, drawn, so that work stays linear in the log.
 * Deterministic.
 */
public final class NextItemChannel {
  /** Share of users whose steps are kept for calibration. */
  private static final double HELD_OUT = 0.1;

  private static final int MAX_PAIRS = 20_000;

  /** Steps from an item of one user in a log without an order, at most; even. */
  private static final int PARTNERS = 20;

  private NextItemChannel() {}

  /** The channel with its calibration, which may be inactive. */
  public static RelatedScorer.Part of(
      Events events, NextItemOptions options, Calibration.Method method, long seed) {
    Draws draws = Draws.of(seed, "next-items");
    boolean[] isHeldOut = new boolean[events.users().size()];
    for (int user = 0; user < isHeldOut.length; user++) {
      draws.reset(user);
      isHeldOut[user] = draws.nextDouble() < HELD_OUT;
    }
    boolean ordered = events.order() != Order.NONE;
    long[] counted =
        ordered
            ? steps(events, options, isHeldOut, false)
            : together(events, isHeldOut, false, seed);
    long[] held =
        ordered ? steps(events, options, isHeldOut, true) : together(events, isHeldOut, true, seed);
    CalibrationPairs pairs = pairs(held, Draws.of(seed, "next-item-pairs"));
    Arrays.sort(counted);
    Channel channel =
        Channel.directed(
            options.name(),
            NextItems.of(events.items().size(), counted, counted.length, options.smoothing()));
    return new RelatedScorer.Part(channel, Calibration.fit(channel, pairs, method));
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

  /** The same of a log without an order: each item of a user with those next to it in a circle. */
  private static long[] together(Events events, boolean[] isHeldOut, boolean heldOut, long seed) {
    Interactions engaged = events.engaged();
    long total = 0;
    for (int user = 0; user < isHeldOut.length; user++) {
      if (isHeldOut[user] == heldOut) {
        total += engaged.count(user) * Math.min(PARTNERS, Math.max(0, engaged.count(user) - 1));
      }
    }
    long[] steps = new long[Math.toIntExact(total)];
    Draws draws = Draws.of(seed, "items-together");
    int count = 0;
    for (int user = 0; user < isHeldOut.length; user++) {
      if (isHeldOut[user] != heldOut) {
        continue;
      }
      int length = (int) engaged.count(user);
      int[] row = new int[length];
      engaged.copyColumns(engaged.start(user), length, row, 0);
      draws.reset(user);
      draws.shuffle(row, 0, length);
      // With few items the circle closes; where it is cut, half of the partners lie on each side.
      boolean closed = length - 1 <= PARTNERS;
      int ahead = closed ? length - 1 : PARTNERS / 2;
      for (int i = 0; i < length; i++) {
        for (int step = 1; step <= ahead; step++) {
          int other = row[(i + step) % length];
          steps[count++] = (long) row[i] << 32 | other;
          if (!closed) {
            steps[count++] = (long) other << 32 | row[i];
          }
        }
      }
    }
    return steps;
  }

  private static boolean isPositive(Events events, int row) {
    for (int k = 0; k < events.objectives().size(); k++) {
      if (events.objectives().get(k).polarity() == Polarity.POSITIVE && events.value(k, row) > 0) {
        return true;
      }
    }
    return false;
  }

  /** Held-out steps, and as many from the start of one to the end of another. */
  private static CalibrationPairs pairs(long[] held, Draws draws) {
    int count = Math.min(held.length, MAX_PAIRS);
    int[] first = new int[2 * count];
    int[] second = new int[2 * count];
    int pairs = 0;
    for (int i = 0; i < count; i++) {
      draws.reset(0, i);
      long step = held[held.length == count ? i : draws.nextInt(held.length)];
      first[pairs] = (int) (step >>> 32);
      second[pairs++] = (int) step;
    }
    for (int i = 0; i < count; i++) {
      draws.reset(1, i);
      int from = (int) (held[draws.nextInt(held.length)] >>> 32);
      int to = (int) held[draws.nextInt(held.length)];
      if (from != to) {
        first[pairs] = from;
        second[pairs++] = to;
      }
    }
    return CalibrationPairs.of(Arrays.copyOf(first, pairs), Arrays.copyOf(second, pairs), count);
  }
}
