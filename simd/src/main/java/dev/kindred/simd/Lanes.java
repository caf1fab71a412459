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

  /** Four floats, whatever the process has. */
  static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;

  /** Floats in a vector: 4, 8 or 16. */
  static final int COUNT = SPECIES.length();

  /** 0, 1, 2, ... */
  static final FloatVector IOTA = FloatVector.zero(SPECIES).addIndex(1);

  // Masked loads and stores are instructions from AVX on. 128 bits may mean an ARM without them,
  // where each would become a call with allocations: there the last 1 to 3 lanes go one by one.
  static final boolean MASKS = COUNT > 4;

  // Lane l takes lane l with one bit of its number flipped: what sums are made of.
  static final VectorShuffle<Float> SWAP_HALVES = swap(COUNT / 2);
  static final VectorShuffle<Float> SWAP_QUARTERS = swap(COUNT / 4);
  static final VectorShuffle<Float> SWAP_PAIRS = swap(2);
  static final VectorShuffle<Float> SWAP_NEIGHBORS = swap(1);

  // For the sums of four vectors at once.
  static final VectorMask<Float> UPPER_HALF = lanesWith(COUNT / 2);
  static final VectorMask<Float> ODD_QUARTERS = lanesWith(COUNT / 4);
  static final VectorMask<Float> ODD = lanesWith(1);

  private Lanes() {}

  private static VectorShuffle<Float> swap(int bit) {
    return VectorShuffle.fromOp(SPECIES, lane -> lane ^ bit);
  }

  /** The lanes whose number has the given bit. */
  private static VectorMask<Float> lanesWith(int bit) {
    boolean[] lanes = new boolean[COUNT];
    for (int lane = 0; lane < COUNT; lane++) {
      lanes[lane] = (lane & bit) != 0;
    }
    return VectorMask.fromArray(SPECIES, lanes, 0);
  }

  /**
   * Sum of all lanes by halving: lane l + lane l + COUNT / 2, and so on down to neighbours. {@code
   * reduceLanes} has no specified order, so interpreted and compiled code may differ in the last
   * bit. Written out in {@link VectorRowDistances}; change them together.
   */
  static float sum(FloatVector v) {
    v = v.add(v.rearrange(SWAP_HALVES));
    v = v.add(v.rearrange(SWAP_QUARTERS));
    if (COUNT > 8) {
      v = v.add(v.rearrange(SWAP_PAIRS));
    }
    if (COUNT > 4) {
      v = v.add(v.rearrange(SWAP_NEIGHBORS));
    }
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
