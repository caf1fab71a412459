package dev.kindred.simd;

import java.lang.foreign.MemorySegment;

/** What {@link Codes} delegates to; arguments are checked there. */
interface CodeKernels {
  /** sums[i] = sum over k < n of query[k] times byte k of row ordinals[i], i in [from, to). */
  void dotRows(
      short[] query,
      MemorySegment codes,
      long strideBytes,
      int[] ordinals,
      int from,
      int to,
      int n,
      int[] sums);
}
