package dev.kindred.engine.related;

import dev.kindred.index.run.Draws;
import java.util.Arrays;

/** What channels of pairs are calibrated on: pairs of users who were not counted. Stateless. */
final class PairCalibration {
  /** Share of users who are not counted. */
  private static final double HELD_OUT = 0.1;

  private static final int MAX_PAIRS = 20_000;

  private PairCalibration() {}

  /** Which users are held out. */
  static boolean[] heldOut(int users, Draws draws) {
    boolean[] isHeldOut = new boolean[users];
    for (int user = 0; user < users; user++) {
      draws.reset(user);
      isHeldOut[user] = draws.nextDouble() < HELD_OUT;
    }
    return isHeldOut;
  }

  /**
   * Held-out pairs, and as many from the first of one to the second of another.
   *
   * @param held first << 32 | second of each
   */
  static CalibrationPairs pairs(long[] held, Draws draws) {
    int count = Math.min(held.length, MAX_PAIRS);
    int[] first = new int[2 * count];
    int[] second = new int[2 * count];
    int pairs = 0;
    // Every second pair is kept from the first fit: those of a user must not take turns.
    int[] order = new int[count];
    Arrays.setAll(order, i -> i);
    draws.reset(2);
    draws.shuffle(order, 0, count);
    for (int i = 0; i < count; i++) {
      draws.reset(0, i);
      long step = held[held.length == count ? order[i] : draws.nextInt(held.length)];
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
