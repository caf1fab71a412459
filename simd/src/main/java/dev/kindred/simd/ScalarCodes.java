package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Plain loops: the specification of {@link VectorCodes}. */
final class ScalarCodes implements CodeKernels {
  @Override
  public void dotRows(
      short[] query,
      MemorySegment codes,
      long strideBytes,
      int[] ordinals,
      int from,
      int to,
      int n,
      int[] sums) {
    for (int i = from; i < to; i++) {
      long row = ordinals[i] * strideBytes;
      int sum = 0;
      for (int k = 0; k < n; k++) {
        sum += query[k] * codes.get(ValueLayout.JAVA_BYTE, row + k);
      }
      sums[i] = sum;
    }
  }
}
