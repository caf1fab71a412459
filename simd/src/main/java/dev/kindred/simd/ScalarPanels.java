package dev.kindred.simd;

/** Plain loops: the specification of {@link VectorPanels}. */
final class ScalarPanels implements PanelKernels {
  @Override
  public void gather(
      float[] rows,
      int rowStride,
      int first,
      int d,
      int[] ordinals,
      int ordinalsOffset,
      int count,
      float[] scales,
      int scalesOffset,
      float[] panel,
      int panelOffset,
      int stride) {
    for (int i = 0; i < count; i++) {
      int from = ordinals[ordinalsOffset + i] * rowStride + first;
      float scale = scales[scalesOffset + i];
      int to = panelOffset + i * stride;
      for (int k = 0; k < d; k++) {
        panel[to + k] = scale * rows[from + k];
      }
      for (int k = d; k < stride; k++) {
        panel[to + k] = 0;
      }
    }
  }

  @Override
  public void addWeighted(
      float[] panel,
      int panelOffset,
      int stride,
      int count,
      float[] weights,
      int weightsOffset,
      float[] sum) {
    for (int i = 0; i < count; i++) {
      float weight = weights[weightsOffset + i];
      int row = panelOffset + i * stride;
      for (int k = 0; k < stride; k++) {
        sum[k] = Math.fma(weight, panel[row + k], sum[k]);
      }
    }
  }

  @Override
  public void addSquares(
      float[] panel,
      int panelOffset,
      int stride,
      int count,
      float[] weights,
      int weightsOffset,
      float[] sum) {
    for (int i = 0; i < count; i++) {
      float weight = weights[weightsOffset + i];
      int row = panelOffset + i * stride;
      for (int k = 0; k < stride; k++) {
        sum[k] = Math.fma(weight * panel[row + k], panel[row + k], sum[k]);
      }
    }
  }
}
