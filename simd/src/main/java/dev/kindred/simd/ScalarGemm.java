package dev.kindred.simd;

/** Plain loops: the specification of the vector kernels. */
final class ScalarGemm implements GemmKernels {
  @Override
  public int lanes() {
    return 4;
  }

  @Override
  public void multiply(
      float[] a,
      int aOffset,
      int lda,
      int m,
      PackedMatrix b,
      float[] bias,
      boolean relu,
      float[] c,
      int cOffset,
      int ldc) {
    float[] data = b.data;
    int k = b.rows();
    int n = b.columns();
    for (int panel = 0; panel < n; panel += b.panelWidth(panel)) {
      int width = b.panelWidth(panel);
      for (int i = 0; i < m; i++) {
        int cRow = cOffset + i * ldc + panel;
        for (int j = 0; j < width; j++) {
          c[cRow + j] = bias == null ? 0 : bias[panel + j];
        }
        for (int p = 0; p < k; p++) {
          float x = a[aOffset + i * lda + p];
          int bRow = panel * k + p * width;
          for (int j = 0; j < width; j++) {
            c[cRow + j] += x * data[bRow + j];
          }
        }
        for (int j = 0; relu && j < width; j++) {
          c[cRow + j] = ScalarActivations.relu(c[cRow + j]);
        }
      }
    }
  }

  @Override
  public long packedSize(int m, int k) {
    return 0;
  }

  @Override
  public void pack(float[] a, int aOffset, int lda, int m, int k, float[] panels) {}

  @Override
  public void multiply(
      PackedRows a, PackedMatrix b, float[] bias, boolean relu, float[] c, int cOffset, int ldc) {
    multiply(a.source, a.offset, a.stride, a.rows, b, bias, relu, c, cOffset, ldc);
  }

  @Override
  public void multiplyTransposedAdd(
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
      int ldc) {
    for (int r = 0; r < m; r++) {
      int bRow = bOffset + r * ldb;
      for (int i = 0; i < k; i++) {
        float x = a[aOffset + r * lda + i];
        int cRow = cOffset + i * ldc;
        for (int j = 0; j < n; j++) {
          c[cRow + j] += x * b[bRow + j];
        }
      }
    }
  }
}
