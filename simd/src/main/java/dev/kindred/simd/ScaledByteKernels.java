package dev.kindred.simd;

import java.lang.foreign.MemorySegment;

/**
 * What {@link ScaledBytes} delegates to; arrays are checked there, rows of the segment as they are
 * read. Segments of the vector kernel are native.
 */
interface ScaledByteKernels {
  /** Row by row target = base + scales times bytes, raised to at least {@code least}. */
  void addRows(
      float[] base,
      int baseOffset,
      int ldBase,
      float[] scales,
      int scalesOffset,
      MemorySegment bytes,
      long offset,
      long stride,
      int[] ordinals,
      int from,
      int rows,
      int n,
      float least,
      float[] target,
      int targetOffset,
      int ldTarget);
}
