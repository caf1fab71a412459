package dev.kindred.simd;

/** Plain loops: the specification of the vector kernels. */
final class ScalarCholesky implements CholeskyKernels {
  @Override
  public boolean factor(float[] a, int n, int lda) {
    for (int j = 0; j < n; j++) {
      float pivot = a[j * lda + j];
      for (int k = 0; k < j; k++) {
        pivot -= a[j * lda + k] * a[j * lda + k];
      }
      if (!(pivot > 0) || pivot == Float.POSITIVE_INFINITY) {
        return false;
      }
      float diagonal = (float) Math.sqrt(pivot);
      a[j * lda + j] = diagonal;
      for (int i = j + 1; i < n; i++) {
        float sum = a[i * lda + j];
        for (int k = 0; k < j; k++) {
          sum -= a[i * lda + k] * a[j * lda + k];
        }
        a[i * lda + j] = sum / diagonal;
      }
    }
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        a[i * lda + j] = a[j * lda + i];
      }
    }
    return true;
  }

  @Override
  public void solve(float[] l, int n, int lda, float[] b, int bOffset) {
    for (int i = 0; i < n; i++) {
      float sum = b[bOffset + i];
      for (int k = 0; k < i; k++) {
        sum -= l[i * lda + k] * b[bOffset + k];
      }
      b[bOffset + i] = sum / l[i * lda + i];
    }
    for (int i = n - 1; i >= 0; i--) {
      float sum = b[bOffset + i];
      for (int k = i + 1; k < n; k++) {
        sum -= l[i * lda + k] * b[bOffset + k];
      }
      b[bOffset + i] = sum / l[i * lda + i];
    }
  }
}
