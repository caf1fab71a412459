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

  /** Floats that {@link #pack} writes for m rows of k floats, and what a product adds to them. */
  long packedSize(int m, int k);

  /**
   * Lays rows out for {@link #multiply(PackedRows, PackedMatrix, float[], boolean, float[], int,
   * int)}.
   */
  void pack(float[] a, int aOffset, int lda, int m, int k, float[] panels);

  /** c = act(a b + bias); the bits are those of the rows unpacked. */
  void multiply(
      PackedRows a, PackedMatrix b, float[] bias, boolean relu, float[] c, int cOffset, int ldc);

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
