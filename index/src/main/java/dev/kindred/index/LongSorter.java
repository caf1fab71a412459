package dev.kindred.index;

import java.util.Arrays;
import java.util.Objects;

/**
 * Sorts longs upwards in place: by insertion where there are few, else byte by byte from the lowest
 * (a radix sort). Bytes in which all agree, as the upper ones of ordinals do, cost a look only.
 *
 * <p>{@link Arrays#sort(long[])} puts an array on the heap for each partition that it makes with
 * AVX-512. This allocates only when it is given more longs than ever before. Not thread safe; one
 * per worker or request.
 */
public final class LongSorter {
  /** Entries up to which insertion is the faster: 48 take .4 us, by bytes 64 take 1.1 (Zen 5). */
  private static final int FEW = 48;

  private static final int VALUES = 256;

  private long[] spare = new long[0];
  private int[] counts = new int[0]; // of the values of each byte

  /** A sorter without room yet. */
  public LongSorter() {}

  /** Makes room for {@code n} longs, so that sorting as many allocates nothing. */
  public void reserve(int n) {
    if (n > FEW && n > spare.length) {
      spare = new long[n];
      counts = new int[Long.BYTES * VALUES];
    }
  }

  /**
   * Sorts the first {@code n} values upwards.
   *
   * @throws IndexOutOfBoundsException if n is negative or above the length
   */
  public void sort(long[] values, int n) {
    Objects.checkFromIndexSize(0, n, values.length);
    if (n <= FEW) {
      insert(values, n);
      return;
    }
    reserve(n);
    count(values, n);
    long[] from = values;
    long[] to = spare;
    for (int at = 0; at < Long.BYTES; at++) {
      if (counts[at * VALUES + digit(from[0], at)] < n) {
        scatter(from, to, n, at);
        long[] swapped = from;
        from = to;
        to = swapped;
      }
    }
    if (from != values) {
      System.arraycopy(from, 0, values, 0, n);
    }
  }

  private static void insert(long[] values, int n) {
    for (int i = 1; i < n; i++) {
      long value = values[i];
      int hole = i;
      while (hole > 0 && values[hole - 1] > value) {
        values[hole] = values[hole - 1];
        hole--;
      }
      values[hole] = value;
    }
  }

  private void count(long[] values, int n) {
    Arrays.fill(counts, 0);
    for (int i = 0; i < n; i++) {
      for (int at = 0; at < Long.BYTES; at++) {
        counts[at * VALUES + digit(values[i], at)]++;
      }
    }
  }

  private void scatter(long[] from, long[] to, int n, int at) {
    int base = at * VALUES;
    int start = 0;
    for (int value = base; value < base + VALUES; value++) {
      int count = counts[value];
      counts[value] = start;
      start += count;
    }
    for (int i = 0; i < n; i++) {
      to[counts[base + digit(from[i], at)]++] = from[i];
    }
  }

  /** The {@code at}-th byte from the lowest, the sign turned so that bytes order as longs do. */
  private static int digit(long value, int at) {
    return (int) ((value ^ Long.MIN_VALUE) >>> (8 * at)) & 0xff;
  }
}
