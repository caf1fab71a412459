package dev.kindred.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The one vector shape of this process, and what every vector kernel needs of it: sums of lanes in
 * a fixed order, and the last, incomplete vector of a range.
 */
final class Lanes {
  static final VectorSpecies<Float> SPECIES =
      switch (Kernels.BITS) {
        case 512 -> FloatVector.SPECIES_512;
        case 256 -> FloatVector.SPECIES_256;
        default -> FloatVector.SPECIES_128;
      };

  /** Floats in a vector: 4, 8 or 16. */
  static final int COUNT = SPECIES.length();

  /** 0, 1, 2, ... */
  static final FloatVector IOTA = FloatVector.zero(SPECIES).addIndex(1);

  // Masked loads and stores are instructions from AVX on. 128 bits may mean an ARM without them,
  // where each would become a call with allocations: there the last 1 to 3 lanes go one by one.
  private static final boolean MASKS = COUNT > 4;

  private static final VectorShuffle<Float> ROTATE_8 = rotate(8);
  private static final VectorShuffle<Float> ROTATE_4 = rotate(4);
  private static final VectorShuffle<Float> ROTATE_2 = rotate(2);
  private static final VectorShuffle<Float> ROTATE_1 = rotate(1);

  private Lanes() {}

  private static VectorShuffle<Float> rotate(int by) {
    return VectorShuffle.fromOp(SPECIES, lane -> (lane + by) % COUNT);
  }

  /**
   * Sum of all lanes by halving: lane i + lane i + 8, then + 4, + 2, + 1. {@code reduceLanes} has
   * no specified order, so interpreted and compiled code may differ in the last bit.
   */
  static float sum(FloatVector v) {
    if (COUNT > 8) {
      v = v.add(v.rearrange(ROTATE_8));
    }
    if (COUNT > 4) {
      v = v.add(v.rearrange(ROTATE_4));
    }
    v = v.add(v.rearrange(ROTATE_2));
    v = v.add(v.rearrange(ROTATE_1));
    return v.lane(0);
  }

  /** Reads count floats, 0 < count < COUNT; the other lanes are 0. */
  static FloatVector loadTail(float[] a, int offset, int count) {
    if (MASKS) {
      return FloatVector.fromArray(SPECIES, a, offset, mask(count));
    }
    FloatVector v = FloatVector.zero(SPECIES).withLane(0, a[offset]);
    if (count > 1) {
      v = v.withLane(1, a[offset + 1]);
    }
    if (count > 2) {
      v = v.withLane(2, a[offset + 2]);
    }
    return v;
  }

  /** Writes the first count lanes, 0 < count < COUNT. */
  static void storeTail(FloatVector v, float[] a, int offset, int count) {
    if (MASKS) {
      v.intoArray(a, offset, mask(count));
      return;
    }
    a[offset] = v.lane(0);
    if (count > 1) {
      a[offset + 1] = v.lane(1);
    }
    if (count > 2) {
      a[offset + 2] = v.lane(2);
    }
  }

  private static VectorMask<Float> mask(int count) {
    return SPECIES.indexInRange(0, count);
  }
}
