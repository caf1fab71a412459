package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Plain loops: the specification of the vector kernels. */
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
      float sum = base[baseOffset + i] + at(halves, offsetBytes, i);
      target[targetOffset + i] = sum < least ? least : sum;
    }
  }

  @Override
  public void decode(
      MemorySegment halves, long offsetBytes, int n, float[] target, int targetOffset) {
    for (int i = 0; i < n; i++) {
      target[targetOffset + i] = at(halves, offsetBytes, i);
    }
  }

  @Override
  public void dotRows(
      float[] query,
      MemorySegment rows,
      long strideBytes,
      int[] ordinals,
      int from,
      int to,
      int n,
      float[] scores) {
    for (int i = from; i < to; i++) {
      scores[i] = dot(query, rows, ordinals[i] * strideBytes, n);
    }
  }

  @Override
  public void squaredL2Rows(
      float[] query,
      MemorySegment rows,
      long strideBytes,
      int[] ordinals,
      int from,
      int to,
      int n,
      float[] scores) {
    for (int i = from; i < to; i++) {
      long row = ordinals[i] * strideBytes;
      float sum = 0;
      for (int k = 0; k < n; k++) {
        float difference = at(rows, row, k) - query[k];
        sum += difference * difference;
      }
      scores[i] = sum;
    }
  }

  @Override
  public void dotRange(
      float[] query,
      MemorySegment rows,
      long strideBytes,
      long firstRow,
      int count,
      int n,
      float[] scores) {
    for (int i = 0; i < count; i++) {
      scores[i] = dot(query, rows, (firstRow + i) * strideBytes, n);
    }
  }

  private static float dot(float[] query, MemorySegment rows, long row, int n) {
    float sum = 0;
    for (int k = 0; k < n; k++) {
      sum += query[k] * at(rows, row, k);
    }
    return sum;
  }

  private static float at(MemorySegment halves, long offsetBytes, int i) {
    return Float.float16ToFloat(halves.get(HALF, offsetBytes + (long) i * Short.BYTES));
  }
}
