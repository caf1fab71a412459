package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Plain loops: the specification of the vector kernels. Works on heap segments too. */
final class ScalarDistances implements DistanceKernels {
  /** Stored rows are little-endian on every machine, and only their file decides the alignment. */
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum += a[aOffset + i] * b[bOffset + i];
    }
    return sum;
  }

  @Override
  public float dot(float[] a, int aOffset, MemorySegment b, long bOffsetBytes, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum += a[aOffset + i] * at(b, bOffsetBytes, i);
    }
    return sum;
  }

  @Override
  public float dot(MemorySegment a, long aOffsetBytes, MemorySegment b, long bOffsetBytes, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      sum += at(a, aOffsetBytes, i) * at(b, bOffsetBytes, i);
    }
    return sum;
  }

  @Override
  public float squaredL2(float[] a, int aOffset, float[] b, int bOffset, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      float difference = a[aOffset + i] - b[bOffset + i];
      sum += difference * difference;
    }
    return sum;
  }

  @Override
  public float squaredL2(float[] a, int aOffset, MemorySegment b, long bOffsetBytes, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      float difference = a[aOffset + i] - at(b, bOffsetBytes, i);
      sum += difference * difference;
    }
    return sum;
  }

  @Override
  public float squaredL2(
      MemorySegment a, long aOffsetBytes, MemorySegment b, long bOffsetBytes, int n) {
    float sum = 0;
    for (int i = 0; i < n; i++) {
      float difference = at(a, aOffsetBytes, i) - at(b, bOffsetBytes, i);
      sum += difference * difference;
    }
    return sum;
  }

  // Squares are summed as doubles, so that no finite float overflows or underflows.

  @Override
  public float cosine(float[] a, int aOffset, float[] b, int bOffset, int n) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < n; i++) {
      double x = a[aOffset + i];
      double y = b[bOffset + i];
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    return cosine(ab, aa, bb);
  }

  @Override
  public float cosine(float[] a, int aOffset, MemorySegment b, long bOffsetBytes, int n) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < n; i++) {
      double x = a[aOffset + i];
      double y = at(b, bOffsetBytes, i);
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    return cosine(ab, aa, bb);
  }

  @Override
  public float cosine(
      MemorySegment a, long aOffsetBytes, MemorySegment b, long bOffsetBytes, int n) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < n; i++) {
      double x = at(a, aOffsetBytes, i);
      double y = at(b, bOffsetBytes, i);
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    return cosine(ab, aa, bb);
  }

  private static float cosine(double ab, double aa, double bb) {
    // A NaN fails both tests and comes out as NaN.
    return aa == 0 || bb == 0 ? 0 : (float) (ab / (Math.sqrt(aa) * Math.sqrt(bb)));
  }

  @Override
  public float norm(float[] a, int offset, int n) {
    return (float) doubleNorm(a, offset, n);
  }

  @Override
  public float normalize(float[] a, int offset, int n) {
    double norm = doubleNorm(a, offset, n);
    if (norm != 0) {
      for (int i = offset; i < offset + n; i++) {
        a[i] = (float) (a[i] / norm);
      }
    }
    return (float) norm;
  }

  private static double doubleNorm(float[] a, int offset, int n) {
    double sum = 0;
    for (int i = offset; i < offset + n; i++) {
      sum += (double) a[i] * a[i];
    }
    return Math.sqrt(sum);
  }

  @Override
  public void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int n) {
    for (int i = 0; i < n; i++) {
      y[yOffset + i] += alpha * x[xOffset + i];
    }
  }

  @Override
  public void scale(float alpha, float[] x, int xOffset, int n) {
    for (int i = xOffset; i < xOffset + n; i++) {
      x[i] *= alpha;
    }
  }

  @Override
  public void dotRows(
      float[] query,
      int queryOffset,
      MemorySegment rows,
      long strideBytes,
      int[] ordinals,
      int from,
      int to,
      int n,
      float[] scores) {
    for (int i = from; i < to; i++) {
      scores[i] = dot(query, queryOffset, rows, ordinals[i] * strideBytes, n);
    }
  }

  @Override
  public void squaredL2Rows(
      float[] query,
      int queryOffset,
      MemorySegment rows,
      long strideBytes,
      int[] ordinals,
      int from,
      int to,
      int n,
      float[] scores) {
    for (int i = from; i < to; i++) {
      scores[i] = squaredL2(query, queryOffset, rows, ordinals[i] * strideBytes, n);
    }
  }

  @Override
  public void dotRange(
      float[] query,
      int queryOffset,
      MemorySegment rows,
      long strideBytes,
      long firstRow,
      int count,
      int n,
      float[] scores,
      int scoresOffset) {
    for (int i = 0; i < count; i++) {
      scores[scoresOffset + i] = dot(query, queryOffset, rows, (firstRow + i) * strideBytes, n);
    }
  }

  @Override
  public void dotRange(
      float[] query,
      int queryOffset,
      float[] rows,
      int rowsOffset,
      int stride,
      int count,
      int n,
      float[] scores,
      int scoresOffset) {
    for (int i = 0; i < count; i++) {
      scores[scoresOffset + i] = dot(query, queryOffset, rows, rowsOffset + i * stride, n);
    }
  }

  private static float at(MemorySegment segment, long offsetBytes, int i) {
    return segment.get(FLOAT, offsetBytes + ((long) i << 2));
  }
}
