package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Plain loops: the specification of {@link VectorSignCodes}. */
final class ScalarSignCodes implements SignCodeKernels {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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

  @Override
  public void residual(
      float[] centre,
      float[] other,
      MemorySegment vectors,
      long offset,
      int n,
      byte[] signs,
      float[] sums) {
    float squared = 0;
    float absolute = 0;
    float signed = 0;
    float along = 0;
    for (int i = 0; i < n / SignCodes.PIECE; i++) {
      int set = 0;
      for (int b = 0; b < SignCodes.PIECE; b++) {
        int k = i * SignCodes.PIECE + b;
        float difference = vectors.get(FLOAT, offset + (long) k * Float.BYTES) - centre[k];
        squared += difference * difference;
        absolute += Math.abs(difference);
        along += difference * other[k];
        if (difference >= 0) {
          set |= 1 << b;
          signed += centre[k];
        } else {
          signed -= centre[k];
        }
      }
      signs[i] = (byte) set;
    }
    sums[0] = squared;
    sums[1] = absolute;
    sums[2] = signed;
    sums[3] = along;
  }
}
