package dev.kindred.simd;

/** Checks of matrices in arrays, made once at the public edge. */
final class Shapes {
  private Shapes() {}

  /**
   * Checks that a row-major [rows x columns] matrix, its rows {@code stride} floats apart, lies in
   * the array.
   */
  static void check(String name, float[] array, int offset, int stride, int rows, int columns) {
    boolean inside =
        offset >= 0
            && rows >= 0
            && columns >= 0
            && stride >= (rows > 1 ? columns : 0)
            && (rows == 0 || (long) offset + (rows - 1L) * stride + columns <= array.length);
    if (!inside) {
      throw new IllegalArgumentException(
          name
              + " ["
              + rows
              + " x "
              + columns
              + "] with offset "
              + offset
              + " and "
              + stride
              + " floats from row to row does not fit an array of "
              + array.length
              + "; offset and sizes must be >= 0, the stride at least the row's length");
    }
  }
}
