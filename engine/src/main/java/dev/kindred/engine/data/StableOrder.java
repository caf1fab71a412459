package dev.kindred.engine.data;

import java.util.Arrays;

/** Sorts rows by a key with a radix sort: stable, in a few passes over the rows. */
final class StableOrder {
  private static final int BITS = 11;
  private static final int BUCKETS = 1 << BITS;

  private StableOrder() {}

  /** Whether the first {@code size} keys never fall. */
  static boolean isSorted(long[] keys, int size) {
    for (int i = 1; i < size; i++) {
      if (keys[i] < keys[i - 1]) {
        return false;
      }
    }
    return true;
  }

  /** The rows [0, size) by rising key; rows of equal keys keep their order. */
  static int[] byKey(long[] keys, int size) {
    int[] rows = new int[size];
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int i = 0; i < size; i++) {
      rows[i] = i;
      min = Math.min(min, keys[i]);
      max = Math.max(max, keys[i]);
    }
    if (size < 2) {
      return rows;
    }
    // As an unsigned number the difference is right even where it overflows a signed one.
    int significant = Long.SIZE - Long.numberOfLeadingZeros(max - min);
    int[] target = new int[size];
    int[] next = new int[BUCKETS];
    for (int shift = 0; shift < significant; shift += BITS) {
      Arrays.fill(next, 0);
      for (int i = 0; i < size; i++) {
        next[(int) (keys[i] - min >>> shift) & BUCKETS - 1]++;
      }
      int sum = 0;
      for (int b = 0; b < BUCKETS; b++) {
        int count = next[b];
        next[b] = sum;
        sum += count;
      }
      for (int i = 0; i < size; i++) {
        int row = rows[i];
        target[next[(int) (keys[row] - min >>> shift) & BUCKETS - 1]++] = row;
      }
      int[] swap = rows;
      rows = target;
      target = swap;
    }
    return rows;
  }
}
