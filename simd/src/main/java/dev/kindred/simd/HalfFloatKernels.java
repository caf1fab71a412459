package dev.kindred.simd;

import java.lang.foreign.MemorySegment;

/** What {@link HalfFloats} delegates to; arguments are checked there. */
interface HalfFloatKernels {
  /** target[i] = base[i] + half i of the native segment, raised to at least {@code least}. */
  void add(
      float[] base,
      int baseOffset,
      MemorySegment halves,
      long offsetBytes,
      int n,
      float least,
      float[] target,
      int targetOffset);
}
