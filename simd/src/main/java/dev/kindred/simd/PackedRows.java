package dev.kindred.simd;

/**
 * Rows [m x k] that several products have on their left, laid out once for all of them. Without
 * rows until the first {@link #pack}.
 *
 * <p>{@code pack} keeps the array it is given, whose values must stay as they are until the last
 * product, and the array stays reachable until the next. For one thread at a time, products
 * included: they write to it too.
 */
public final class PackedRows {
  private static final GemmKernels KERNELS = Kernels.GEMM;

  private static final int MOST = Integer.MAX_VALUE - 8;

  private final int capacity;
  private final int columns;

  /** What the kernels make of the rows. */
  final float[] panels;

  float[] source;
  int offset;
  int stride;
  int rows;

  /**
   * Room for rows of a length.
   *
   * @throws IllegalArgumentException if a size is below 0 or they are too many
   */
  public PackedRows(int capacity, int columns) {
    if (capacity < 0
        || columns < 0
        || (long) capacity * columns > MOST
        || KERNELS.packedSize(capacity, columns) > MOST) {
      throw new IllegalArgumentException(
          "Packed rows [" + capacity + " x " + columns + "]: sizes must be >= 0 and fit an array");
    }
    this.capacity = capacity;
    this.columns = columns;
    panels = new float[(int) KERNELS.packedSize(capacity, columns)];
  }

  /**
   * Becomes a [m x k], rows lda floats apart.
   *
   * @throws IllegalArgumentException if they don't lie in the array or there is no room for so many
   */
  public void pack(float[] a, int aOffset, int lda, int m) {
    Shapes.check("a", a, aOffset, lda, m, columns);
    if (m > capacity) {
      throw new IllegalArgumentException(
          "a has " + m + " rows, these packed rows have room for " + capacity);
    }
    source = a;
    offset = aOffset;
    stride = lda;
    rows = m;
    KERNELS.pack(a, aOffset, lda, m, columns, panels);
  }

  /** m: how many rows there are at present. */
  public int rows() {
    return rows;
  }

  /** k: columns of the rows, the length of the sums. */
  public int columns() {
    return columns;
  }
}
