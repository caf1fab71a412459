package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * Inner products of four rows of some common lengths, to the bit those of {@link
 * VectorRowDistances}, written out: the start and end of a loop cost more than its few turns (95
 * instructions on checks, 37 a turn).
 *
 * <p>A load is an argument of {@code fma} and not its receiver, for then the compiler makes one
 * instruction of both. The sums of lanes stand in every method, as methods of their own are not
 * inlined everywhere (docs/decisions/simd-kernels.md).
 */
final class VectorWholeRows {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /** Of a vector. */
  private static final int BYTES = COUNT * Float.BYTES;

  private VectorWholeRows() {}

  /** Whether {@link #dot4} has a method for rows of n floats in an array. */
  static boolean knows(int n) {
    return n == 2 * COUNT || n == 8 * COUNT || n == 16 * COUNT;
  }

  /** Rows of a length that it {@link #knows}, the first at r0. */
  static void dot4(
      float[] query,
      int queryOffset,
      float[] rows,
      int r0,
      int stride,
      int n,
      float[] scores,
      int scoresOffset) {
    if (n == 2 * COUNT) {
      dot4Of2(query, queryOffset, rows, r0, stride, scores, scoresOffset);
    } else if (n == 8 * COUNT) {
      dot4Of8(query, queryOffset, rows, r0, stride, scores, scoresOffset);
    } else {
      dot4Of16(query, queryOffset, rows, r0, stride, scores, scoresOffset);
    }
  }

  /** Rows of 2 vectors. */
  private static void dot4Of2(
      float[] query,
      int queryOffset,
      float[] rows,
      int r0,
      int stride,
      float[] scores,
      int scoresOffset) {
    int r1 = r0 + stride;
    int r2 = r1 + stride;
    int r3 = r2 + stride;
    FloatVector q = FloatVector.fromArray(SPECIES, query, queryOffset);
    FloatVector a0 = q.fma(FloatVector.fromArray(SPECIES, rows, r0), FloatVector.zero(SPECIES));
    FloatVector b0 = q.fma(FloatVector.fromArray(SPECIES, rows, r1), FloatVector.zero(SPECIES));
    FloatVector c0 = q.fma(FloatVector.fromArray(SPECIES, rows, r2), FloatVector.zero(SPECIES));
    FloatVector d0 = q.fma(FloatVector.fromArray(SPECIES, rows, r3), FloatVector.zero(SPECIES));
    q = FloatVector.fromArray(SPECIES, query, queryOffset + COUNT);
    FloatVector a1 =
        q.fma(FloatVector.fromArray(SPECIES, rows, r0 + COUNT), FloatVector.zero(SPECIES));
    FloatVector b1 =
        q.fma(FloatVector.fromArray(SPECIES, rows, r1 + COUNT), FloatVector.zero(SPECIES));
    FloatVector c1 =
        q.fma(FloatVector.fromArray(SPECIES, rows, r2 + COUNT), FloatVector.zero(SPECIES));
    FloatVector d1 =
        q.fma(FloatVector.fromArray(SPECIES, rows, r3 + COUNT), FloatVector.zero(SPECIES));
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

  /** Rows of 8 vectors. */
  private static void dot4Of8(
      float[] query,
      int queryOffset,
      float[] rows,
      int r0,
      int stride,
      float[] scores,
      int scoresOffset) {
    int r1 = r0 + stride;
    int r2 = r1 + stride;
    int r3 = r2 + stride;
    FloatVector q = FloatVector.fromArray(SPECIES, query, queryOffset);
    FloatVector a0 = q.fma(FloatVector.fromArray(SPECIES, rows, r0), FloatVector.zero(SPECIES));
    FloatVector b0 = q.fma(FloatVector.fromArray(SPECIES, rows, r1), FloatVector.zero(SPECIES));
    FloatVector c0 = q.fma(FloatVector.fromArray(SPECIES, rows, r2), FloatVector.zero(SPECIES));
    FloatVector d0 = q.fma(FloatVector.fromArray(SPECIES, rows, r3), FloatVector.zero(SPECIES));
    q = FloatVector.fromArray(SPECIES, query, queryOffset + COUNT);
    FloatVector a1 =
        q.fma(FloatVector.fromArray(SPECIES, rows, r0 + COUNT), FloatVector.zero(SPECIES));
    FloatVector b1 =
        q.fma(FloatVector.fromArray(SPECIES, rows, r1 + COUNT), FloatVector.zero(SPECIES));
    FloatVector c1 =
        q.fma(FloatVector.fromArray(SPECIES, rows, r2 + COUNT), FloatVector.zero(SPECIES));
    FloatVector d1 =
        q.fma(FloatVector.fromArray(SPECIES, rows, r3 + COUNT), FloatVector.zero(SPECIES));
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 2 * COUNT);
    a0 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 2 * COUNT), a0);
    b0 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 2 * COUNT), b0);
    c0 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 2 * COUNT), c0);
    d0 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 2 * COUNT), d0);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 3 * COUNT);
    a1 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 3 * COUNT), a1);
    b1 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 3 * COUNT), b1);
    c1 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 3 * COUNT), c1);
    d1 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 3 * COUNT), d1);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 4 * COUNT);
    a0 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 4 * COUNT), a0);
    b0 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 4 * COUNT), b0);
    c0 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 4 * COUNT), c0);
    d0 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 4 * COUNT), d0);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 5 * COUNT);
    a1 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 5 * COUNT), a1);
    b1 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 5 * COUNT), b1);
    c1 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 5 * COUNT), c1);
    d1 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 5 * COUNT), d1);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 6 * COUNT);
    a0 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 6 * COUNT), a0);
    b0 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 6 * COUNT), b0);
    c0 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 6 * COUNT), c0);
    d0 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 6 * COUNT), d0);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 7 * COUNT);
    a1 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 7 * COUNT), a1);
    b1 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 7 * COUNT), b1);
    c1 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 7 * COUNT), c1);
    d1 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 7 * COUNT), d1);
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

  /** Rows of 16 vectors. */
  private static void dot4Of16(
      float[] query,
      int queryOffset,
      float[] rows,
      int r0,
      int stride,
      float[] scores,
      int scoresOffset) {
    int r1 = r0 + stride;
    int r2 = r1 + stride;
    int r3 = r2 + stride;
    FloatVector q = FloatVector.fromArray(SPECIES, query, queryOffset);
    FloatVector a0 = q.fma(FloatVector.fromArray(SPECIES, rows, r0), FloatVector.zero(SPECIES));
    FloatVector b0 = q.fma(FloatVector.fromArray(SPECIES, rows, r1), FloatVector.zero(SPECIES));
    FloatVector c0 = q.fma(FloatVector.fromArray(SPECIES, rows, r2), FloatVector.zero(SPECIES));
    FloatVector d0 = q.fma(FloatVector.fromArray(SPECIES, rows, r3), FloatVector.zero(SPECIES));
    q = FloatVector.fromArray(SPECIES, query, queryOffset + COUNT);
    FloatVector a1 =
        q.fma(FloatVector.fromArray(SPECIES, rows, r0 + COUNT), FloatVector.zero(SPECIES));
    FloatVector b1 =
        q.fma(FloatVector.fromArray(SPECIES, rows, r1 + COUNT), FloatVector.zero(SPECIES));
    FloatVector c1 =
        q.fma(FloatVector.fromArray(SPECIES, rows, r2 + COUNT), FloatVector.zero(SPECIES));
    FloatVector d1 =
        q.fma(FloatVector.fromArray(SPECIES, rows, r3 + COUNT), FloatVector.zero(SPECIES));
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 2 * COUNT);
    a0 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 2 * COUNT), a0);
    b0 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 2 * COUNT), b0);
    c0 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 2 * COUNT), c0);
    d0 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 2 * COUNT), d0);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 3 * COUNT);
    a1 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 3 * COUNT), a1);
    b1 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 3 * COUNT), b1);
    c1 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 3 * COUNT), c1);
    d1 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 3 * COUNT), d1);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 4 * COUNT);
    a0 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 4 * COUNT), a0);
    b0 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 4 * COUNT), b0);
    c0 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 4 * COUNT), c0);
    d0 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 4 * COUNT), d0);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 5 * COUNT);
    a1 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 5 * COUNT), a1);
    b1 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 5 * COUNT), b1);
    c1 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 5 * COUNT), c1);
    d1 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 5 * COUNT), d1);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 6 * COUNT);
    a0 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 6 * COUNT), a0);
    b0 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 6 * COUNT), b0);
    c0 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 6 * COUNT), c0);
    d0 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 6 * COUNT), d0);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 7 * COUNT);
    a1 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 7 * COUNT), a1);
    b1 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 7 * COUNT), b1);
    c1 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 7 * COUNT), c1);
    d1 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 7 * COUNT), d1);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 8 * COUNT);
    a0 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 8 * COUNT), a0);
    b0 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 8 * COUNT), b0);
    c0 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 8 * COUNT), c0);
    d0 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 8 * COUNT), d0);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 9 * COUNT);
    a1 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 9 * COUNT), a1);
    b1 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 9 * COUNT), b1);
    c1 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 9 * COUNT), c1);
    d1 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 9 * COUNT), d1);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 10 * COUNT);
    a0 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 10 * COUNT), a0);
    b0 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 10 * COUNT), b0);
    c0 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 10 * COUNT), c0);
    d0 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 10 * COUNT), d0);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 11 * COUNT);
    a1 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 11 * COUNT), a1);
    b1 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 11 * COUNT), b1);
    c1 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 11 * COUNT), c1);
    d1 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 11 * COUNT), d1);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 12 * COUNT);
    a0 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 12 * COUNT), a0);
    b0 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 12 * COUNT), b0);
    c0 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 12 * COUNT), c0);
    d0 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 12 * COUNT), d0);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 13 * COUNT);
    a1 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 13 * COUNT), a1);
    b1 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 13 * COUNT), b1);
    c1 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 13 * COUNT), c1);
    d1 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 13 * COUNT), d1);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 14 * COUNT);
    a0 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 14 * COUNT), a0);
    b0 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 14 * COUNT), b0);
    c0 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 14 * COUNT), c0);
    d0 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 14 * COUNT), d0);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 15 * COUNT);
    a1 = q.fma(FloatVector.fromArray(SPECIES, rows, r0 + 15 * COUNT), a1);
    b1 = q.fma(FloatVector.fromArray(SPECIES, rows, r1 + 15 * COUNT), b1);
    c1 = q.fma(FloatVector.fromArray(SPECIES, rows, r2 + 15 * COUNT), c1);
    d1 = q.fma(FloatVector.fromArray(SPECIES, rows, r3 + 15 * COUNT), d1);
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

  /** Rows of 8 vectors at byte offsets r0 to r3 of a segment. */
  static void dot4Of8(
      float[] query,
      int queryOffset,
      MemorySegment rows,
      long r0,
      long r1,
      long r2,
      long r3,
      float[] scores,
      int scoresOffset) {
    FloatVector q = FloatVector.fromArray(SPECIES, query, queryOffset);
    FloatVector a0 =
        q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r0, ORDER), FloatVector.zero(SPECIES));
    FloatVector b0 =
        q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r1, ORDER), FloatVector.zero(SPECIES));
    FloatVector c0 =
        q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r2, ORDER), FloatVector.zero(SPECIES));
    FloatVector d0 =
        q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r3, ORDER), FloatVector.zero(SPECIES));
    q = FloatVector.fromArray(SPECIES, query, queryOffset + COUNT);
    FloatVector a1 =
        q.fma(
            FloatVector.fromMemorySegment(SPECIES, rows, r0 + BYTES, ORDER),
            FloatVector.zero(SPECIES));
    FloatVector b1 =
        q.fma(
            FloatVector.fromMemorySegment(SPECIES, rows, r1 + BYTES, ORDER),
            FloatVector.zero(SPECIES));
    FloatVector c1 =
        q.fma(
            FloatVector.fromMemorySegment(SPECIES, rows, r2 + BYTES, ORDER),
            FloatVector.zero(SPECIES));
    FloatVector d1 =
        q.fma(
            FloatVector.fromMemorySegment(SPECIES, rows, r3 + BYTES, ORDER),
            FloatVector.zero(SPECIES));
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 2 * COUNT);
    a0 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r0 + 2 * BYTES, ORDER), a0);
    b0 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r1 + 2 * BYTES, ORDER), b0);
    c0 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r2 + 2 * BYTES, ORDER), c0);
    d0 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r3 + 2 * BYTES, ORDER), d0);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 3 * COUNT);
    a1 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r0 + 3 * BYTES, ORDER), a1);
    b1 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r1 + 3 * BYTES, ORDER), b1);
    c1 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r2 + 3 * BYTES, ORDER), c1);
    d1 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r3 + 3 * BYTES, ORDER), d1);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 4 * COUNT);
    a0 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r0 + 4 * BYTES, ORDER), a0);
    b0 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r1 + 4 * BYTES, ORDER), b0);
    c0 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r2 + 4 * BYTES, ORDER), c0);
    d0 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r3 + 4 * BYTES, ORDER), d0);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 5 * COUNT);
    a1 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r0 + 5 * BYTES, ORDER), a1);
    b1 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r1 + 5 * BYTES, ORDER), b1);
    c1 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r2 + 5 * BYTES, ORDER), c1);
    d1 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r3 + 5 * BYTES, ORDER), d1);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 6 * COUNT);
    a0 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r0 + 6 * BYTES, ORDER), a0);
    b0 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r1 + 6 * BYTES, ORDER), b0);
    c0 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r2 + 6 * BYTES, ORDER), c0);
    d0 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r3 + 6 * BYTES, ORDER), d0);
    q = FloatVector.fromArray(SPECIES, query, queryOffset + 7 * COUNT);
    a1 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r0 + 7 * BYTES, ORDER), a1);
    b1 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r1 + 7 * BYTES, ORDER), b1);
    c1 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r2 + 7 * BYTES, ORDER), c1);
    d1 = q.fma(FloatVector.fromMemorySegment(SPECIES, rows, r3 + 7 * BYTES, ORDER), d1);
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
