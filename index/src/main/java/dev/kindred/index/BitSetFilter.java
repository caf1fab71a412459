package dev.kindred.index;

import java.util.Arrays;
import java.util.Objects;

/**
 * A filter of one bit per ordinal that knows how many are set: searches choose their way by that
 * number, and a scan goes from one set bit to the next.
 *
 * <p>Ordinals beyond its size don't pass. Any number of searches may share it while nobody changes
 * it.
 */
public final class BitSetFilter implements OrdinalFilter {
  private final int size;
  private final long[] words;
  private int cardinality;

  /**
   * Makes a filter that lets nothing through.
   *
   * @param size ordinals are in [0, size)
   */
  public BitSetFilter(int size) {
    if (size < 0) {
      throw new IllegalArgumentException("size must be at least 0, got " + size);
    }
    this.size = size;
    this.words = new long[(int) (((long) size + Long.SIZE - 1) / Long.SIZE)];
  }

  /** Asks another filter for each ordinal in [0, size) once. */
  public static BitSetFilter of(int size, OrdinalFilter filter) {
    BitSetFilter set = new BitSetFilter(size);
    for (int at = filter.next(0, size); at < size; at = filter.next(at + 1, size)) {
      set.set(at);
    }
    return set;
  }

  /** Ordinals are in [0, size). */
  public int size() {
    return size;
  }

  /** How many ordinals pass. */
  public int cardinality() {
    return cardinality;
  }

  /** Lets an ordinal through. */
  public void set(int ordinal) {
    Objects.checkIndex(ordinal, size);
    long bit = 1L << ordinal;
    if ((words[ordinal >>> 6] & bit) == 0) {
      words[ordinal >>> 6] |= bit;
      cardinality++;
    }
  }

  /** Shuts an ordinal out. */
  public void clear(int ordinal) {
    Objects.checkIndex(ordinal, size);
    long bit = 1L << ordinal;
    if ((words[ordinal >>> 6] & bit) != 0) {
      words[ordinal >>> 6] &= ~bit;
      cardinality--;
    }
  }

  /** Shuts all ordinals out. */
  public void clear() {
    Arrays.fill(words, 0);
    cardinality = 0;
  }

  @Override
  public boolean accepts(int ordinal) {
    return Integer.compareUnsigned(ordinal, size) < 0
        && (words[ordinal >>> 6] & 1L << ordinal) != 0;
  }

  @Override
  public int cardinality(int n) {
    if (n >= size) {
      return cardinality;
    }
    int count = 0;
    for (int word = 0; word < n >>> 6; word++) {
      count += Long.bitCount(words[word]);
    }
    // A shift by 0 would keep all bits of the word after the last.
    return (n & 63) == 0 ? count : count + Long.bitCount(words[n >>> 6] << -n);
  }

  @Override
  public int next(int from, int n) {
    int end = Math.min(n, size);
    if (from >= end) {
      return n;
    }
    int word = from >>> 6;
    long rest = words[word] & -1L << from;
    while (rest == 0) {
      if (++word == words.length) {
        return n;
      }
      rest = words[word];
    }
    int found = (word << 6) + Long.numberOfTrailingZeros(rest);
    return found < end ? found : n;
  }
}
