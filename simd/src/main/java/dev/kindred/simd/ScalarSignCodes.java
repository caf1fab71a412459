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
      int pieces,
      byte[] tables,
      float scale,
      float shift,
      float least) {
    long passing = 0;
    for (int i = 0; i < count; i++) {
      int numbers = block.get(INT, offset + (long) i * Integer.BYTES);
      int sum = 0;
      for (int piece = 0; piece < pieces; piece++) {
        int signs =
            block.get(ValueLayout.JAVA_BYTE, offset + SignCodes.signsAt(count, pieces, i, piece));
        sum += tables[SignCodes.TABLE * 2 * piece + (signs & 15)];
        sum += tables[SignCodes.TABLE * (2 * piece + 1) + (signs >> 4 & 15)];
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
