package dev.kindred.simd;

/** What {@link Cholesky} delegates to; arguments are checked there. */
interface CholeskyKernels {
  boolean factor(float[] a, int n, int lda);

  void solve(float[] r, int n, int lda, float[] b, int bOffset);
}
