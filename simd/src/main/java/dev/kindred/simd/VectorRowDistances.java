package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Distances of one vector to many rows, four at a time: their cache misses overlap and the query is
 * read once. Sums run in the shape of {@link VectorDistances}, which scores the rows that are left.
 *
 * <p>A parent rather than a part, so that no call stands between the caller and the loop.
 */
abstract class VectorRowDistances implements DistanceKernels {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final int VECTOR_BYTES = COUNT * Float.BYTES;
  private static final ScalarDistances SCALAR = new ScalarDistances();

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
    if (n < COUNT) {
      SCALAR.dotRows(query, queryOffset, rows, strideBytes, ordinals, from, to, n, scores);
      return;
    }
    if (n == COUNT) {
      for (int i = from; i < to; i++) {
        scores[i] = dotOfOneVector(query, queryOffset, rows, ordinals[i] * strideBytes);
      }
      return;
    }
    int i = from;
    // Of 64 floats with 256 bits, as vectors of users and items often have.
    for (; n == 8 * COUNT && i <= to - 4; i += 4) {
      VectorWholeRows.dot4Of8(
          query,
          queryOffset,
          rows,
          ordinals[i] * strideBytes,
          ordinals[i + 1] * strideBytes,
          ordinals[i + 2] * strideBytes,
          ordinals[i + 3] * strideBytes,
          scores,
          i);
    }
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
    if (n < COUNT) {
      SCALAR.dotRange(
          query, queryOffset, rows, strideBytes, firstRow, count, n, scores, scoresOffset);
      return;
    }
    if (n == COUNT) {
      for (int i = 0; i < count; i++) {
        scores[scoresOffset + i] =
            dotOfOneVector(query, queryOffset, rows, (firstRow + i) * strideBytes);
      }
      return;
    }
    int i = 0;
    for (; n == 8 * COUNT && i <= count - 4; i += 4) {
      long at = (firstRow + i) * strideBytes;
      VectorWholeRows.dot4Of8(
          query,
          queryOffset,
          rows,
          at,
          at + strideBytes,
          at + 2 * strideBytes,
          at + 3 * strideBytes,
          scores,
          scoresOffset + i);
    }
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

  // Rows of one vector have no loop. Where nothing but such rows is scored the compiler never saw
  // the loop of the others run, and made objects of its accumulators. Their lanes are summed here,
  // in the order of Lanes.sum but not by it: these methods are small enough to become part of a
  // whole search, whose budget may end before that call, and what is passed to a call is an object:
  // 1,100 to 2,700 bytes a search over rows of up to 16 floats, in one JVM of three.

  private static float dotOfOneVector(float[] query, int queryOffset, MemorySegment rows, long at) {
    FloatVector v =
        FloatVector.fromMemorySegment(SPECIES, rows, at, ORDER)
            .fma(FloatVector.fromArray(SPECIES, query, queryOffset), FloatVector.zero(SPECIES));
    v = v.add(v.rearrange(Lanes.SWAP_HALVES));
    v = v.add(v.rearrange(Lanes.SWAP_QUARTERS));
    if (COUNT > 8) {
      v = v.add(v.rearrange(Lanes.SWAP_PAIRS));
    }
    if (COUNT > 4) {
      v = v.add(v.rearrange(Lanes.SWAP_NEIGHBORS));
    }
    return v.lane(0);
  }

  private static float squaredL2OfOneVector(
      float[] query, int queryOffset, MemorySegment rows, long at) {
    FloatVector v =
        FloatVector.fromArray(SPECIES, query, queryOffset)
            .sub(FloatVector.fromMemorySegment(SPECIES, rows, at, ORDER));
    v = v.fma(v, FloatVector.zero(SPECIES));
    v = v.add(v.rearrange(Lanes.SWAP_HALVES));
    v = v.add(v.rearrange(Lanes.SWAP_QUARTERS));
    if (COUNT > 8) {
      v = v.add(v.rearrange(Lanes.SWAP_PAIRS));
    }
    if (COUNT > 4) {
      v = v.add(v.rearrange(Lanes.SWAP_NEIGHBORS));
    }
    return v.lane(0);
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
      a0 = q0.fma(FloatVector.fromMemorySegment(SPECIES, rows, r0 + at, ORDER), a0);
      b0 = q0.fma(FloatVector.fromMemorySegment(SPECIES, rows, r1 + at, ORDER), b0);
      c0 = q0.fma(FloatVector.fromMemorySegment(SPECIES, rows, r2 + at, ORDER), c0);
      d0 = q0.fma(FloatVector.fromMemorySegment(SPECIES, rows, r3 + at, ORDER), d0);
      FloatVector q1 = FloatVector.fromArray(SPECIES, query, queryOffset + i + COUNT);
      a1 = q1.fma(FloatVector.fromMemorySegment(SPECIES, rows, r0 + at + VECTOR_BYTES, ORDER), a1);
      b1 = q1.fma(FloatVector.fromMemorySegment(SPECIES, rows, r1 + at + VECTOR_BYTES, ORDER), b1);
      c1 = q1.fma(FloatVector.fromMemorySegment(SPECIES, rows, r2 + at + VECTOR_BYTES, ORDER), c1);
      d1 = q1.fma(FloatVector.fromMemorySegment(SPECIES, rows, r3 + at + VECTOR_BYTES, ORDER), d1);
      at += 2 * VECTOR_BYTES;
    }
    if (i <= n - COUNT) {
      FloatVector q = FloatVector.fromArray(SPECIES, query, queryOffset + i);
      a0 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r0 + at, ORDER), a0);
      b0 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r1 + at, ORDER), b0);
      c0 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r2 + at, ORDER), c0);
      d0 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r3 + at, ORDER), d0);
      i += COUNT;
      at += VECTOR_BYTES;
    }
    if (i < n) {
      VectorMask<Float> fresh = Lanes.IOTA.compare(VectorOperators.GE, (float) (COUNT - (n - i)));
      FloatVector q = FloatVector.fromArray(SPECIES, query, queryOffset + n - COUNT);
      at = 4L * (n - COUNT);
      a1 = a1.blend(q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r0 + at, ORDER), a1), fresh);
      b1 = b1.blend(q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r1 + at, ORDER), b1), fresh);
      c1 = c1.blend(q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r2 + at, ORDER), c1), fresh);
      d1 = d1.blend(q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r3 + at, ORDER), d1), fresh);
    }
    // The sums of four rows at once, each in the order of Lanes.sum: halves of two rows become one
    // vector, then quarters of four. Four calls of Lanes.sum are more than the compiler inlines.
    a0 = a0.add(a1);
    b0 = b0.add(b1);
    c0 = c0.add(c1);
    d0 = d0.add(d1);
    a0 = a0.add(a0.rearrange(Lanes.SWAP_HALVES));
    b0 = b0.add(b0.rearrange(Lanes.SWAP_HALVES));
    c0 = c0.add(c0.rearrange(Lanes.SWAP_HALVES));
    d0 = d0.add(d0.rearrange(Lanes.SWAP_HALVES));
    a0 = a0.blend(b0, Lanes.UPPER_HALF);
    c0 = c0.blend(d0, Lanes.UPPER_HALF);
    a0 = a0.add(a0.rearrange(Lanes.SWAP_QUARTERS));
    c0 = c0.add(c0.rearrange(Lanes.SWAP_QUARTERS));
    a0 = a0.blend(c0, Lanes.ODD_QUARTERS);
    if (COUNT > 8) {
      a0 = a0.add(a0.rearrange(Lanes.SWAP_PAIRS));
    }
    if (COUNT > 4) {
      a0 = a0.add(a0.rearrange(Lanes.SWAP_NEIGHBORS));
    }
    scores[scoresOffset] = a0.lane(0);
    scores[scoresOffset + 1] = a0.lane(COUNT / 2);
    scores[scoresOffset + 2] = a0.lane(COUNT / 4);
    scores[scoresOffset + 3] = a0.lane(COUNT * 3 / 4);
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
    if (n < COUNT) {
      SCALAR.squaredL2Rows(query, queryOffset, rows, strideBytes, ordinals, from, to, n, scores);
      return;
    }
    if (n == COUNT) {
      for (int i = from; i < to; i++) {
        scores[i] = squaredL2OfOneVector(query, queryOffset, rows, ordinals[i] * strideBytes);
      }
      return;
    }
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
      FloatVector ea0 = FloatVector.fromMemorySegment(SPECIES, rows, r0 + at, ORDER).sub(q0);
      a0 = ea0.fma(ea0, a0);
      FloatVector eb0 = FloatVector.fromMemorySegment(SPECIES, rows, r1 + at, ORDER).sub(q0);
      b0 = eb0.fma(eb0, b0);
      FloatVector ec0 = FloatVector.fromMemorySegment(SPECIES, rows, r2 + at, ORDER).sub(q0);
      c0 = ec0.fma(ec0, c0);
      FloatVector ed0 = FloatVector.fromMemorySegment(SPECIES, rows, r3 + at, ORDER).sub(q0);
      d0 = ed0.fma(ed0, d0);
      FloatVector q1 = FloatVector.fromArray(SPECIES, query, queryOffset + i + COUNT);
      FloatVector ea1 =
          FloatVector.fromMemorySegment(SPECIES, rows, r0 + at + VECTOR_BYTES, ORDER).sub(q1);
      a1 = ea1.fma(ea1, a1);
      FloatVector eb1 =
          FloatVector.fromMemorySegment(SPECIES, rows, r1 + at + VECTOR_BYTES, ORDER).sub(q1);
      b1 = eb1.fma(eb1, b1);
      FloatVector ec1 =
          FloatVector.fromMemorySegment(SPECIES, rows, r2 + at + VECTOR_BYTES, ORDER).sub(q1);
      c1 = ec1.fma(ec1, c1);
      FloatVector ed1 =
          FloatVector.fromMemorySegment(SPECIES, rows, r3 + at + VECTOR_BYTES, ORDER).sub(q1);
      d1 = ed1.fma(ed1, d1);
      at += 2 * VECTOR_BYTES;
    }
    if (i <= n - COUNT) {
      FloatVector q = FloatVector.fromArray(SPECIES, query, queryOffset + i);
      FloatVector ea = FloatVector.fromMemorySegment(SPECIES, rows, r0 + at, ORDER).sub(q);
      a0 = ea.fma(ea, a0);
      FloatVector eb = FloatVector.fromMemorySegment(SPECIES, rows, r1 + at, ORDER).sub(q);
      b0 = eb.fma(eb, b0);
      FloatVector ec = FloatVector.fromMemorySegment(SPECIES, rows, r2 + at, ORDER).sub(q);
      c0 = ec.fma(ec, c0);
      FloatVector ed = FloatVector.fromMemorySegment(SPECIES, rows, r3 + at, ORDER).sub(q);
      d0 = ed.fma(ed, d0);
      i += COUNT;
      at += VECTOR_BYTES;
    }
    if (i < n) {
      VectorMask<Float> fresh = Lanes.IOTA.compare(VectorOperators.GE, (float) (COUNT - (n - i)));
      FloatVector q = FloatVector.fromArray(SPECIES, query, queryOffset + n - COUNT);
      at = 4L * (n - COUNT);
      FloatVector ea = FloatVector.fromMemorySegment(SPECIES, rows, r0 + at, ORDER).sub(q);
      a1 = a1.blend(ea.fma(ea, a1), fresh);
      FloatVector eb = FloatVector.fromMemorySegment(SPECIES, rows, r1 + at, ORDER).sub(q);
      b1 = b1.blend(eb.fma(eb, b1), fresh);
      FloatVector ec = FloatVector.fromMemorySegment(SPECIES, rows, r2 + at, ORDER).sub(q);
      c1 = c1.blend(ec.fma(ec, c1), fresh);
      FloatVector ed = FloatVector.fromMemorySegment(SPECIES, rows, r3 + at, ORDER).sub(q);
      d1 = d1.blend(ed.fma(ed, d1), fresh);
    }
    // The sums of four rows at once, each in the order of Lanes.sum: halves of two rows become one
    // vector, then quarters of four. Four calls of Lanes.sum are more than the compiler inlines.
    a0 = a0.add(a1);
    b0 = b0.add(b1);
    c0 = c0.add(c1);
    d0 = d0.add(d1);
    a0 = a0.add(a0.rearrange(Lanes.SWAP_HALVES));
    b0 = b0.add(b0.rearrange(Lanes.SWAP_HALVES));
    c0 = c0.add(c0.rearrange(Lanes.SWAP_HALVES));
    d0 = d0.add(d0.rearrange(Lanes.SWAP_HALVES));
    a0 = a0.blend(b0, Lanes.UPPER_HALF);
    c0 = c0.blend(d0, Lanes.UPPER_HALF);
    a0 = a0.add(a0.rearrange(Lanes.SWAP_QUARTERS));
    c0 = c0.add(c0.rearrange(Lanes.SWAP_QUARTERS));
    a0 = a0.blend(c0, Lanes.ODD_QUARTERS);
    if (COUNT > 8) {
      a0 = a0.add(a0.rearrange(Lanes.SWAP_PAIRS));
    }
    if (COUNT > 4) {
      a0 = a0.add(a0.rearrange(Lanes.SWAP_NEIGHBORS));
    }
    scores[scoresOffset] = a0.lane(0);
    scores[scoresOffset + 1] = a0.lane(COUNT / 2);
    scores[scoresOffset + 2] = a0.lane(COUNT / 4);
    scores[scoresOffset + 3] = a0.lane(COUNT * 3 / 4);
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
    if (n < COUNT) {
      SCALAR.dotRange(query, queryOffset, rows, rowsOffset, stride, count, n, scores, scoresOffset);
      return;
    }
    int i = 0;
    for (; i <= count - 4; i += 4) {
      int at = rowsOffset + i * stride;
      if (VectorWholeRows.knows(n)) {
        VectorWholeRows.dot4(query, queryOffset, rows, at, stride, n, scores, scoresOffset + i);
        continue;
      }
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

  /** Inner product in the shape of {@link VectorDistances}, for pairs and a row that is left. */
  static float inner(float[] a, int aOffset, float[] b, int bOffset, int n) {
    if (n < COUNT) {
      return SCALAR.dot(a, aOffset, b, bOffset, n);
    }
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
      VectorMask<Float> fresh = Lanes.IOTA.compare(VectorOperators.GE, (float) (COUNT - (n - i)));
      FloatVector sum =
          FloatVector.fromArray(SPECIES, a, aOffset + n - COUNT)
              .fma(FloatVector.fromArray(SPECIES, b, bOffset + n - COUNT), s1);
      s1 = s1.blend(sum, fresh);
    }
    // Lanes.sum, written out: where a caller is compiled late, as one that normalises a row now and
    // then, it is left out of line, and its argument becomes an object.
    s0 = s0.add(s1);
    s0 = s0.add(s0.rearrange(Lanes.SWAP_HALVES));
    s0 = s0.add(s0.rearrange(Lanes.SWAP_QUARTERS));
    if (COUNT > 8) {
      s0 = s0.add(s0.rearrange(Lanes.SWAP_PAIRS));
    }
    if (COUNT > 4) {
      s0 = s0.add(s0.rearrange(Lanes.SWAP_NEIGHBORS));
    }
    return s0.lane(0);
  }

  /** Four rows from r0 to r3 on. */
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
      a0 = q0.fma(FloatVector.fromArray(SPECIES, rows, r0 + i), a0);
      b0 = q0.fma(FloatVector.fromArray(SPECIES, rows, r1 + i), b0);
      c0 = q0.fma(FloatVector.fromArray(SPECIES, rows, r2 + i), c0);
      d0 = q0.fma(FloatVector.fromArray(SPECIES, rows, r3 + i), d0);
      FloatVector q1 = FloatVector.fromArray(SPECIES, query, queryOffset + i + COUNT);
      a1 = q1.fma(FloatVector.fromArray(SPECIES, rows, r0 + i + COUNT), a1);
      b1 = q1.fma(FloatVector.fromArray(SPECIES, rows, r1 + i + COUNT), b1);
      c1 = q1.fma(FloatVector.fromArray(SPECIES, rows, r2 + i + COUNT), c1);
      d1 = q1.fma(FloatVector.fromArray(SPECIES, rows, r3 + i + COUNT), d1);
    }
    if (i <= n - COUNT) {
      FloatVector q = FloatVector.fromArray(SPECIES, query, queryOffset + i);
      a0 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + i), a0);
      b0 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + i), b0);
      c0 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + i), c0);
      d0 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + i), d0);
      i += COUNT;
    }
    if (i < n) {
      VectorMask<Float> fresh = Lanes.IOTA.compare(VectorOperators.GE, (float) (COUNT - (n - i)));
      FloatVector q = FloatVector.fromArray(SPECIES, query, queryOffset + n - COUNT);
      a1 = a1.blend(q.fma(FloatVector.fromArray(SPECIES, rows, r0 + n - COUNT), a1), fresh);
      b1 = b1.blend(q.fma(FloatVector.fromArray(SPECIES, rows, r1 + n - COUNT), b1), fresh);
      c1 = c1.blend(q.fma(FloatVector.fromArray(SPECIES, rows, r2 + n - COUNT), c1), fresh);
      d1 = d1.blend(q.fma(FloatVector.fromArray(SPECIES, rows, r3 + n - COUNT), d1), fresh);
    }
    // The sums of four rows at once, each in the order of Lanes.sum: halves of two rows become one
    // vector, then quarters of four. Four calls of Lanes.sum are more than the compiler inlines.
    a0 = a0.add(a1);
    b0 = b0.add(b1);
    c0 = c0.add(c1);
    d0 = d0.add(d1);
    a0 = a0.add(a0.rearrange(Lanes.SWAP_HALVES));
    b0 = b0.add(b0.rearrange(Lanes.SWAP_HALVES));
    c0 = c0.add(c0.rearrange(Lanes.SWAP_HALVES));
    d0 = d0.add(d0.rearrange(Lanes.SWAP_HALVES));
    a0 = a0.blend(b0, Lanes.UPPER_HALF);
    c0 = c0.blend(d0, Lanes.UPPER_HALF);
    a0 = a0.add(a0.rearrange(Lanes.SWAP_QUARTERS));
    c0 = c0.add(c0.rearrange(Lanes.SWAP_QUARTERS));
    a0 = a0.blend(c0, Lanes.ODD_QUARTERS);
    if (COUNT > 8) {
      a0 = a0.add(a0.rearrange(Lanes.SWAP_PAIRS));
    }
    if (COUNT > 4) {
      a0 = a0.add(a0.rearrange(Lanes.SWAP_NEIGHBORS));
    }
    scores[scoresOffset] = a0.lane(0);
    scores[scoresOffset + 1] = a0.lane(COUNT / 2);
    scores[scoresOffset + 2] = a0.lane(COUNT / 4);
    scores[scoresOffset + 3] = a0.lane(COUNT * 3 / 4);
  }
}
