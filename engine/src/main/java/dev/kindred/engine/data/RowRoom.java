package dev.kindred.engine.data;

import java.nio.file.Path;

/**
 * Room for the rows of a file that lie in arrays, one for each column: an int counts them, so a
 * longer file must be split. Stateless.
 */
final class RowRoom {
  /** The longest array that every JVM makes. */
  static final int MAX_ROWS = Integer.MAX_VALUE - 64;

  private RowRoom() {}

  /** The next larger capacity: half as much again and a bit, at most {@link #MAX_ROWS}. */
  static int grown(int capacity) {
    return (int) Math.min(MAX_ROWS, (long) capacity + (capacity >> 1) + 1024);
  }

  /**
   * Refuses a file of which {@code rows} are read if there is no room for another.
   *
   * @throws InputException naming the file and the remedy
   */
  static void require(int rows, Path file) {
    if (rows >= MAX_ROWS) {
      throw new InputException(
          file
              + ": holds more than "
              + MAX_ROWS
              + " rows; give fewer, for instance those of a shorter time, or build the"
              + " Interactions in Java, which hold more");
    }
  }
}
