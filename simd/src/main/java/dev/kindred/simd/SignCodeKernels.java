package dev.kindred.simd;

import java.lang.foreign.MemorySegment;

/** What {@link SignCodes} delegates to; arguments are checked there. */
interface SignCodeKernels {
  /** Bit i: whether estimate i of the block is at least {@code least}. */
  long passing(
      MemorySegment block,
      long offset,
      int count,
      int pieces,
      byte[] tables,
      float scale,
      float shift,
      float least);

  /** Signs and sums of vector - centre. */
  void residual(
      float[] centre,
      float[] other,
      MemorySegment vectors,
      long offset,
      int n,
      byte[] signs,
      float[] sums);
}
