package dev.kindred.engine.world;

import java.util.Arrays;

/** The rows of the log in the order in which the simulation makes them. */
final class SampleRows {
  static final byte CLICKED = 1;
  static final byte LIKED = 2;
  static final byte SHARED = 4;
  static final byte DISLIKED = 8;
  static final byte NOISE = 16;

  /** A year in milliseconds takes 35 bits of a sort key, which leaves these for the row. */
  private static final int ROW_BITS = 28;

  int size;
  int[] user = new int[4096];
  int[] item = new int[4096];
  long[] time = new long[4096];
  byte[] position = new byte[4096];
  byte[] flags = new byte[4096];
  int[] dwellTenths = new int[4096]; // of a second

  int add(int newUser, int newItem, long newTime, int newPosition) {
    if (size == user.length) {
      int capacity = Math.addExact(size, size);
      user = Arrays.copyOf(user, capacity);
      item = Arrays.copyOf(item, capacity);
      time = Arrays.copyOf(time, capacity);
      position = Arrays.copyOf(position, capacity);
      flags = Arrays.copyOf(flags, capacity);
      dwellTenths = Arrays.copyOf(dwellTenths, capacity);
    }
    user[size] = newUser;
    item[size] = newItem;
    time[size] = newTime;
    position[size] = (byte) newPosition;
    return size++;
  }

  boolean is(int row, byte flag) {
    return (flags[row] & flag) != 0;
  }

  void mark(int row, byte flag) {
    flags[row] |= flag;
  }

  /** The rows by rising time; rows of one time in the order in which they were made. */
  int[] inTimeOrder() {
    long first = Arrays.stream(time, 0, size).min().orElse(0);
    long[] keys = new long[size];
    for (int row = 0; row < size; row++) {
      keys[row] = time[row] - first << ROW_BITS | row;
    }
    Arrays.sort(keys);
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = (int) (keys[i] & (1L << ROW_BITS) - 1);
    }
    return order;
  }
}
