package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Plain loops: the specification of {@link VectorSignCodes}. */
final class ScalarSignCodes implements SignCodeKernels {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public long passing(
      MemorySegment block,
      long offset,
      int count,
      int words,
      int[] planes,
      float scale,
      float shift,
      float least) {
    long passing = 0;
    for (int i = 0; i < count; i++) {
      long at = offset + (long) i * Integer.BYTES;
      int numbers = block.get(INT, at);
      int sum = 0;
      for (int w = 0; w < words; w++) {
        at += (long) count * Integer.BYTES;
        int signs = block.get(INT, at);
        sum += Integer.bitCount(signs & planes[4 * w]);
        sum += Integer.bitCount(signs & planes[4 * w + 1]) << 1;
        sum += Integer.bitCount(signs & planes[4 * w + 2]) << 2;
        sum -= Integer.bitCount(signs & planes[4 * w + 3]) << 3;
      }
      float addend = Float.intBitsToFloat(numbers & 0xFFFF0000);
      float factor = Float.intBitsToFloat(numbers << 16);
      float estimate = Math.fma(factor, Math.fma(sum, scale, shift), addend);
      if (estimate >= least) {
        passing |= 1L << i;
      }
    }
    return passing;
  }
}
