package dev.kindred.simd;

/** Plain loops: the specification of the vector kernels. */
final class ScalarSymmetric implements SymmetricKernels {
  @Override
  public void accumulate(
      float[] panel, int rows, int d, float[] weights, int weightsOffset, float[] a, int lda) {
    for (int r = 0; r < rows; r++) {
      int row = r * d;
      float weight = weights == null ? 1 : weights[weightsOffset + r];
      for (int i = 0; i < d; i++) {
        float x = weight * panel[row + i];
        int target = i * lda;
        for (int j = 0; j <= i; j++) {
          a[target + j] += x * panel[row + j];
        }
      }
    }
  }

  @Override
  public void gramian(float[] rows, int offset, int count, int d, double[] g) {
    for (int r = 0; r < count; r++) {
      int row = offset + r * d;
      for (int i = 0; i < d; i++) {
        double x = rows[row + i];
        int target = i * d;
        for (int j = 0; j <= i; j++) {
          g[target + j] += x * rows[row + j];
        }
      }
    }
  }
}
