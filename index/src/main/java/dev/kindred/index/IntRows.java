package dev.kindred.index;

import java.util.Objects;

/**
 * A table of whole numbers [rows x columns], such as the true neighbours of queries.
 *
 * <p>Immutable as long as nobody changes the array that it was made of.
 */
public final class IntRows {
  private final int[] values;
  private final int columns;

  /**
   * Wraps an array.
   *
   * @param values row-major; its length a multiple of columns
   */
  public IntRows(int[] values, int columns) {
    if (columns < 1 || values.length % columns != 0) {
      throw new IllegalArgumentException(
          values.length + " values aren't a whole number of rows of " + columns + " columns");
    }
    this.values = values;
    this.columns = columns;
  }

  /** Number of rows. */
  public int rows() {
    return values.length / columns;
  }

  /** Values per row. */
  public int columns() {
    return columns;
  }

  /** One value. */
  public int get(int row, int column) {
    Objects.checkIndex(row, rows());
    Objects.checkIndex(column, columns);
    return values[row * columns + column];
  }
}
