package dev.kindred.simd;

/** What {@link SymmetricUpdate} delegates to; arguments are checked there. */
interface SymmetricKernels {
  /** Lower triangle of a += sum of weights[r] row_r row_r^T; null weights are all 1. */
  void accumulate(
      float[] panel, int rows, int d, float[] weights, int weightsOffset, float[] a, int lda);

  /** Lower triangle of g [d x d] += sum of row_r row_r^T in doubles, rows from a float offset. */
  void gramian(float[] rows, int offset, int count, int d, double[] g);
}
