package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A plain loop: the specification of the vector kernel. */
final class ScalarScaledBytes implements ScaledByteKernels {
  @Override
  public void add(
      float[] base,
      int baseOffset,
      float[] scales,
      int scalesOffset,
      MemorySegment bytes,
      long offset,
      int n,
      float least,
      float[] target,
      int targetOffset) {
    for (int i = 0; i < n; i++) {
      float value = bytes.get(ValueLayout.JAVA_BYTE, offset + i);
      float sum = Math.fma(scales[scalesOffset + i], value, base[baseOffset + i]);
      target[targetOffset + i] = sum < least ? least : sum;
    }
  }
}
