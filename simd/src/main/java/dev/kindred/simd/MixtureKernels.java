package dev.kindred.simd;

/** What {@link Mixtures} delegates to; arguments are checked there. */
interface MixtureKernels {
  /** As {@link Mixtures#mix}. */
  void mix(
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
      int groupStride);
}
