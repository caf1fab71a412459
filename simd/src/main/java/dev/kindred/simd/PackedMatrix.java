package dev.kindred.simd;

import java.util.Objects;

/**
 * The right-hand side [k x n] of a product, laid out in the order in which {@link Gemm} reads it.
 *
 * <p>Columns are cut into panels, and the panels follow each other:
 *
 * <pre>
 *   panels of 2 vectors | at most one panel of 1 vector | single columns
 *   each panel row-major: row 0 of its columns, row 1 of its columns, ... row k - 1
 * </pre>
 *
 * So the products of a panel read memory straight through, and the columns that fill no vector are
 * each contiguous for an inner product along k. There is no padding.
 *
 * <p>Any number of threads may multiply by one matrix; {@code repack} and {@code takeRows} need
 * exclusive use.
 */
public final class PackedMatrix {
  private static final int LANES = Kernels.GEMM.lanes();

  private int rows;
  private final int columns;

  /** The panels; column j of the matrix lies in the panel that starts at float panelStart k. */
  final float[] data;

  private PackedMatrix(int k, int n) {
    if (k < 0 || n < 0 || (long) k * n > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "A packed matrix of " + k + " x " + n + ": sizes must be >= 0 and hold < 2^31 floats");
    }
    rows = k;
    columns = n;
    data = new float[k * n];
  }

  /** Packs b [k x n], row-major from {@code offset} on. */
  public static PackedMatrix pack(float[] b, int offset, int k, int n) {
    PackedMatrix packed = new PackedMatrix(k, n);
    packed.repack(b, offset);
    return packed;
  }

  /** Packs the transpose [k x n] of b [n x k], row-major from {@code offset} on. */
  public static PackedMatrix packTransposed(float[] b, int offset, int n, int k) {
    PackedMatrix packed = new PackedMatrix(k, n);
    packed.repackTransposed(b, offset);
    return packed;
  }

  /** A matrix without rows that {@link #takeRows} may give up to k rows of n columns. */
  public static PackedMatrix withRoom(int k, int n) {
    PackedMatrix packed = new PackedMatrix(k, n);
    packed.rows = 0;
    return packed;
  }

  /**
   * Becomes rows[0, count) of another matrix, in that order: a product with it takes only those
   * columns of its left-hand side.
   *
   * @throws IllegalArgumentException if the other has more or fewer columns
   * @throws IndexOutOfBoundsException if it has no such row, or this has no room for as many
   */
  public void takeRows(PackedMatrix other, int[] rows, int count) {
    if (other.columns != columns) {
      throw new IllegalArgumentException(
          "rows of " + other.columns + " columns for a matrix of " + columns);
    }
    Objects.checkFromIndexSize(0, count, rows.length);
    Objects.checkFromIndexSize(0, (long) count * columns, (long) data.length);
    for (int i = 0; i < count; i++) {
      Objects.checkIndex(rows[i], other.rows);
    }
    this.rows = count;
    for (int panel = 0; panel < columns; panel += panelWidth(panel)) {
      int width = panelWidth(panel);
      int from = panel * other.rows;
      int to = panel * count;
      for (int i = 0; i < count; i++) {
        System.arraycopy(other.data, from + rows[i] * width, data, to + i * width, width);
      }
    }
  }

  /** Overwrites all values with those of b [k x n], row-major from {@code offset} on. */
  public void repack(float[] b, int offset) {
    Shapes.check("b", b, offset, columns, rows, columns);
    for (int panel = 0; panel < columns; panel += panelWidth(panel)) {
      int width = panelWidth(panel);
      int to = panel * rows;
      for (int p = 0; p < rows; p++) {
        int from = offset + p * columns + panel;
        for (int j = 0; j < width; j++) {
          data[to + j] = b[from + j];
        }
        to += width;
      }
    }
  }

  /** Overwrites all values with the transpose of b [n x k], row-major from {@code offset} on. */
  public void repackTransposed(float[] b, int offset) {
    Shapes.check("b", b, offset, rows, columns, rows);
    for (int panel = 0; panel < columns; panel += panelWidth(panel)) {
      int width = panelWidth(panel);
      for (int j = 0; j < width; j++) {
        int from = offset + (panel + j) * rows;
        int to = panel * rows + j;
        for (int p = 0; p < rows; p++) {
          data[to + p * width] = b[from + p];
        }
      }
    }
  }

  /** k: rows of the matrix, the length of the sums. */
  public int rows() {
    return rows;
  }

  /** n: columns of the matrix. */
  public int columns() {
    return columns;
  }

  /** Columns in the panel that starts at the given column. */
  int panelWidth(int firstColumn) {
    int left = columns - firstColumn;
    return left >= 2 * LANES ? 2 * LANES : left >= LANES ? LANES : 1;
  }
}
