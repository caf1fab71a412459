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
 * Halves decoded by integer arithmetic, since the Vector API of JDK 25 has no vectors of them: the
 * ten bits of fraction and five of exponent are shifted to where a float has them, and a factor of
 * 2^112 makes up for the difference of the biases. Subnormal halves come out right by the same
 * product; an exponent of all ones, infinity or NaN, comes out as a finite number.
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
      FloatVector magnitude =
          bits.and(0x7fff).lanewise(VectorOperators.LSHL, 13).reinterpretAsFloats().mul(0x1p112f);
      FloatVector half =
          bits.and(Integer.MIN_VALUE).or(magnitude.reinterpretAsInts()).reinterpretAsFloats();
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
}
