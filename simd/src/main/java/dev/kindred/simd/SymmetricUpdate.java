package dev.kindred.simd;

import java.util.Objects;

/**
 * Sums of outer products of rows with themselves: the normal equations of a least-squares step.
 *
 * <p>Lower triangles are the result; what lies above the diagonal is undefined afterwards. Sums run
 * in row order and continue from what a or g holds, so for one vector width a panel in two pieces
 * gives the bits of the whole. Stateless; safe for any number of threads on distinct outputs.
 */
public final class SymmetricUpdate {
  private static final SymmetricKernels KERNELS = Kernels.SYMMETRIC;

  private SymmetricUpdate() {}

  /**
   * Lower triangle of a [d x d], rows {@code lda} floats apart, += sum over r of weights[r] row_r
   * row_r^T, for the rows of panel [rows x d] (contiguous, from index 0). Weights may be negative.
   */
  public static void accumulate(
      float[] panel, int rows, int d, float[] weights, int weightsOffset, float[] a, int lda) {
    Objects.checkFromIndexSize(weightsOffset, rows, weights.length);
    check(panel, rows, d, a, lda);
    KERNELS.accumulate(panel, rows, d, weights, weightsOffset, a, lda);
  }

  /** As the weighted form with every weight 1. */
  public static void accumulate(float[] panel, int rows, int d, float[] a, int lda) {
    check(panel, rows, d, a, lda);
    KERNELS.accumulate(panel, rows, d, null, 0, a, lda);
  }

  /**
   * Lower triangle of g [d x d] += sum of row_r row_r^T over rows [first, first + count) of the
   * contiguous matrix {@code rows} [.. x d], in doubles: exact products, f64 sums in row order.
   */
  public static void gramian(float[] rows, int first, int count, int d, double[] g) {
    if (first < 0 || count < 0 || d < 1 || ((long) first + count) * d > rows.length) {
      throw new IllegalArgumentException(
          "Rows "
              + first
              + " to "
              + ((long) first + count)
              + " of "
              + d
              + " floats do not lie in an array of "
              + rows.length);
    }
    if ((long) d * d > g.length) {
      throw new IllegalArgumentException(
          "g has "
              + g.length
              + " doubles; a Gramian of "
              + d
              + " x "
              + d
              + " needs "
              + (long) d * d);
    }
    KERNELS.gramian(rows, first * d, count, d, g);
  }

  private static void check(float[] panel, int rows, int d, float[] a, int lda) {
    Shapes.check("panel", panel, 0, d, rows, d);
    Shapes.check("a", a, 0, lda, d, d);
  }
}
