package dev.kindred.engine.rank;

import java.util.Arrays;

/**
 * The union of what the sources bring, each item once with all its sources. The order is that of
 * the first bringing. Reused from request to request; allocates only as it grows. For one thread.
 */
final class Candidates {
  private int[] ordinals;
  private byte[] sources;
  private int[] table; // index + 1, 0 = free
  private int mask;
  private int shift;
  private int size;

  Candidates(int capacity) {
    make(Math.max(16, capacity));
  }

  private void make(int capacity) {
    ordinals = new int[capacity];
    sources = new byte[capacity];
    table = new int[Integer.highestOneBit(2 * capacity - 1) << 1];
    mask = table.length - 1;
    shift = Integer.numberOfLeadingZeros(mask);
  }

  /** Empties it and makes room for a number of items. */
  void begin(int capacity) {
    if (capacity > ordinals.length) {
      make(capacity);
    } else {
      Arrays.fill(table, 0);
    }
    size = 0;
  }

  /** Whether it was new; what has no room is left out. */
  boolean add(int ordinal, RetrievalSource source) {
    return add(ordinal, (byte) (1 << source.ordinal()));
  }

  /** An item that no source has to find. */
  boolean add(int ordinal) {
    return add(ordinal, (byte) 0);
  }

  private boolean add(int ordinal, byte bits) {
    // Fibonacci hashing: the upper bits of the product keep neighbouring ordinals apart.
    int slot = ordinal * 0x9E3779B1 >>> shift;
    while (table[slot] != 0 && ordinals[table[slot] - 1] != ordinal) {
      slot = slot + 1 & mask;
    }
    if (table[slot] != 0) {
      sources[table[slot] - 1] |= bits;
      return false;
    }
    if (size == ordinals.length) {
      return false;
    }
    ordinals[size] = ordinal;
    sources[size] = bits;
    table[slot] = ++size;
    return true;
  }

  int size() {
    return size;
  }

  /** Ordinals [0, size()); not to be changed. */
  int[] ordinals() {
    return ordinals;
  }

  int ordinal(int index) {
    return ordinals[index];
  }

  /** Bit s is set if the source of ordinal s brought the item; 0 for none. */
  int sources(int index) {
    return sources[index];
  }
}
