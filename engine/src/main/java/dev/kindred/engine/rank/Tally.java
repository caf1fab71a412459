package dev.kindred.engine.rank;

import java.util.Arrays;

/**
 * Counts by key with a sum and the latest time of each, made to be emptied and filled again for
 * every request without allocation: open addressing, and a round number that makes old entries
 * free.
 *
 * <p>For one thread.
 */
final class Tally {
  private final int[] keys;
  private final int[] rounds;
  private final int[] counts;
  private final float[] sums;
  private final long[] latest;
  private final int[] used;
  private final int mask;
  private int size;
  private int round = 1;

  /**
   * @param most keys that can be in it at a time
   */
  Tally(int most) {
    int slots = Integer.highestOneBit(Math.max(8, 2 * most - 1)) << 1;
    keys = new int[slots];
    rounds = new int[slots];
    counts = new int[slots];
    sums = new float[slots];
    latest = new long[slots];
    used = new int[slots / 2];
    mask = slots - 1;
  }

  void clear() {
    size = 0;
    if (++round == 0) {
      Arrays.fill(rounds, 0);
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
  void add(int key, float amount, long time) {
    int slot = slotOf(key);
    if (rounds[slot] != round) {
      if (isFull()) {
        return;
      }
      rounds[slot] = round;
      keys[slot] = key;
      counts[slot] = 0;
      sums[slot] = 0;
      latest[slot] = Long.MIN_VALUE;
      used[size++] = slot;
    }
    counts[slot]++;
    sums[slot] += amount;
    latest[slot] = Math.max(latest[slot], time);
  }

  /** The slot of a key, or -1 if it isn't there. */
  int find(int key) {
    int slot = slotOf(key);
    return rounds[slot] == round ? slot : -1;
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

  float sumAt(int slot) {
    return sums[slot];
  }

  /** The key that came i-th, for i in [0, size()). */
  int key(int i) {
    return keys[used[i]];
  }

  /** The sum of the key that came i-th. */
  float sum(int i) {
    return sums[used[i]];
  }

  private int slotOf(int key) {
    int slot = key * 0x9E3779B1;
    slot = (slot ^ slot >>> 15) & mask;
    while (rounds[slot] == round && keys[slot] != key) {
      slot = slot + 1 & mask;
    }
    return slot;
  }
}
