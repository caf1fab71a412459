package dev.kindred.simd;

/** Plain loops: the specification of the vector kernels. */
final class ScalarMixtures implements MixtureKernels {
  @Override
  public void mix(
      float[] rows,
      int rowsOffset,
      int ldRows,
      int m,
      int count,
      int width,
      float[] weights,
      int weightsOffset,
      int groups,
      float[] target,
      int targetOffset,
      int ldTarget,
      int groupStride) {
    for (int r = 0; r < m; r++) {
      for (int g = 0; g < groups; g++) {
        int weight = weightsOffset + (r * groups + g) * count;
        int to = targetOffset + g * groupStride + r * ldTarget;
        for (int k = 0; k < width; k++) {
          float sum = 0;
          for (int i = 0; i < count; i++) {
            sum = Math.fma(weights[weight + i], rows[rowsOffset + r * ldRows + i * width + k], sum);
          }
          target[to + k] = sum;
        }
      }
    }
  }
}
