package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Halves decoded by integer arithmetic, since the Vector API of JDK 25 has no vectors of them: as
 * an int with its sign spread over the upper half, shifted left by 13, a half has sign, exponent
 * and fraction where a float has them; a factor of 2^112 makes up for the difference of the biases.
 * Subnormal halves come out right by the same product; an exponent of all ones, infinity or NaN,
 * comes out as a finite number.
 *
 * <p>Sums run in one shape, whether a row is scored alone or beside another: even vectors into a
 * first accumulator, odd ones into a second, then the sum of lanes of both.
 */
final class VectorHalfFloats implements HalfFloatKernels {
  private static final VectorSpecies<Short> HALVES =
      switch (COUNT) {
        case 16 -> ShortVector.SPECIES_256;
        case 8 -> ShortVector.SPECIES_128;
        default -> ShortVector.SPECIES_64;
      };

  private static final VectorSpecies<Integer> INTS =
      switch (COUNT) {
        case 16 -> IntVector.SPECIES_512;
        case 8 -> IntVector.SPECIES_256;
        default -> IntVector.SPECIES_128;
      };

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  /** Sign, exponent and fraction of a shifted half, without the copies of its sign. */
  private static final int KEPT = 0x8fffe000;

  private static final int FRACTION_SHIFT = 13;
  private static final float REBIAS = 0x1p112f;
  private static final int VECTOR_BYTES = COUNT * Short.BYTES;

  private final HalfFloatKernels scalar = new ScalarHalfFloats();

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
    int whole = n - n % COUNT;
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    for (int i = 0; i < whole; i += COUNT) {
      IntVector bits =
          (IntVector)
              ShortVector.fromMemorySegment(HALVES, halves, offsetBytes + 2L * i, ORDER)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      FloatVector half =
          bits.lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
              .and(KEPT)
              .reinterpretAsFloats()
              .mul(REBIAS);
      FloatVector sum = FloatVector.fromArray(SPECIES, base, baseOffset + i).add(half);
      sum.blend(floor, sum.compare(VectorOperators.LT, floor)).intoArray(target, targetOffset + i);
    }
    if (whole < n) {
      scalar.add(
          base,
          baseOffset + whole,
          halves,
          offsetBytes + 2L * whole,
          n - whole,
          least,
          target,
          targetOffset + whole);
    }
  }

  @Override
  public void decode(
      MemorySegment halves, long offsetBytes, int n, float[] target, int targetOffset) {
    int whole = n - n % COUNT;
    for (int i = 0; i < whole; i += COUNT) {
      IntVector bits =
          (IntVector)
              ShortVector.fromMemorySegment(HALVES, halves, offsetBytes + 2L * i, ORDER)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      bits.lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
          .and(KEPT)
          .reinterpretAsFloats()
          .mul(REBIAS)
          .intoArray(target, targetOffset + i);
    }
    if (whole < n) {
      scalar.decode(halves, offsetBytes + 2L * whole, n - whole, target, targetOffset + whole);
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
    int i = from;
    for (; i + 1 < to; i += 2) {
      long r0 = ordinals[i] * strideBytes;
      long r1 = ordinals[i + 1] * strideBytes;
      dotOf2(query, rows, r0, r1, n, scores, i);
    }
    if (i < to) {
      scores[i] = dot(query, rows, ordinals[i] * strideBytes, n);
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
    int i = 0;
    for (; i + 1 < count; i += 2) {
      long row = (firstRow + i) * strideBytes;
      dotOf2(query, rows, row, row + strideBytes, n, scores, i);
    }
    if (i < count) {
      scores[i] = dot(query, rows, (firstRow + i) * strideBytes, n);
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
    int i = from;
    for (; i + 1 < to; i += 2) {
      long r0 = ordinals[i] * strideBytes;
      long r1 = ordinals[i + 1] * strideBytes;
      squaredL2Of2(query, rows, r0, r1, n, scores, i);
    }
    if (i < to) {
      scores[i] = squaredL2(query, rows, ordinals[i] * strideBytes, n);
    }
  }

  private static float dot(float[] query, MemorySegment rows, long row, int n) {
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector a1 = a0;
    long at = row;
    for (int k = 0; k < n; k += 2 * COUNT) {
      FloatVector q0 = FloatVector.fromArray(SPECIES, query, k);
      IntVector xa0 =
          (IntVector)
              ShortVector.fromMemorySegment(HALVES, rows, at, ORDER)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      a0 =
          xa0.lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
              .and(KEPT)
              .reinterpretAsFloats()
              .mul(REBIAS)
              .fma(q0, a0);
      FloatVector q1 = FloatVector.fromArray(SPECIES, query, k + COUNT);
      IntVector xa1 =
          (IntVector)
              ShortVector.fromMemorySegment(HALVES, rows, at + VECTOR_BYTES, ORDER)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      a1 =
          xa1.lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
              .and(KEPT)
              .reinterpretAsFloats()
              .mul(REBIAS)
              .fma(q1, a1);
      at += 2 * VECTOR_BYTES;
    }
    return Lanes.sum(a0.add(a1));
  }

  /** Two rows at byte offsets r0 and r1: one's arithmetic fills the other's waits. */
  private static void dotOf2(
      float[] query, MemorySegment rows, long r0, long r1, int n, float[] scores, int first) {
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector a1 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    long at = 0;
    for (int k = 0; k < n; k += 2 * COUNT) {
      FloatVector q0 = FloatVector.fromArray(SPECIES, query, k);
      IntVector xa0 =
          (IntVector)
              ShortVector.fromMemorySegment(HALVES, rows, r0 + at, ORDER)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      a0 =
          xa0.lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
              .and(KEPT)
              .reinterpretAsFloats()
              .mul(REBIAS)
              .fma(q0, a0);
      IntVector xb0 =
          (IntVector)
              ShortVector.fromMemorySegment(HALVES, rows, r1 + at, ORDER)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      b0 =
          xb0.lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
              .and(KEPT)
              .reinterpretAsFloats()
              .mul(REBIAS)
              .fma(q0, b0);
      FloatVector q1 = FloatVector.fromArray(SPECIES, query, k + COUNT);
      IntVector xa1 =
          (IntVector)
              ShortVector.fromMemorySegment(HALVES, rows, r0 + at + VECTOR_BYTES, ORDER)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      a1 =
          xa1.lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
              .and(KEPT)
              .reinterpretAsFloats()
              .mul(REBIAS)
              .fma(q1, a1);
      IntVector xb1 =
          (IntVector)
              ShortVector.fromMemorySegment(HALVES, rows, r1 + at + VECTOR_BYTES, ORDER)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      b1 =
          xb1.lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
              .and(KEPT)
              .reinterpretAsFloats()
              .mul(REBIAS)
              .fma(q1, b1);
      at += 2 * VECTOR_BYTES;
    }
    // As Lanes.sum, from the second step on both rows in one vector.
    a0 = a0.add(a1);
    b0 = b0.add(b1);
    a0 = a0.add(a0.rearrange(Lanes.SWAP_HALVES));
    b0 = b0.add(b0.rearrange(Lanes.SWAP_HALVES));
    a0 = a0.blend(b0, Lanes.UPPER_HALF);
    a0 = a0.add(a0.rearrange(Lanes.SWAP_QUARTERS));
    if (COUNT > 8) {
      a0 = a0.add(a0.rearrange(Lanes.SWAP_PAIRS));
    }
    if (COUNT > 4) {
      a0 = a0.add(a0.rearrange(Lanes.SWAP_NEIGHBORS));
    }
    scores[first] = a0.lane(0);
    scores[first + 1] = a0.lane(COUNT / 2);
  }

  private static float squaredL2(float[] query, MemorySegment rows, long row, int n) {
    FloatVector rebias = FloatVector.broadcast(SPECIES, REBIAS);
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector a1 = a0;
    long at = row;
    for (int k = 0; k < n; k += 2 * COUNT) {
      FloatVector q0 = FloatVector.fromArray(SPECIES, query, k).neg();
      IntVector xa0 =
          (IntVector)
              ShortVector.fromMemorySegment(HALVES, rows, at, ORDER)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      FloatVector ea0 =
          xa0.lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
              .and(KEPT)
              .reinterpretAsFloats()
              .fma(rebias, q0);
      a0 = ea0.fma(ea0, a0);
      FloatVector q1 = FloatVector.fromArray(SPECIES, query, k + COUNT).neg();
      IntVector xa1 =
          (IntVector)
              ShortVector.fromMemorySegment(HALVES, rows, at + VECTOR_BYTES, ORDER)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      FloatVector ea1 =
          xa1.lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
              .and(KEPT)
              .reinterpretAsFloats()
              .fma(rebias, q1);
      a1 = ea1.fma(ea1, a1);
      at += 2 * VECTOR_BYTES;
    }
    return Lanes.sum(a0.add(a1));
  }

  /** Two rows at byte offsets r0 and r1: one's arithmetic fills the other's waits. */
  private static void squaredL2Of2(
      float[] query, MemorySegment rows, long r0, long r1, int n, float[] scores, int first) {
    FloatVector rebias = FloatVector.broadcast(SPECIES, REBIAS);
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector a1 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    long at = 0;
    for (int k = 0; k < n; k += 2 * COUNT) {
      FloatVector q0 = FloatVector.fromArray(SPECIES, query, k).neg();
      IntVector xa0 =
          (IntVector)
              ShortVector.fromMemorySegment(HALVES, rows, r0 + at, ORDER)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      FloatVector ea0 =
          xa0.lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
              .and(KEPT)
              .reinterpretAsFloats()
              .fma(rebias, q0);
      a0 = ea0.fma(ea0, a0);
      IntVector xb0 =
          (IntVector)
              ShortVector.fromMemorySegment(HALVES, rows, r1 + at, ORDER)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      FloatVector eb0 =
          xb0.lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
              .and(KEPT)
              .reinterpretAsFloats()
              .fma(rebias, q0);
      b0 = eb0.fma(eb0, b0);
      FloatVector q1 = FloatVector.fromArray(SPECIES, query, k + COUNT).neg();
      IntVector xa1 =
          (IntVector)
              ShortVector.fromMemorySegment(HALVES, rows, r0 + at + VECTOR_BYTES, ORDER)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      FloatVector ea1 =
          xa1.lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
              .and(KEPT)
              .reinterpretAsFloats()
              .fma(rebias, q1);
      a1 = ea1.fma(ea1, a1);
      IntVector xb1 =
          (IntVector)
              ShortVector.fromMemorySegment(HALVES, rows, r1 + at + VECTOR_BYTES, ORDER)
                  .convertShape(VectorOperators.S2I, INTS, 0);
      FloatVector eb1 =
          xb1.lanewise(VectorOperators.LSHL, FRACTION_SHIFT)
              .and(KEPT)
              .reinterpretAsFloats()
              .fma(rebias, q1);
      b1 = eb1.fma(eb1, b1);
      at += 2 * VECTOR_BYTES;
    }
    // As Lanes.sum, from the second step on both rows in one vector.
    a0 = a0.add(a1);
    b0 = b0.add(b1);
    a0 = a0.add(a0.rearrange(Lanes.SWAP_HALVES));
    b0 = b0.add(b0.rearrange(Lanes.SWAP_HALVES));
    a0 = a0.blend(b0, Lanes.UPPER_HALF);
    a0 = a0.add(a0.rearrange(Lanes.SWAP_QUARTERS));
    if (COUNT > 8) {
      a0 = a0.add(a0.rearrange(Lanes.SWAP_PAIRS));
    }
    if (COUNT > 4) {
      a0 = a0.add(a0.rearrange(Lanes.SWAP_NEIGHBORS));
    }
    scores[first] = a0.lane(0);
    scores[first + 1] = a0.lane(COUNT / 2);
  }
}
