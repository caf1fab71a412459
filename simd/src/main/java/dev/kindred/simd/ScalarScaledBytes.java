package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A plain loop: the specification of the vector kernel. */
final class ScalarScaledBytes implements ScaledByteKernels {
  @Override
  public void addRows(
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
      int ldTarget) {
    for (int r = 0; r < rows; r++) {
      long row = offset + ordinals[from + r] * stride;
      int added = baseOffset + r * ldBase;
      int to = targetOffset + r * ldTarget;
      for (int i = 0; i < n; i++) {
        float value = bytes.get(ValueLayout.JAVA_BYTE, row + i);
        float sum = Math.fma(scales[scalesOffset + i], value, base[added + i]);
        target[to + i] = sum < least ? least : sum;
      }
    }
  }
}
