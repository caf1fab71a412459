package dev.kindred.simd;

/** What {@link TiledPanels} delegates to; arguments are checked there. */
interface TiledPanelKernels {
  void gather(
      float[] rows,
      int d,
      int[] ordinals,
      int ordinalsOffset,
      int count,
      float[] scales,
      int scalesOffset,
      float[] panel,
      int capacity);

  void addWeighted(
      float[] panel,
      int capacity,
      int count,
      int d,
      float[] weights,
      int weightsOffset,
      float[] sum);

  void accumulate(float[] panel, int capacity, int count, int d, float[] a, int aOffset, int lda);

  void turn(
      float[] panel,
      int capacity,
      int count,
      int d,
      float[] scales,
      float[] turned,
      int turnedCapacity);
}
