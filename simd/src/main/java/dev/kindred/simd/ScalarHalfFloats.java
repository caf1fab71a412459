package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Plain loops: the specification of the vector kernel. */
final class ScalarHalfFloats implements HalfFloatKernels {
  private static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public void add(
      float[] base,
      int baseOffset,
      MemorySegment halves,
      long offsetBytes,
      int n,
      float least,
      float[] target,
      int targetOffset) {
    for (int i = 0; i < n; i++) {
      float half = Float.float16ToFloat(halves.get(HALF, offsetBytes + (long) i * Short.BYTES));
      float sum = base[baseOffset + i] + half;
      target[targetOffset + i] = sum < least ? least : sum;
    }
  }
}
