package dev.kindred.engine.data;

import java.util.Arrays;

/**
 * The line of a file at which each row of a table begins. Kept only for rows that don't begin on
 * the line after the one before them, as behind a header, a blank line or a cell of two lines.
 */
final class RowLines {
  private int[] rows = new int[4]; // those rows, rising
  private long[] lines = new long[4];
  private int kept;
  private int size;

  /** Adds the next row. */
  void add(long line) {
    if (size == 0 || line != of(kept - 1, size)) {
      if (kept == rows.length) {
        rows = Arrays.copyOf(rows, 2 * kept);
        lines = Arrays.copyOf(lines, 2 * kept);
      }
      rows[kept] = size;
      lines[kept++] = line;
    }
    size++;
  }

  /** The line of a row, from 1. */
  long of(int row) {
    int at = Arrays.binarySearch(rows, 0, kept, row);
    return of(at < 0 ? -at - 2 : at, row);
  }

  private long of(int at, int row) {
    return lines[at] + row - rows[at];
  }
}
