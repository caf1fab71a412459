package dev.kindred.engine.rank;

import java.util.Arrays;

/**
 * Some sums by item, to be emptied and filled again for every request without allocation: open
 * addressing in a table of indexes, items and sums side by side in the order of their coming, so
 * that going over all of them reads straight on.
 *
 * <p>For one thread.
 */
final class ItemSums {
  /** Index + 1 of the item at a place, 0 = free. */
  private final int[] table;

  private final int[] items;
  private final int columns;

  /** Those of an item side by side. */
  private final float[] sums;

  private int mask;
  private int shift;
  private int size;

  /**
   * @param most items that can be in it at a time
   * @param columns sums of an item
   */
  ItemSums(int most, int columns) {
    this.columns = columns;
    table = new int[slots(most)];
    items = new int[most];
    sums = new float[most * columns];
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

  /** Adds to the first sum of an item; one that has no room is left out. */
  void add(int item, float amount) {
    int index = indexOrNew(item);
    if (index >= 0) {
      sums[index * columns] += amount;
    }
  }

  /**
   * Adds amounts[0, count) times two weights to the first two sums of items[0, count); an item that
   * has no room is left out.
   */
  void add(int[] items, float[] amounts, int count, float weight, float secondWeight) {
    for (int i = 0; i < count; i++) {
      int index = indexOrNew(items[i]);
      if (index >= 0) {
        sums[index * columns] += weight * amounts[i];
        sums[index * columns + 1] += secondWeight * amounts[i];
      }
    }
  }

  /** Where an item stands, or -1 where there is no room for a new one. */
  private int indexOrNew(int item) {
    int at = slotOf(item);
    if (table[at] != 0) {
      return table[at] - 1;
    }
    if (size == items.length) {
      return -1;
    }
    items[size] = item;
    Arrays.fill(sums, size * columns, (size + 1) * columns, 0);
    table[at] = ++size;
    return size - 1;
  }

  /** Where an item stands in [0, size()), or -1 if nothing was added to it. */
  int index(int item) {
    return table[slotOf(item)] - 1;
  }

  /** The place of an item in the table, a free one if it isn't there. */
  private int slotOf(int item) {
    // Fibonacci hashing: the upper bits of the product keep neighbouring ordinals apart.
    int at = item * 0x9E3779B1 >>> shift;
    while (table[at] != 0 && items[table[at] - 1] != item) {
      at = at + 1 & mask;
    }
    return at;
  }

  /** The item that came i-th, for i in [0, size()). */
  int item(int i) {
    return items[i];
  }

  /** The first sum of the item that came i-th. */
  float sum(int i) {
    return sums[i * columns];
  }

  /** A sum of the item that came i-th. */
  float sum(int i, int column) {
    return sums[i * columns + column];
  }
}
