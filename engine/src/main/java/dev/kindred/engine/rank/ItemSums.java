package dev.kindred.engine.rank;

import dev.kindred.engine.content.BestItems;
import dev.kindred.engine.content.BestLists;
import java.util.Arrays;

/**
 * Some sums by item, to be emptied and filled again for every request without allocation: open
 * addressing in a table of indexes, items and sums side by side in the order of their coming, so
 * that going over all of them reads straight on.
 *
 * <p>For one thread.
 */
final class ItemSums {
  /**
   * One of so many sums is looked at to guess what the best are. Sums come from lists that begin
   * with their best, of lengths like 100: a step that doesn't divide those meets all places.
   */
  private static final int SAMPLING = 7;

  /** Index + 1 of the item at a place, 0 = free. */
  private final int[] table;

  private final int[] items;
  private final int columns;

  /** Those of an item side by side. */
  private final float[] sums;

  private final int[] list;

  private int mask;
  private int shift;
  private int size;

  /**
   * @param most items that can be in it at a time
   * @param columns sums of an item, 1 or 2
   */
  ItemSums(int most, int columns) {
    this.columns = columns;
    table = new int[slots(most)];
    items = new int[most];
    sums = new float[most * columns];
    list = new int[most];
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
    add(item, amount, 0);
  }

  /**
   * Adds amounts[0, count) times two weights to the first two sums of items[0, count); an item that
   * has no room is left out.
   */
  void add(int[] items, float[] amounts, int count, float weight, float secondWeight) {
    for (int i = 0; i < count; i++) {
      add(items[i], weight * amounts[i], secondWeight * amounts[i]);
    }
  }

  private void add(int item, float first, float second) {
    int slot = slotOf(item);
    int place = table[slot] - 1;
    if (place >= 0) {
      sums[place * columns] += first;
      if (columns > 1) {
        sums[place * columns + 1] += second;
      }
    } else if (size < items.length) {
      items[size] = item;
      sums[size * columns] = first;
      if (columns > 1) {
        sums[size * columns + 1] = second;
      }
      table[slot] = ++size;
    }
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

  /**
   * A bar that about {@code wanted} or some more of the first sums reach, from a sample of them;
   * -infinity where looking at all of them is as well.
   */
  float likelyBar(int wanted, BestLists best) {
    int sampled = size / SAMPLING;
    // Of those wanted, as many are in the sample as chance has it, and its usual error more.
    int above = (int) Math.ceil(wanted / SAMPLING + 2.5 * Math.sqrt(wanted / SAMPLING));
    if (wanted < SAMPLING || sampled < 2 * above) {
      return Float.NEGATIVE_INFINITY;
    }
    BestItems sample = best.of(above);
    for (int i = 0; i < sampled; i++) {
      float sum = sums[i * SAMPLING * columns];
      if (sum >= sample.bar()) {
        sample.offer(i, sum);
      }
    }
    sample.sort();
    // Fewer where sums of a damaged file are no numbers.
    return sample.size() < above ? Float.NEGATIVE_INFINITY : sample.score(above - 1);
  }

  /**
   * Lists the items whose first sum is at least so high, for {@link #listed}.
   *
   * @return how many
   */
  int listAtLeast(float least) {
    int count = 0;
    for (int i = 0; i < size; i++) {
      list[count] = i;
      count += sums[i * columns] >= least ? 1 : 0; // no branch: which it is can't be guessed
    }
    return count;
  }

  /** A listed item's place in [0, size()), in the order of their coming. */
  int listed(int i) {
    return list[i];
  }
}
