package dev.kindred.simd;

/** What {@link BatchedCholesky} delegates to; arguments are checked there. */
interface BatchedCholeskyKernels {
  int systems();

  void interleave(float[] matrices, int distance, int lda, int n, float[] a);

  void addToDiagonals(float[] a, int n, float[] values, float[] shifts);

  void factor(float[] a, int n, float[] inverses);

  void pivotRatios(float[] inverses, int n, float[] ratios);

  void solve(float[] r, int n, float[] inverses, float[] b);
}
