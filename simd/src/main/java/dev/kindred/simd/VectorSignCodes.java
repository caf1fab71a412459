package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * One lane per vector of the block; with AVX-512 counting the bits of a lane is one instruction.
 */
final class VectorSignCodes implements SignCodeKernels {
  private static final VectorShape SHAPE = Lanes.SPECIES.vectorShape();
  private static final VectorSpecies<Integer> INTS = SHAPE.withLanes(int.class);
  private static final VectorSpecies<Float> FLOATS = Lanes.SPECIES;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  @Override
  public long passing(
      MemorySegment block,
      long offset,
      int count,
      int words,
      int[] planes,
      float scale,
      float shift,
      float least) {
    long wordBytes = (long) count * Integer.BYTES;
    long passing = 0;
    for (int i = 0; i < count; i += Lanes.COUNT) {
      long at = offset + (long) i * Integer.BYTES;
      IntVector numbers = IntVector.fromMemorySegment(INTS, block, at, ORDER);
      IntVector ones = IntVector.zero(INTS);
      IntVector twos = IntVector.zero(INTS);
      IntVector fours = IntVector.zero(INTS);
      IntVector eights = IntVector.zero(INTS);
      for (int w = 0; w < words; w++) {
        at += wordBytes;
        IntVector signs = IntVector.fromMemorySegment(INTS, block, at, ORDER);
        ones = signs.and(planes[4 * w]).lanewise(VectorOperators.BIT_COUNT).add(ones);
        twos = signs.and(planes[4 * w + 1]).lanewise(VectorOperators.BIT_COUNT).add(twos);
        fours = signs.and(planes[4 * w + 2]).lanewise(VectorOperators.BIT_COUNT).add(fours);
        eights = signs.and(planes[4 * w + 3]).lanewise(VectorOperators.BIT_COUNT).add(eights);
      }
      IntVector sum =
          fours
              .lanewise(VectorOperators.LSHL, 2)
              .sub(eights.lanewise(VectorOperators.LSHL, 3))
              .add(twos.lanewise(VectorOperators.LSHL, 1))
              .add(ones);
      FloatVector dot =
          ((FloatVector) sum.convertShape(VectorOperators.I2F, FLOATS, 0))
              .fma(FloatVector.broadcast(FLOATS, scale), FloatVector.broadcast(FLOATS, shift));
      FloatVector addend = numbers.and(0xFFFF0000).reinterpretAsFloats();
      FloatVector factor = numbers.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      passing |= factor.fma(dot, addend).compare(VectorOperators.GE, least).toLong() << i;
    }
    return passing;
  }
}
