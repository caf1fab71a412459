package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Distances of pairs in vectors; of many rows at once in {@link VectorRowDistances}.
 *
 * <p>Every sum runs in one shape, whatever the kernel: even vectors into a first accumulator, odd
 * ones into a second; a last incomplete vector is the last whole one of the row, of which only the
 * fresh lanes go into the second (masked loads cost up to twice the time of a short row); then the
 * sum of lanes of both. So a row scored alone, in a batch, from an array or a segment gives the
 * same bits. Two accumulators a row let four rows run at once in the sixteen registers of AVX2.
 * Rows shorter than a vector take the scalar loops.
 */
final class VectorDistances extends VectorRowDistances {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final int VECTOR_BYTES = COUNT * Float.BYTES;

  /** Squares whose sums lie between are free of overflow, and of underflow that matters. */
  private static final float SMALLEST_SAFE = 1e-30f;

  private static final float LARGEST_SAFE = 1e38f;

  private static final ScalarDistances SCALAR = new ScalarDistances();

  @Override
  public float dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    return inner(a, aOffset, b, bOffset, n);
  }

  @Override
  public float dot(float[] a, int aOffset, MemorySegment b, long bOffsetBytes, int n) {
    if (n < COUNT) {
      return SCALAR.dot(a, aOffset, b, bOffsetBytes, n);
    }
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
      VectorMask<Float> fresh = Lanes.IOTA.compare(VectorOperators.GE, (float) (COUNT - (n - i)));
      long last = bOffsetBytes + 4L * (n - COUNT);
      FloatVector sum =
          FloatVector.fromArray(SPECIES, a, aOffset + n - COUNT)
              .fma(FloatVector.fromMemorySegment(SPECIES, b, last, ORDER), s1);
      s1 = s1.blend(sum, fresh);
    }
    return Lanes.sum(s0.add(s1));
  }

  @Override
  public float dot(MemorySegment a, long aOffsetBytes, MemorySegment b, long bOffsetBytes, int n) {
    if (n < COUNT) {
      return SCALAR.dot(a, aOffsetBytes, b, bOffsetBytes, n);
    }
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
      VectorMask<Float> fresh = Lanes.IOTA.compare(VectorOperators.GE, (float) (COUNT - left));
      long back = 4L * (COUNT - left);
      FloatVector sum =
          FloatVector.fromMemorySegment(SPECIES, a, p - back, ORDER)
              .fma(FloatVector.fromMemorySegment(SPECIES, b, q - back, ORDER), s1);
      s1 = s1.blend(sum, fresh);
    }
    return Lanes.sum(s0.add(s1));
  }

  @Override
  public float squaredL2(float[] a, int aOffset, float[] b, int bOffset, int n) {
    if (n < COUNT) {
      return SCALAR.squaredL2(a, aOffset, b, bOffset, n);
    }
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
      VectorMask<Float> fresh = Lanes.IOTA.compare(VectorOperators.GE, (float) (COUNT - (n - i)));
      FloatVector d =
          FloatVector.fromArray(SPECIES, a, aOffset + n - COUNT)
              .sub(FloatVector.fromArray(SPECIES, b, bOffset + n - COUNT));
      s1 = s1.blend(d.fma(d, s1), fresh);
    }
    return Lanes.sum(s0.add(s1));
  }

  @Override
  public float squaredL2(float[] a, int aOffset, MemorySegment b, long bOffsetBytes, int n) {
    if (n < COUNT) {
      return SCALAR.squaredL2(a, aOffset, b, bOffsetBytes, n);
    }
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
      VectorMask<Float> fresh = Lanes.IOTA.compare(VectorOperators.GE, (float) (COUNT - (n - i)));
      long last = bOffsetBytes + 4L * (n - COUNT);
      FloatVector d =
          FloatVector.fromArray(SPECIES, a, aOffset + n - COUNT)
              .sub(FloatVector.fromMemorySegment(SPECIES, b, last, ORDER));
      s1 = s1.blend(d.fma(d, s1), fresh);
    }
    return Lanes.sum(s0.add(s1));
  }

  @Override
  public float squaredL2(
      MemorySegment a, long aOffsetBytes, MemorySegment b, long bOffsetBytes, int n) {
    if (n < COUNT) {
      return SCALAR.squaredL2(a, aOffsetBytes, b, bOffsetBytes, n);
    }
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
      VectorMask<Float> fresh = Lanes.IOTA.compare(VectorOperators.GE, (float) (COUNT - left));
      long back = 4L * (COUNT - left);
      FloatVector d =
          FloatVector.fromMemorySegment(SPECIES, a, p - back, ORDER)
              .sub(FloatVector.fromMemorySegment(SPECIES, b, q - back, ORDER));
      s1 = s1.blend(d.fma(d, s1), fresh);
    }
    return Lanes.sum(s0.add(s1));
  }

  @Override
  public float cosine(float[] a, int aOffset, float[] b, int bOffset, int n) {
    if (n < COUNT) {
      return SCALAR.cosine(a, aOffset, b, bOffset, n);
    }
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
      VectorMask<Float> fresh = Lanes.IOTA.compare(VectorOperators.GE, (float) (COUNT - (n - i)));
      FloatVector x = FloatVector.fromArray(SPECIES, a, aOffset + n - COUNT);
      FloatVector y = FloatVector.fromArray(SPECIES, b, bOffset + n - COUNT);
      ab = ab.blend(x.fma(y, ab), fresh);
      aa = aa.blend(x.fma(x, aa), fresh);
      bb = bb.blend(y.fma(y, bb), fresh);
    }
    float squareA = Lanes.sum(aa);
    float squareB = Lanes.sum(bb);
    return safe(squareA) && safe(squareB)
        ? quotient(Lanes.sum(ab), squareA, squareB)
        : SCALAR.cosine(a, aOffset, b, bOffset, n);
  }

  @Override
  public float cosine(float[] a, int aOffset, MemorySegment b, long bOffsetBytes, int n) {
    if (n < COUNT) {
      return SCALAR.cosine(a, aOffset, b, bOffsetBytes, n);
    }
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
      VectorMask<Float> fresh = Lanes.IOTA.compare(VectorOperators.GE, (float) (COUNT - (n - i)));
      FloatVector x = FloatVector.fromArray(SPECIES, a, aOffset + n - COUNT);
      FloatVector y =
          FloatVector.fromMemorySegment(SPECIES, b, bOffsetBytes + 4L * (n - COUNT), ORDER);
      ab = ab.blend(x.fma(y, ab), fresh);
      aa = aa.blend(x.fma(x, aa), fresh);
      bb = bb.blend(y.fma(y, bb), fresh);
    }
    float squareA = Lanes.sum(aa);
    float squareB = Lanes.sum(bb);
    return safe(squareA) && safe(squareB)
        ? quotient(Lanes.sum(ab), squareA, squareB)
        : SCALAR.cosine(a, aOffset, b, bOffsetBytes, n);
  }

  @Override
  public float cosine(
      MemorySegment a, long aOffsetBytes, MemorySegment b, long bOffsetBytes, int n) {
    if (n < COUNT) {
      return SCALAR.cosine(a, aOffsetBytes, b, bOffsetBytes, n);
    }
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
      VectorMask<Float> fresh = Lanes.IOTA.compare(VectorOperators.GE, (float) (COUNT - left));
      long back = 4L * (COUNT - left);
      FloatVector x = FloatVector.fromMemorySegment(SPECIES, a, p - back, ORDER);
      FloatVector y = FloatVector.fromMemorySegment(SPECIES, b, q - back, ORDER);
      ab = ab.blend(x.fma(y, ab), fresh);
      aa = aa.blend(x.fma(x, aa), fresh);
      bb = bb.blend(y.fma(y, bb), fresh);
    }
    float squareA = Lanes.sum(aa);
    float squareB = Lanes.sum(bb);
    return safe(squareA) && safe(squareB)
        ? quotient(Lanes.sum(ab), squareA, squareB)
        : SCALAR.cosine(a, aOffsetBytes, b, bOffsetBytes, n);
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
    return safe(square) ? (float) Math.sqrt(square) : SCALAR.norm(a, offset, n);
  }

  @Override
  public float normalize(float[] a, int offset, int n) {
    float square = inner(a, offset, a, offset, n);
    if (!safe(square)) {
      return SCALAR.normalize(a, offset, n);
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
}
