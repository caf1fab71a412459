package dev.kindred.simd;

import java.lang.foreign.MemorySegment;

/** What {@link ScaledBytes} delegates to; arguments are checked there, segments are native. */
interface ScaledByteKernels {
  /** target[i] = base[i] + scale i times byte i, raised to at least {@code least}. */
  void add(
      float[] base,
      int baseOffset,
      float[] scales,
      int scalesOffset,
      MemorySegment bytes,
      long offset,
      int n,
      float least,
      float[] target,
      int targetOffset);
}
