package dev.kindred.engine.rank;

/**
 * One thing that happened between a user and an item, packed into a long: 2 bits for what it was,
 * 28 for the item's ordinal, 34 for the time, so that entries order by time.
 *
 * <pre>
 * bit 63 .. 30   time, signed: seconds since 1970 UTC, or a sequence number
 * bit 29 .. 2    ordinal of the item, or of the token searched for
 * bit 1 .. 0     kind: 0 watched, 1 shown without a click, 2 disliked, 3 searched
 * </pre>
 *
 * <p>Stateless.
 */
public final class HistoryEntry {
  /** A positive objective happened. */
  public static final int WATCHED = 0;

  /** Shown, and no objective happened. */
  public static final int SHOWN = 1;

  /** A negative objective happened. */
  public static final int DISLIKED = 2;

  /** Searched for: in place of the item stands the ordinal of a token. */
  public static final int SEARCHED = 3;

  private static final int KIND_BITS = 2;
  private static final int ITEM_BITS = 28;
  private static final long LARGEST_TIME = (1L << 63 - KIND_BITS - ITEM_BITS) - 1;

  private HistoryEntry() {}

  /**
   * @param time within 2^33 of 0, else the nearest that is
   */
  public static long of(int kind, int item, long time) {
    if (kind < 0 || kind >= 1 << KIND_BITS || item < 0 || item >= 1 << ITEM_BITS) {
      throw new IllegalArgumentException(
          "kind %d and item %d; kinds go from 0 to 3, items to %d"
              .formatted(kind, item, (1 << ITEM_BITS) - 1));
    }
    long bounded = Math.clamp(time, -LARGEST_TIME, LARGEST_TIME);
    return bounded << KIND_BITS + ITEM_BITS | (long) item << KIND_BITS | kind;
  }

  public static int kind(long entry) {
    return (int) entry & (1 << KIND_BITS) - 1;
  }

  public static int item(long entry) {
    return (int) (entry >>> KIND_BITS) & (1 << ITEM_BITS) - 1;
  }

  public static long time(long entry) {
    return entry >> KIND_BITS + ITEM_BITS;
  }
}
