package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** As many bytes at a time as a vector of floats has lanes; 128 bits read eight and take half. */
final class VectorScaledBytes implements ScaledByteKernels {
  private static final VectorSpecies<Byte> BYTES =
      COUNT == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private final ScaledByteKernels scalar = new ScalarScaledBytes();

  @Override
  public void add(
      float[] base,
      int baseOffset,
      float[] scales,
      int scalesOffset,
      MemorySegment bytes,
      long offset,
      int n,
      float least,
      float[] target,
      int targetOffset) {
    int step = BYTES.length();
    int whole = n - n % step;
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    for (int i = 0; i < whole; i += step) {
      ByteVector stored = ByteVector.fromMemorySegment(BYTES, bytes, offset + i, ORDER);
      FloatVector sum =
          ((FloatVector) stored.convertShape(VectorOperators.B2F, SPECIES, 0))
              .fma(
                  FloatVector.fromArray(SPECIES, scales, scalesOffset + i),
                  FloatVector.fromArray(SPECIES, base, baseOffset + i));
      sum.blend(floor, sum.compare(VectorOperators.LT, floor)).intoArray(target, targetOffset + i);
      if (step > COUNT) {
        int k = i + COUNT;
        sum =
            ((FloatVector) stored.convertShape(VectorOperators.B2F, SPECIES, 1))
                .fma(
                    FloatVector.fromArray(SPECIES, scales, scalesOffset + k),
                    FloatVector.fromArray(SPECIES, base, baseOffset + k));
        sum.blend(floor, sum.compare(VectorOperators.LT, floor))
            .intoArray(target, targetOffset + k);
      }
    }
    if (whole < n) {
      scalar.add(
          base,
          baseOffset + whole,
          scales,
          scalesOffset + whole,
          bytes,
          offset + whole,
          n - whole,
          least,
          target,
          targetOffset + whole);
    }
  }
}
