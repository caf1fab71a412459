package dev.kindred.engine.rank;

import java.util.Arrays;

/**
 * A set of ordinals that is emptied at a cost that depends on what is in it, not on how many
 * ordinals there are. Allocates only as it grows. For one thread.
 */
public final class OrdinalMarks {
  /** Words of the bits that tell most ordinals from those in the set; a power of two. */
  private static final int WORDS = 64;

  /** Bit o modulo 64 of word o / 64 modulo {@link #WORDS} is set for every o in the set. */
  private final long[] some = new long[WORDS];

  private final long[] bits;
  private int[] marked = new int[64];
  private int size;

  /** An empty set of ordinals in [0, bound). */
  public OrdinalMarks(int bound) {
    bits = new long[(int) ((bound + 63L) >> 6)];
  }

  public void clear() {
    for (int i = 0; i < size; i++) {
      bits[marked[i] >> 6] = 0;
      some[marked[i] >> 6 & WORDS - 1] = 0;
    }
    size = 0;
  }

  public void add(int ordinal) {
    if (contains(ordinal)) {
      return;
    }
    bits[ordinal >> 6] |= 1L << ordinal;
    some[ordinal >> 6 & WORDS - 1] |= 1L << ordinal;
    if (size == marked.length) {
      marked = Arrays.copyOf(marked, 2 * size);
    }
    marked[size++] = ordinal;
  }

  /** Of a few marks, most other ordinals are told from them in the first cache. */
  public boolean contains(int ordinal) {
    return (some[ordinal >> 6 & WORDS - 1] >>> ordinal & 1) != 0
        && (bits[ordinal >> 6] >>> ordinal & 1) != 0;
  }

  /** How many ordinals there are. */
  public int size() {
    return size;
  }
}
