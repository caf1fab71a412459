package dev.kindred.simd;

import java.lang.foreign.MemorySegment;

/** What {@link HalfFloats} delegates to; arguments are checked there, segments are native. */
interface HalfFloatKernels {
  /** target[i] = base[i] + half i of the segment, raised to at least {@code least}. */
  void add(
      float[] base,
      int baseOffset,
      MemorySegment halves,
      long offsetBytes,
      int n,
      float least,
      float[] target,
      int targetOffset);

  void decode(MemorySegment halves, long offsetBytes, int n, float[] target, int targetOffset);

  void dotRows(
      float[] query,
      MemorySegment rows,
      long strideBytes,
      int[] ordinals,
      int from,
      int to,
      int n,
      float[] scores);

  void squaredL2Rows(
      float[] query,
      MemorySegment rows,
      long strideBytes,
      int[] ordinals,
      int from,
      int to,
      int n,
      float[] scores);

  void dotRange(
      float[] query,
      MemorySegment rows,
      long strideBytes,
      long firstRow,
      int count,
      int n,
      float[] scores);
}
