package dev.kindred.engine.rank;

import java.util.Arrays;

/**
 * Sums by item, to be emptied and filled again for every request without allocation: open
 * addressing in a table of indexes, items and sums side by side in the order of their coming, so
 * that going over all of them reads straight on.
 *
 * <p>For one thread.
 */
final class ItemSums {
  /** Index + 1 of the item at a place, 0 = free. */
  private final int[] table;

  private final int[] items;
  private final float[] sums;
  private int mask;
  private int shift;
  private int size;

  /**
   * @param most items that can be in it at a time
   */
  ItemSums(int most) {
    table = new int[slots(most)];
    items = new int[most];
    sums = new float[most];
  }

  /** At least four times as many places as items: most are free at the first look. */
  private static int slots(int items) {
    return Integer.highestOneBit(Math.max(8, 4 * items - 1)) << 1;
  }

  /**
   * Empties it.
   *
   * @param most at least as many as items that will come; a small number touches little memory
   */
  void begin(int most) {
    int length = slots(Math.min(most, items.length));
    Arrays.fill(table, 0, length, 0);
    mask = length - 1;
    shift = Integer.numberOfLeadingZeros(mask);
    size = 0;
  }

  /** How many items there are. */
  int size() {
    return size;
  }

  /** Adds to the sum of an item; one that has no room is left out. */
  void add(int item, float amount) {
    // Fibonacci hashing: the upper bits of the product keep neighbouring ordinals apart.
    int at = item * 0x9E3779B1 >>> shift;
    while (table[at] != 0) {
      int index = table[at] - 1;
      if (items[index] == item) {
        sums[index] += amount;
        return;
      }
      at = at + 1 & mask;
    }
    if (size == items.length) {
      return;
    }
    items[size] = item;
    sums[size] = amount + 0f; // as if added to nothing: -0 becomes 0
    table[at] = ++size;
  }

  /** The item that came i-th, for i in [0, size()). */
  int item(int i) {
    return items[i];
  }

  /** The sum of the item that came i-th. */
  float sum(int i) {
    return sums[i];
  }
}
