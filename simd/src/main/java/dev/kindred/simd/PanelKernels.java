package dev.kindred.simd;

/** What {@link Panels} delegates to; arguments are checked there. */
interface PanelKernels {
  /** panel[i stride + k] = scales[i] rows[ordinals[i] rowStride + first + k], 0 from d on. */
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
      int stride);

  /** sum[0, stride) += sum over i of weights[i] panel row i. */
  void addWeighted(
      float[] panel, int stride, int count, float[] weights, int weightsOffset, float[] sum);

  /**
   * target[g width + k] = sum over i of weights[g count + i] rows[i width + k], each from its
   * offset on, for g in [0, groups).
   */
  void mix(
      float[] rows,
      int rowsOffset,
      int count,
      int width,
      float[] weights,
      int weightsOffset,
      int groups,
      float[] target,
      int targetOffset,
      int targetStride);
}
