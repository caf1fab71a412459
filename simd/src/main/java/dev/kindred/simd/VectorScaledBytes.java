package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The columns of four vectors, or of one, of all rows before the next columns, unless rows are
 * long: the loop over rows is long where that over columns would hardly have begun. 128 bits read
 * eight bytes and take the halves.
 */
final class VectorScaledBytes implements ScaledByteKernels {
  private static final VectorSpecies<Byte> BYTES =
      COUNT == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  private static final int STEP = BYTES.length();

  /**
   * Columns from which on rows go one by one: then their loop is long enough, and what is stored of
   * items far apart isn't read in pieces of a line.
   */
  private static final int LONG = 256;

  /** Whether a vector of bytes makes one of floats. */
  private static final boolean ONE_EACH = STEP == COUNT;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private final ScaledByteKernels scalar = new ScalarScaledBytes();

  @Override
  public void addRows(
      float[] base,
      int baseOffset,
      int ldBase,
      float[] scales,
      int scalesOffset,
      MemorySegment bytes,
      long offset,
      long stride,
      int[] ordinals,
      int from,
      int rows,
      int n,
      float least,
      float[] target,
      int targetOffset,
      int ldTarget) {
    int whole = n - n % STEP;
    int i = 0;
    if (n >= LONG) {
      for (int r = 0; r < rows; r++) {
        long at = offset + ordinals[from + r] * stride;
        int added = baseOffset + r * ldBase;
        int to = targetOffset + r * ldTarget;
        row(base, added, scales, scalesOffset, bytes, at, whole, least, target, to);
      }
      i = whole;
    }
    for (; ONE_EACH && i <= n - 4 * STEP; i += 4 * STEP) {
      fourSteps(
          base,
          baseOffset + i,
          ldBase,
          scales,
          scalesOffset + i,
          bytes,
          offset + i,
          stride,
          ordinals,
          from,
          rows,
          least,
          target,
          targetOffset + i,
          ldTarget);
    }
    for (; i < whole; i += STEP) {
      oneStep(
          base,
          baseOffset + i,
          ldBase,
          scales,
          scalesOffset + i,
          bytes,
          offset + i,
          stride,
          ordinals,
          from,
          rows,
          least,
          target,
          targetOffset + i,
          ldTarget);
    }
    if (whole < n) {
      scalar.addRows(
          base,
          baseOffset + whole,
          ldBase,
          scales,
          scalesOffset + whole,
          bytes,
          offset + whole,
          stride,
          ordinals,
          from,
          rows,
          n - whole,
          least,
          target,
          targetOffset + whole,
          ldTarget);
    }
  }

  /** The first {@code whole} columns of one row. */
  private static void row(
      float[] base,
      int base0,
      float[] scales,
      int scalesAt,
      MemorySegment bytes,
      long at,
      int whole,
      float least,
      float[] target,
      int target0) {
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    for (int i = 0; i < whole; i += STEP) {
      ByteVector stored = ByteVector.fromMemorySegment(BYTES, bytes, at + i, ORDER);
      FloatVector sum =
          ((FloatVector) stored.convertShape(VectorOperators.B2F, SPECIES, 0))
              .fma(
                  FloatVector.fromArray(SPECIES, scales, scalesAt + i),
                  FloatVector.fromArray(SPECIES, base, base0 + i));
      sum.blend(floor, sum.compare(VectorOperators.LT, floor)).intoArray(target, target0 + i);
      if (STEP > COUNT) {
        int k = i + COUNT;
        sum =
            ((FloatVector) stored.convertShape(VectorOperators.B2F, SPECIES, 1))
                .fma(
                    FloatVector.fromArray(SPECIES, scales, scalesAt + k),
                    FloatVector.fromArray(SPECIES, base, base0 + k));
        sum.blend(floor, sum.compare(VectorOperators.LT, floor)).intoArray(target, target0 + k);
      }
    }
  }

  /** The columns of four vectors of bytes: finding a row costs as much as two of them. */
  private static void fourSteps(
      float[] base,
      int base0,
      int ldBase,
      float[] scales,
      int scalesAt,
      MemorySegment bytes,
      long offset,
      long stride,
      int[] ordinals,
      int from,
      int rows,
      float least,
      float[] target,
      int target0,
      int ldTarget) {
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    FloatVector first = FloatVector.fromArray(SPECIES, scales, scalesAt);
    FloatVector scale1 = FloatVector.fromArray(SPECIES, scales, scalesAt + COUNT);
    FloatVector scale2 = FloatVector.fromArray(SPECIES, scales, scalesAt + 2 * COUNT);
    FloatVector scale3 = FloatVector.fromArray(SPECIES, scales, scalesAt + 3 * COUNT);
    for (int r = 0; r < rows; r++) {
      long at = offset + ordinals[from + r] * stride;
      int added = base0 + r * ldBase;
      int to = target0 + r * ldTarget;
      FloatVector sum =
          ((FloatVector)
                  ByteVector.fromMemorySegment(BYTES, bytes, at, ORDER)
                      .convertShape(VectorOperators.B2F, SPECIES, 0))
              .fma(first, FloatVector.fromArray(SPECIES, base, added));
      sum.blend(floor, sum.compare(VectorOperators.LT, floor)).intoArray(target, to);
      sum =
          ((FloatVector)
                  ByteVector.fromMemorySegment(BYTES, bytes, at + STEP, ORDER)
                      .convertShape(VectorOperators.B2F, SPECIES, 0))
              .fma(scale1, FloatVector.fromArray(SPECIES, base, added + COUNT));
      sum.blend(floor, sum.compare(VectorOperators.LT, floor)).intoArray(target, to + COUNT);
      sum =
          ((FloatVector)
                  ByteVector.fromMemorySegment(BYTES, bytes, at + 2 * STEP, ORDER)
                      .convertShape(VectorOperators.B2F, SPECIES, 0))
              .fma(scale2, FloatVector.fromArray(SPECIES, base, added + 2 * COUNT));
      sum.blend(floor, sum.compare(VectorOperators.LT, floor)).intoArray(target, to + 2 * COUNT);
      sum =
          ((FloatVector)
                  ByteVector.fromMemorySegment(BYTES, bytes, at + 3 * STEP, ORDER)
                      .convertShape(VectorOperators.B2F, SPECIES, 0))
              .fma(scale3, FloatVector.fromArray(SPECIES, base, added + 3 * COUNT));
      sum.blend(floor, sum.compare(VectorOperators.LT, floor)).intoArray(target, to + 3 * COUNT);
    }
  }

  /** The columns of one vector of bytes. */
  private static void oneStep(
      float[] base,
      int base0,
      int ldBase,
      float[] scales,
      int scalesAt,
      MemorySegment bytes,
      long offset,
      long stride,
      int[] ordinals,
      int from,
      int rows,
      float least,
      float[] target,
      int target0,
      int ldTarget) {
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    FloatVector scale = FloatVector.fromArray(SPECIES, scales, scalesAt);
    FloatVector second = scale;
    if (STEP > COUNT) {
      second = FloatVector.fromArray(SPECIES, scales, scalesAt + COUNT);
    }
    for (int r = 0; r < rows; r++) {
      long at = offset + ordinals[from + r] * stride;
      int added = base0 + r * ldBase;
      int to = target0 + r * ldTarget;
      ByteVector stored = ByteVector.fromMemorySegment(BYTES, bytes, at, ORDER);
      FloatVector sum =
          ((FloatVector) stored.convertShape(VectorOperators.B2F, SPECIES, 0))
              .fma(scale, FloatVector.fromArray(SPECIES, base, added));
      sum.blend(floor, sum.compare(VectorOperators.LT, floor)).intoArray(target, to);
      if (STEP > COUNT) {
        sum =
            ((FloatVector) stored.convertShape(VectorOperators.B2F, SPECIES, 1))
                .fma(second, FloatVector.fromArray(SPECIES, base, added + COUNT));
        sum.blend(floor, sum.compare(VectorOperators.LT, floor)).intoArray(target, to + COUNT);
      }
    }
  }
}
