package dev.kindred.engine.data;

import java.util.Arrays;

/** Divides events into a part to train on and a later part to test on. */
public final class Splits {
  private Splits() {}

  /**
   * The two parts, over the same ids.
   *
   * @param train the earlier rows
   * @param test the later rows
   */
  public record Split(Events train, Events test) {}

  /**
   * Tests on the last part of the log: every test row is later than every train row, or at least
   * not earlier where many rows share the time of the border.
   *
   * @param testShare of the rows, in (0, 1); at least one row goes to each part
   * @throws IllegalArgumentException if the rows are not ordered by time or fewer than two
   */
  public static Split byTime(Events events, double testShare) {
    requireShare(testShare);
    if (events.order() != Order.TIME) {
      throw new IllegalArgumentException(
          events.order() == Order.NONE
              ? "a split by time needs events with times, and these have neither times nor an"
                  + " order; declare the column"
              : "a split by time needs events with times, and these have an order alone; declare a"
                  + " time column or split off the last part of each user");
    }
    int size = events.size();
    if (size < 2) {
      throw new IllegalArgumentException("cannot split " + size + " events in two");
    }
    int testRows = (int) Math.round(size * testShare);
    int border = size - Math.min(Math.max(testRows, 1), size - 1);
    // Rows of one moment belong together, so the border moves to the first of them if it can.
    int first = border;
    while (first > 0 && events.time(first - 1) == events.time(border)) {
      first--;
    }
    if (first > 0) {
      border = first;
    }
    boolean[] test = new boolean[size];
    Arrays.fill(test, border, size, true);
    return split(events, test, size - border);
  }

  /**
   * Tests on the last rows of each user.
   *
   * @param testShare of the user's rows, in (0, 1), rounded; a user always keeps one row to train
   *     on
   * @throws IllegalArgumentException if the rows have no order
   */
  public static Split lastOfEachUser(Events events, double testShare) {
    requireShare(testShare);
    if (events.order() == Order.NONE) {
      throw new IllegalArgumentException(
          "a split by each user's order needs events with times or an order; declare the column");
    }
    int size = events.size();
    int[] left = new int[events.users().size()];
    for (int row = 0; row < size; row++) {
      left[events.user(row)]++;
    }
    for (int user = 0; user < left.length; user++) {
      long testRows = Math.round(left[user] * testShare);
      left[user] -= (int) Math.min(testRows, Math.max(left[user] - 1, 0));
    }
    boolean[] test = new boolean[size];
    int tests = 0;
    for (int row = 0; row < size; row++) {
      test[row] = --left[events.user(row)] < 0;
      tests += test[row] ? 1 : 0;
    }
    return split(events, test, tests);
  }

  private static void requireShare(double testShare) {
    if (!(testShare > 0 && testShare < 1)) {
      throw new IllegalArgumentException(
          "the test share is " + testShare + ", must be between 0 and 1, e.g. 0.2");
    }
  }

  private static Split split(Events events, boolean[] test, int tests) {
    int[] trainRows = new int[test.length - tests];
    int[] testRows = new int[tests];
    int a = 0;
    int b = 0;
    for (int row = 0; row < test.length; row++) {
      if (test[row]) {
        testRows[b++] = row;
      } else {
        trainRows[a++] = row;
      }
    }
    return new Split(events.select(trainRows), events.select(testRows));
  }
}
