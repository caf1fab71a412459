package dev.kindred.simd;

/** Plain loops: the specification of the vector kernels. */
final class ScalarCholesky implements CholeskyKernels {
  @Override
  public boolean factor(float[] a, int n, int lda) {
    for (int k = n - 1; k >= 0; k--) {
      int row = k * lda;
      if (!isPivot(a[row + k])) {
        return false;
      }
      float diagonal = (float) Math.sqrt(a[row + k]);
      a[row + k] = diagonal;
      for (int j = 0; j < k; j++) {
        a[row + j] /= diagonal;
      }
      for (int i = 0; i < k; i++) {
        float x = a[row + i];
        for (int j = 0; j <= i; j++) {
          a[i * lda + j] -= x * a[row + j];
        }
      }
    }
    return true;
  }

  /** False for NaN too. */
  static boolean isPivot(float x) {
    return x > 0 && x < Float.POSITIVE_INFINITY;
  }

  @Override
  public void solve(float[] r, int n, int lda, float[] b, int bOffset) {
    for (int i = n - 1; i >= 0; i--) {
      float y = b[bOffset + i] / r[i * lda + i];
      b[bOffset + i] = y;
      for (int j = 0; j < i; j++) {
        b[bOffset + j] -= y * r[i * lda + j];
      }
    }
    for (int i = 0; i < n; i++) {
      float sum = b[bOffset + i];
      for (int j = 0; j < i; j++) {
        sum -= r[i * lda + j] * b[bOffset + j];
      }
      b[bOffset + i] = sum / r[i * lda + i];
    }
  }
}
