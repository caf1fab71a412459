package dev.kindred.engine.rank;

import java.util.Arrays;

/**
 * Counts by key with the latest time of each, made to be emptied and filled again for every request
 * without allocation: open addressing, and a round number that makes old entries free.
 *
 * <p>For one thread.
 */
final class Tally {
  /** Round and key in one, so that a look-up reads one place. */
  private final long[] slots;

  private final int[] counts;
  private final long[] latest;
  private final int[] used;
  private final int mask;
  private final int shift;
  private int size;
  private int round = 1;

  /**
   * @param most keys that can be in it at a time
   */
  Tally(int most) {
    int length = Integer.highestOneBit(Math.max(8, 2 * most - 1)) << 1;
    slots = new long[length];
    counts = new int[length];
    latest = new long[length];
    used = new int[length / 2];
    mask = length - 1;
    shift = Integer.numberOfLeadingZeros(mask);
  }

  void clear() {
    size = 0;
    if (++round == 0) {
      Arrays.fill(slots, 0);
      round = 1;
    }
  }

  /** How many keys there are. */
  int size() {
    return size;
  }

  /** Whether no further key has room. */
  boolean isFull() {
    return size == used.length;
  }

  /** Counts a key; a key that has no room is left out. */
  void add(int key, long time) {
    int slot = slotOf(key);
    long wanted = wanted(key);
    if (slots[slot] == wanted) {
      counts[slot]++;
      latest[slot] = Math.max(latest[slot], time);
      return;
    }
    if (isFull()) {
      return;
    }
    slots[slot] = wanted;
    counts[slot] = 1;
    latest[slot] = time;
    used[size++] = slot;
  }

  /** The slot of a key, or -1 if it isn't there. */
  int find(int key) {
    int slot = slotOf(key);
    return slots[slot] == wanted(key) ? slot : -1;
  }

  boolean contains(int key) {
    return find(key) >= 0;
  }

  int count(int slot) {
    return counts[slot];
  }

  long latest(int slot) {
    return latest[slot];
  }

  /** The key that came i-th, for i in [0, size()). */
  int key(int i) {
    return (int) slots[used[i]];
  }

  private int slotOf(int key) {
    // Fibonacci hashing: the upper bits of the product keep neighbouring keys apart.
    int slot = key * 0x9E3779B1 >>> shift;
    long wanted = wanted(key);
    while (slots[slot] != wanted && (int) (slots[slot] >>> Integer.SIZE) == round) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private long wanted(int key) {
    return (long) round << Integer.SIZE | key & 0xffffffffL;
  }
}
