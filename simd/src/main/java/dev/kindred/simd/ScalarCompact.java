package dev.kindred.simd;

/** Plain loops: the specification of the vector kernel. */
final class ScalarCompact implements CompactKernels {
  @Override
  public int lanes() {
    return 4;
  }

  @Override
  public void multiply(
      float[] a, int aOffset, CompactMatrix b, float[] bias, boolean relu, float[] c, int cOffset) {
    for (int j = 0; j < b.columns(); j++) {
      float sum = 0;
      for (int p = 0; p < b.rows(); p++) {
        int at = b.at(p / 3, j);
        int first = b.data.getAtIndex(CompactMatrix.INT, at);
        int second = b.data.getAtIndex(CompactMatrix.INT, at + CompactMatrix.panelWidth());
        int value = p % 3 == 0 ? first : p % 3 == 1 ? second : first << 21 ^ second << 10;
        sum = Math.fma(a[aOffset + p], (float) value, sum);
      }
      float y = Math.fma(sum, b.scales[j], bias[j]);
      c[cOffset + j] = relu ? ScalarActivations.relu(y) : y;
    }
  }
}
