package dev.kindred.simd;

/** What {@link Panels} delegates to; arguments are checked there. */
interface PanelKernels {
  /**
   * panel[panelOffset + i stride + k] = scales[i] rows[ordinals[i] rowStride + first + k], 0 from d
   * on.
   */
  void gather(
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
      int stride);

  /** sum[0, stride) += sum over i of weights[i] panel row i, row 0 from panelOffset on. */
  void addWeighted(
      float[] panel,
      int panelOffset,
      int stride,
      int count,
      float[] weights,
      int weightsOffset,
      float[] sum);

  /** As addWeighted with the square of every value of the panel. */
  void addSquares(
      float[] panel,
      int panelOffset,
      int stride,
      int count,
      float[] weights,
      int weightsOffset,
      float[] sum);
}
