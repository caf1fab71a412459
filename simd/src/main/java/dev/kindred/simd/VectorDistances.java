package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * Distances in vectors.
 *
 * <p>Every sum runs in one shape, whatever the kernel: even vectors into a first accumulator, odd
 * ones into a second, a last incomplete vector into the second, then the sum of lanes of their sum.
 * So a row scored alone, in a batch, from an array or a segment gives the same bits. Two
 * accumulators a row let four rows run at once in the sixteen registers of AVX2.
 */
final class VectorDistances implements DistanceKernels {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final int VECTOR_BYTES = COUNT * Float.BYTES;

  /** Squares whose sums lie between are free of overflow, and of underflow that matters. */
  private static final float SMALLEST_SAFE = 1e-30f;

  private static final float LARGEST_SAFE = 1e38f;

  private final ScalarDistances scalar = new ScalarDistances();

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    return inner(a, aOffset, b, bOffset, n);
  }

  /** Inner product in the shape above, for other kernels too. */
  static float inner(float[] a, int aOffset, float[] b, int bOffset, int n) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    int i = 0;
    for (int end = n - 2 * COUNT; i <= end; i += 2 * COUNT) {
      s0 =
          FloatVector.fromArray(SPECIES, a, aOffset + i)
              .fma(FloatVector.fromArray(SPECIES, b, bOffset + i), s0);
      s1 =
          FloatVector.fromArray(SPECIES, a, aOffset + i + COUNT)
              .fma(FloatVector.fromArray(SPECIES, b, bOffset + i + COUNT), s1);
    }
    if (i <= n - COUNT) {
      s0 =
          FloatVector.fromArray(SPECIES, a, aOffset + i)
              .fma(FloatVector.fromArray(SPECIES, b, bOffset + i), s0);
      i += COUNT;
    }
    if (i < n) {
      s1 = Lanes.loadTail(a, aOffset + i, n - i).fma(Lanes.loadTail(b, bOffset + i, n - i), s1);
    }
    return Lanes.sum(s0.add(s1));
  }

  @Override
  public float dot(float[] a, int aOffset, MemorySegment b, long bOffsetBytes, int n) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    int i = 0;
    long at = bOffsetBytes;
    for (int end = n - 2 * COUNT; i <= end; i += 2 * COUNT) {
      s0 =
          FloatVector.fromArray(SPECIES, a, aOffset + i)
              .fma(FloatVector.fromMemorySegment(SPECIES, b, at, ORDER), s0);
      s1 =
          FloatVector.fromArray(SPECIES, a, aOffset + i + COUNT)
              .fma(FloatVector.fromMemorySegment(SPECIES, b, at + VECTOR_BYTES, ORDER), s1);
      at += 2 * VECTOR_BYTES;
    }
    if (i <= n - COUNT) {
      s0 =
          FloatVector.fromArray(SPECIES, a, aOffset + i)
              .fma(FloatVector.fromMemorySegment(SPECIES, b, at, ORDER), s0);
      i += COUNT;
      at += VECTOR_BYTES;
    }
    if (i < n) {
      s1 = Lanes.loadTail(a, aOffset + i, n - i).fma(Lanes.loadTail(b, at, n - i), s1);
    }
    return Lanes.sum(s0.add(s1));
  }

  @Override
  public float dot(MemorySegment a, long aOffsetBytes, MemorySegment b, long bOffsetBytes, int n) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    int left = n;
    long p = aOffsetBytes;
    long q = bOffsetBytes;
    for (; left >= 2 * COUNT; left -= 2 * COUNT) {
      s0 =
          FloatVector.fromMemorySegment(SPECIES, a, p, ORDER)
              .fma(FloatVector.fromMemorySegment(SPECIES, b, q, ORDER), s0);
      s1 =
          FloatVector.fromMemorySegment(SPECIES, a, p + VECTOR_BYTES, ORDER)
              .fma(FloatVector.fromMemorySegment(SPECIES, b, q + VECTOR_BYTES, ORDER), s1);
      p += 2 * VECTOR_BYTES;
      q += 2 * VECTOR_BYTES;
    }
    if (left >= COUNT) {
      s0 =
          FloatVector.fromMemorySegment(SPECIES, a, p, ORDER)
              .fma(FloatVector.fromMemorySegment(SPECIES, b, q, ORDER), s0);
      left -= COUNT;
      p += VECTOR_BYTES;
      q += VECTOR_BYTES;
    }
    if (left > 0) {
      s1 = Lanes.loadTail(a, p, left).fma(Lanes.loadTail(b, q, left), s1);
    }
    return Lanes.sum(s0.add(s1));
  }

  @Override
  public float squaredL2(float[] a, int aOffset, float[] b, int bOffset, int n) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    int i = 0;
    for (int end = n - 2 * COUNT; i <= end; i += 2 * COUNT) {
      FloatVector d0 =
          FloatVector.fromArray(SPECIES, a, aOffset + i)
              .sub(FloatVector.fromArray(SPECIES, b, bOffset + i));
      FloatVector d1 =
          FloatVector.fromArray(SPECIES, a, aOffset + i + COUNT)
              .sub(FloatVector.fromArray(SPECIES, b, bOffset + i + COUNT));
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
    }
    if (i <= n - COUNT) {
      FloatVector d =
          FloatVector.fromArray(SPECIES, a, aOffset + i)
              .sub(FloatVector.fromArray(SPECIES, b, bOffset + i));
      s0 = d.fma(d, s0);
      i += COUNT;
    }
    if (i < n) {
      FloatVector d =
          Lanes.loadTail(a, aOffset + i, n - i).sub(Lanes.loadTail(b, bOffset + i, n - i));
      s1 = d.fma(d, s1);
    }
    return Lanes.sum(s0.add(s1));
  }

  @Override
  public float squaredL2(float[] a, int aOffset, MemorySegment b, long bOffsetBytes, int n) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    int i = 0;
    long at = bOffsetBytes;
    for (int end = n - 2 * COUNT; i <= end; i += 2 * COUNT) {
      FloatVector d0 =
          FloatVector.fromArray(SPECIES, a, aOffset + i)
              .sub(FloatVector.fromMemorySegment(SPECIES, b, at, ORDER));
      FloatVector d1 =
          FloatVector.fromArray(SPECIES, a, aOffset + i + COUNT)
              .sub(FloatVector.fromMemorySegment(SPECIES, b, at + VECTOR_BYTES, ORDER));
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
      at += 2 * VECTOR_BYTES;
    }
    if (i <= n - COUNT) {
      FloatVector d =
          FloatVector.fromArray(SPECIES, a, aOffset + i)
              .sub(FloatVector.fromMemorySegment(SPECIES, b, at, ORDER));
      s0 = d.fma(d, s0);
      i += COUNT;
      at += VECTOR_BYTES;
    }
    if (i < n) {
      FloatVector d = Lanes.loadTail(a, aOffset + i, n - i).sub(Lanes.loadTail(b, at, n - i));
      s1 = d.fma(d, s1);
    }
    return Lanes.sum(s0.add(s1));
  }

  @Override
  public float squaredL2(
      MemorySegment a, long aOffsetBytes, MemorySegment b, long bOffsetBytes, int n) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    int left = n;
    long p = aOffsetBytes;
    long q = bOffsetBytes;
    for (; left >= 2 * COUNT; left -= 2 * COUNT) {
      FloatVector d0 =
          FloatVector.fromMemorySegment(SPECIES, a, p, ORDER)
              .sub(FloatVector.fromMemorySegment(SPECIES, b, q, ORDER));
      FloatVector d1 =
          FloatVector.fromMemorySegment(SPECIES, a, p + VECTOR_BYTES, ORDER)
              .sub(FloatVector.fromMemorySegment(SPECIES, b, q + VECTOR_BYTES, ORDER));
      s0 = d0.fma(d0, s0);
      s1 = d1.fma(d1, s1);
      p += 2 * VECTOR_BYTES;
      q += 2 * VECTOR_BYTES;
    }
    if (left >= COUNT) {
      FloatVector d =
          FloatVector.fromMemorySegment(SPECIES, a, p, ORDER)
              .sub(FloatVector.fromMemorySegment(SPECIES, b, q, ORDER));
      s0 = d.fma(d, s0);
      left -= COUNT;
      p += VECTOR_BYTES;
      q += VECTOR_BYTES;
    }
    if (left > 0) {
      FloatVector d = Lanes.loadTail(a, p, left).sub(Lanes.loadTail(b, q, left));
      s1 = d.fma(d, s1);
    }
    return Lanes.sum(s0.add(s1));
  }

  @Override
  public float cosine(float[] a, int aOffset, float[] b, int bOffset, int n) {
    FloatVector ab = FloatVector.zero(SPECIES);
    FloatVector aa = ab;
    FloatVector bb = ab;
    int i = 0;
    for (; i <= n - COUNT; i += COUNT) {
      FloatVector x = FloatVector.fromArray(SPECIES, a, aOffset + i);
      FloatVector y = FloatVector.fromArray(SPECIES, b, bOffset + i);
      ab = x.fma(y, ab);
      aa = x.fma(x, aa);
      bb = y.fma(y, bb);
    }
    if (i < n) {
      FloatVector x = Lanes.loadTail(a, aOffset + i, n - i);
      FloatVector y = Lanes.loadTail(b, bOffset + i, n - i);
      ab = x.fma(y, ab);
      aa = x.fma(x, aa);
      bb = y.fma(y, bb);
    }
    float squareA = Lanes.sum(aa);
    float squareB = Lanes.sum(bb);
    return safe(squareA) && safe(squareB)
        ? quotient(Lanes.sum(ab), squareA, squareB)
        : scalar.cosine(a, aOffset, b, bOffset, n);
  }

  @Override
  public float cosine(float[] a, int aOffset, MemorySegment b, long bOffsetBytes, int n) {
    FloatVector ab = FloatVector.zero(SPECIES);
    FloatVector aa = ab;
    FloatVector bb = ab;
    int i = 0;
    long at = bOffsetBytes;
    for (; i <= n - COUNT; i += COUNT) {
      FloatVector x = FloatVector.fromArray(SPECIES, a, aOffset + i);
      FloatVector y = FloatVector.fromMemorySegment(SPECIES, b, at, ORDER);
      ab = x.fma(y, ab);
      aa = x.fma(x, aa);
      bb = y.fma(y, bb);
      at += VECTOR_BYTES;
    }
    if (i < n) {
      FloatVector x = Lanes.loadTail(a, aOffset + i, n - i);
      FloatVector y = Lanes.loadTail(b, at, n - i);
      ab = x.fma(y, ab);
      aa = x.fma(x, aa);
      bb = y.fma(y, bb);
    }
    float squareA = Lanes.sum(aa);
    float squareB = Lanes.sum(bb);
    return safe(squareA) && safe(squareB)
        ? quotient(Lanes.sum(ab), squareA, squareB)
        : scalar.cosine(a, aOffset, b, bOffsetBytes, n);
  }

  @Override
  public float cosine(
      MemorySegment a, long aOffsetBytes, MemorySegment b, long bOffsetBytes, int n) {
    FloatVector ab = FloatVector.zero(SPECIES);
    FloatVector aa = ab;
    FloatVector bb = ab;
    int left = n;
    long p = aOffsetBytes;
    long q = bOffsetBytes;
    for (; left >= COUNT; left -= COUNT) {
      FloatVector x = FloatVector.fromMemorySegment(SPECIES, a, p, ORDER);
      FloatVector y = FloatVector.fromMemorySegment(SPECIES, b, q, ORDER);
      ab = x.fma(y, ab);
      aa = x.fma(x, aa);
      bb = y.fma(y, bb);
      p += VECTOR_BYTES;
      q += VECTOR_BYTES;
    }
    if (left > 0) {
      FloatVector x = Lanes.loadTail(a, p, left);
      FloatVector y = Lanes.loadTail(b, q, left);
      ab = x.fma(y, ab);
      aa = x.fma(x, aa);
      bb = y.fma(y, bb);
    }
    float squareA = Lanes.sum(aa);
    float squareB = Lanes.sum(bb);
    return safe(squareA) && safe(squareB)
        ? quotient(Lanes.sum(ab), squareA, squareB)
        : scalar.cosine(a, aOffsetBytes, b, bOffsetBytes, n);
  }

  /** False for NaN, so that the scalar twin decides. */
  private static boolean safe(float square) {
    return square > SMALLEST_SAFE && square < LARGEST_SAFE;
  }

  private static float quotient(float ab, float aa, float bb) {
    return (float) (ab / Math.sqrt((double) aa * bb));
  }

  @Override
  public float norm(float[] a, int offset, int n) {
    float square = inner(a, offset, a, offset, n);
    return safe(square) ? (float) Math.sqrt(square) : scalar.norm(a, offset, n);
  }

  @Override
  public float normalize(float[] a, int offset, int n) {
    float square = inner(a, offset, a, offset, n);
    if (!safe(square)) {
      return scalar.normalize(a, offset, n);
    }
    float norm = (float) Math.sqrt(square);
    scale(1 / norm, a, offset, n);
    return norm;
  }

  @Override
  public void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int n) {
    FloatVector factor = FloatVector.broadcast(SPECIES, alpha);
    int i = 0;
    for (; i <= n - COUNT; i += COUNT) {
      factor
          .fma(
              FloatVector.fromArray(SPECIES, x, xOffset + i),
              FloatVector.fromArray(SPECIES, y, yOffset + i))
          .intoArray(y, yOffset + i);
    }
    if (i < n) {
      FloatVector sum =
          factor.fma(Lanes.loadTail(x, xOffset + i, n - i), Lanes.loadTail(y, yOffset + i, n - i));
      Lanes.storeTail(sum, y, yOffset + i, n - i);
    }
  }

  @Override
  public void scale(float alpha, float[] x, int xOffset, int n) {
    FloatVector factor = FloatVector.broadcast(SPECIES, alpha);
    int i = 0;
    for (; i <= n - COUNT; i += COUNT) {
      FloatVector.fromArray(SPECIES, x, xOffset + i).mul(factor).intoArray(x, xOffset + i);
    }
    if (i < n) {
      FloatVector product = Lanes.loadTail(x, xOffset + i, n - i).mul(factor);
      Lanes.storeTail(product, x, xOffset + i, n - i);
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
    int i = from;
    for (; i <= to - 4; i += 4) {
      dot4(
          query,
          queryOffset,
          rows,
          ordinals[i] * strideBytes,
          ordinals[i + 1] * strideBytes,
          ordinals[i + 2] * strideBytes,
          ordinals[i + 3] * strideBytes,
          n,
          scores,
          i);
    }
    for (; i < to; i++) {
      scores[i] = dot(query, queryOffset, rows, ordinals[i] * strideBytes, n);
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
    int i = 0;
    for (; i <= count - 4; i += 4) {
      long at = (firstRow + i) * strideBytes;
      dot4(
          query,
          queryOffset,
          rows,
          at,
          at + strideBytes,
          at + 2 * strideBytes,
          at + 3 * strideBytes,
          n,
          scores,
          scoresOffset + i);
    }
    for (; i < count; i++) {
      scores[scoresOffset + i] = dot(query, queryOffset, rows, (firstRow + i) * strideBytes, n);
    }
  }

  /** Four rows at byte offsets r0 to r3: their cache misses overlap, the query is read once. */
  private static void dot4(
      float[] query,
      int queryOffset,
      MemorySegment rows,
      long r0,
      long r1,
      long r2,
      long r3,
      int n,
      float[] scores,
      int scoresOffset) {
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector a1 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector c0 = a0;
    FloatVector c1 = a0;
    FloatVector d0 = a0;
    FloatVector d1 = a0;
    int i = 0;
    long at = 0;
    for (int end = n - 2 * COUNT; i <= end; i += 2 * COUNT) {
      FloatVector q0 = FloatVector.fromArray(SPECIES, query, queryOffset + i);
      a0 = FloatVector.fromMemorySegment(SPECIES, rows, r0 + at, ORDER).fma(q0, a0);
      b0 = FloatVector.fromMemorySegment(SPECIES, rows, r1 + at, ORDER).fma(q0, b0);
      c0 = FloatVector.fromMemorySegment(SPECIES, rows, r2 + at, ORDER).fma(q0, c0);
      d0 = FloatVector.fromMemorySegment(SPECIES, rows, r3 + at, ORDER).fma(q0, d0);
      FloatVector q1 = FloatVector.fromArray(SPECIES, query, queryOffset + i + COUNT);
      a1 = FloatVector.fromMemorySegment(SPECIES, rows, r0 + at + VECTOR_BYTES, ORDER).fma(q1, a1);
      b1 = FloatVector.fromMemorySegment(SPECIES, rows, r1 + at + VECTOR_BYTES, ORDER).fma(q1, b1);
      c1 = FloatVector.fromMemorySegment(SPECIES, rows, r2 + at + VECTOR_BYTES, ORDER).fma(q1, c1);
      d1 = FloatVector.fromMemorySegment(SPECIES, rows, r3 + at + VECTOR_BYTES, ORDER).fma(q1, d1);
      at += 2 * VECTOR_BYTES;
    }
    if (i <= n - COUNT) {
      FloatVector q = FloatVector.fromArray(SPECIES, query, queryOffset + i);
      a0 = FloatVector.fromMemorySegment(SPECIES, rows, r0 + at, ORDER).fma(q, a0);
      b0 = FloatVector.fromMemorySegment(SPECIES, rows, r1 + at, ORDER).fma(q, b0);
      c0 = FloatVector.fromMemorySegment(SPECIES, rows, r2 + at, ORDER).fma(q, c0);
      d0 = FloatVector.fromMemorySegment(SPECIES, rows, r3 + at, ORDER).fma(q, d0);
      i += COUNT;
      at += VECTOR_BYTES;
    }
    if (i < n) {
      FloatVector q = Lanes.loadTail(query, queryOffset + i, n - i);
      a1 = Lanes.loadTail(rows, r0 + at, n - i).fma(q, a1);
      b1 = Lanes.loadTail(rows, r1 + at, n - i).fma(q, b1);
      c1 = Lanes.loadTail(rows, r2 + at, n - i).fma(q, c1);
      d1 = Lanes.loadTail(rows, r3 + at, n - i).fma(q, d1);
    }
    scores[scoresOffset] = Lanes.sum(a0.add(a1));
    scores[scoresOffset + 1] = Lanes.sum(b0.add(b1));
    scores[scoresOffset + 2] = Lanes.sum(c0.add(c1));
    scores[scoresOffset + 3] = Lanes.sum(d0.add(d1));
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
    int i = from;
    for (; i <= to - 4; i += 4) {
      squaredL2of4(
          query,
          queryOffset,
          rows,
          ordinals[i] * strideBytes,
          ordinals[i + 1] * strideBytes,
          ordinals[i + 2] * strideBytes,
          ordinals[i + 3] * strideBytes,
          n,
          scores,
          i);
    }
    for (; i < to; i++) {
      scores[i] = squaredL2(query, queryOffset, rows, ordinals[i] * strideBytes, n);
    }
  }

  private static void squaredL2of4(
      float[] query,
      int queryOffset,
      MemorySegment rows,
      long r0,
      long r1,
      long r2,
      long r3,
      int n,
      float[] scores,
      int scoresOffset) {
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector a1 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector c0 = a0;
    FloatVector c1 = a0;
    FloatVector d0 = a0;
    FloatVector d1 = a0;
    int i = 0;
    long at = 0;
    for (int end = n - 2 * COUNT; i <= end; i += 2 * COUNT) {
      FloatVector q0 = FloatVector.fromArray(SPECIES, query, queryOffset + i);
      a0 = addSquare(FloatVector.fromMemorySegment(SPECIES, rows, r0 + at, ORDER), q0, a0);
      b0 = addSquare(FloatVector.fromMemorySegment(SPECIES, rows, r1 + at, ORDER), q0, b0);
      c0 = addSquare(FloatVector.fromMemorySegment(SPECIES, rows, r2 + at, ORDER), q0, c0);
      d0 = addSquare(FloatVector.fromMemorySegment(SPECIES, rows, r3 + at, ORDER), q0, d0);
      FloatVector q1 = FloatVector.fromArray(SPECIES, query, queryOffset + i + COUNT);
      a1 =
          addSquare(
              FloatVector.fromMemorySegment(SPECIES, rows, r0 + at + VECTOR_BYTES, ORDER), q1, a1);
      b1 =
          addSquare(
              FloatVector.fromMemorySegment(SPECIES, rows, r1 + at + VECTOR_BYTES, ORDER), q1, b1);
      c1 =
          addSquare(
              FloatVector.fromMemorySegment(SPECIES, rows, r2 + at + VECTOR_BYTES, ORDER), q1, c1);
      d1 =
          addSquare(
              FloatVector.fromMemorySegment(SPECIES, rows, r3 + at + VECTOR_BYTES, ORDER), q1, d1);
      at += 2 * VECTOR_BYTES;
    }
    if (i <= n - COUNT) {
      FloatVector q = FloatVector.fromArray(SPECIES, query, queryOffset + i);
      a0 = addSquare(FloatVector.fromMemorySegment(SPECIES, rows, r0 + at, ORDER), q, a0);
      b0 = addSquare(FloatVector.fromMemorySegment(SPECIES, rows, r1 + at, ORDER), q, b0);
      c0 = addSquare(FloatVector.fromMemorySegment(SPECIES, rows, r2 + at, ORDER), q, c0);
      d0 = addSquare(FloatVector.fromMemorySegment(SPECIES, rows, r3 + at, ORDER), q, d0);
      i += COUNT;
      at += VECTOR_BYTES;
    }
    if (i < n) {
      FloatVector q = Lanes.loadTail(query, queryOffset + i, n - i);
      a1 = addSquare(Lanes.loadTail(rows, r0 + at, n - i), q, a1);
      b1 = addSquare(Lanes.loadTail(rows, r1 + at, n - i), q, b1);
      c1 = addSquare(Lanes.loadTail(rows, r2 + at, n - i), q, c1);
      d1 = addSquare(Lanes.loadTail(rows, r3 + at, n - i), q, d1);
    }
    scores[scoresOffset] = Lanes.sum(a0.add(a1));
    scores[scoresOffset + 1] = Lanes.sum(b0.add(b1));
    scores[scoresOffset + 2] = Lanes.sum(c0.add(c1));
    scores[scoresOffset + 3] = Lanes.sum(d0.add(d1));
  }

  private static FloatVector addSquare(FloatVector x, FloatVector y, FloatVector sum) {
    FloatVector d = x.sub(y);
    return d.fma(d, sum);
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
    int i = 0;
    for (; i <= count - 4; i += 4) {
      int at = rowsOffset + i * stride;
      dot4(
          query,
          queryOffset,
          rows,
          at,
          at + stride,
          at + 2 * stride,
          at + 3 * stride,
          n,
          scores,
          scoresOffset + i);
    }
    for (; i < count; i++) {
      scores[scoresOffset + i] = inner(query, queryOffset, rows, rowsOffset + i * stride, n);
    }
  }

  private static void dot4(
      float[] query,
      int queryOffset,
      float[] rows,
      int r0,
      int r1,
      int r2,
      int r3,
      int n,
      float[] scores,
      int scoresOffset) {
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector a1 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector c0 = a0;
    FloatVector c1 = a0;
    FloatVector d0 = a0;
    FloatVector d1 = a0;
    int i = 0;
    for (int end = n - 2 * COUNT; i <= end; i += 2 * COUNT) {
      FloatVector q0 = FloatVector.fromArray(SPECIES, query, queryOffset + i);
      a0 = FloatVector.fromArray(SPECIES, rows, r0 + i).fma(q0, a0);
      b0 = FloatVector.fromArray(SPECIES, rows, r1 + i).fma(q0, b0);
      c0 = FloatVector.fromArray(SPECIES, rows, r2 + i).fma(q0, c0);
      d0 = FloatVector.fromArray(SPECIES, rows, r3 + i).fma(q0, d0);
      FloatVector q1 = FloatVector.fromArray(SPECIES, query, queryOffset + i + COUNT);
      a1 = FloatVector.fromArray(SPECIES, rows, r0 + i + COUNT).fma(q1, a1);
      b1 = FloatVector.fromArray(SPECIES, rows, r1 + i + COUNT).fma(q1, b1);
      c1 = FloatVector.fromArray(SPECIES, rows, r2 + i + COUNT).fma(q1, c1);
      d1 = FloatVector.fromArray(SPECIES, rows, r3 + i + COUNT).fma(q1, d1);
    }
    if (i <= n - COUNT) {
      FloatVector q = FloatVector.fromArray(SPECIES, query, queryOffset + i);
      a0 = FloatVector.fromArray(SPECIES, rows, r0 + i).fma(q, a0);
      b0 = FloatVector.fromArray(SPECIES, rows, r1 + i).fma(q, b0);
      c0 = FloatVector.fromArray(SPECIES, rows, r2 + i).fma(q, c0);
      d0 = FloatVector.fromArray(SPECIES, rows, r3 + i).fma(q, d0);
      i += COUNT;
    }
    if (i < n) {
      FloatVector q = Lanes.loadTail(query, queryOffset + i, n - i);
      a1 = Lanes.loadTail(rows, r0 + i, n - i).fma(q, a1);
      b1 = Lanes.loadTail(rows, r1 + i, n - i).fma(q, b1);
      c1 = Lanes.loadTail(rows, r2 + i, n - i).fma(q, c1);
      d1 = Lanes.loadTail(rows, r3 + i, n - i).fma(q, d1);
    }
    scores[scoresOffset] = Lanes.sum(a0.add(a1));
    scores[scoresOffset + 1] = Lanes.sum(b0.add(b1));
    scores[scoresOffset + 2] = Lanes.sum(c0.add(c1));
    scores[scoresOffset + 3] = Lanes.sum(d0.add(d1));
  }
}
