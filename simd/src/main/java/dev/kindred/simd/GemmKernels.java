package dev.kindred.simd;

/** What {@link Gemm} delegates to; arguments are checked there. */
interface GemmKernels {
  /** Floats in a vector, which decides the layout of {@link PackedMatrix}. */
  int lanes();

  /** c = act(a b + bias); bias may be null. */
  void multiply(
      float[] a,
      int aOffset,
      int lda,
      int m,
      PackedMatrix b,
      float[] bias,
      boolean relu,
      float[] c,
      int cOffset,
      int ldc);

  /** c[k x n] += a[m x k]^T b[m x n]. */
  void multiplyTransposedAdd(
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      int m,
      int k,
      int n,
      float[] c,
      int cOffset,
      int ldc);
}
