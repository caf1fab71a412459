package dev.kindred.engine.inspect;

import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Order;
import java.util.Arrays;

/**
 * The size and form of a log. Immutable.
 *
 * @param rows samples
 * @param users that have a row
 * @param items that have a row
 * @param from first time in milliseconds since 1970, 0 without times
 * @param to last time
 * @param density rows of distinct pairs / (users x items)
 * @param headShare share of the rows that the most frequent hundredth of the items has
 * @param repeats share of the rows whose user and item met before
 * @param duplicates rows equal to another in user, item and time
 * @param medianRowsOfUser half of the users have fewer
 * @param busiestUserShare share of the rows that the busiest user has
 * @param singleRowUsers share of the users with one row only
 */
public record LogShape(
    int rows,
    int users,
    int items,
    long from,
    long to,
    double density,
    double headShare,
    double repeats,
    int duplicates,
    int medianRowsOfUser,
    double busiestUserShare,
    double singleRowUsers) {

  /** Counts. Cost: sorts the rows by a key of 8 bytes. */
  public static LogShape of(Events events) {
    int rows = events.size();
    int[] ofUser = new int[events.users().size()];
    int[] ofItem = new int[events.items().size()];
    long[] pairs = new long[rows];
    for (int row = 0; row < rows; row++) {
      ofUser[events.user(row)]++;
      ofItem[events.item(row)]++;
      pairs[row] = (long) events.user(row) << 32 | events.item(row);
    }
    int distinct = distinct(pairs);
    int[] userRows = Arrays.stream(ofUser).filter(n -> n > 0).sorted().toArray();
    int[] itemRows = Arrays.stream(ofItem).filter(n -> n > 0).sorted().toArray();
    long head = 0;
    int headItems = Math.max(1, itemRows.length / 100);
    for (int i = 0; i < headItems && i < itemRows.length; i++) {
      head += itemRows[itemRows.length - 1 - i];
    }
    boolean clock = events.order() == Order.TIME;
    return new LogShape(
        rows,
        userRows.length,
        itemRows.length,
        clock ? events.time(0) : 0,
        clock ? events.time(rows - 1) : 0,
        (double) distinct / userRows.length / itemRows.length,
        (double) head / rows,
        1 - (double) distinct / rows,
        events.duplicates(),
        userRows[userRows.length / 2],
        (double) userRows[userRows.length - 1] / rows,
        (double) Arrays.stream(userRows).filter(n -> n == 1).count() / userRows.length);
  }

  private static int distinct(long[] keys) {
    Arrays.sort(keys);
    int distinct = keys.length == 0 ? 0 : 1;
    for (int i = 1; i < keys.length; i++) {
      distinct += keys[i] != keys[i - 1] ? 1 : 0;
    }
    return distinct;
  }

  /** Days between the first and the last row; 0 without times. */
  public double days() {
    return (to - from) / 86_400_000.0;
  }
}
