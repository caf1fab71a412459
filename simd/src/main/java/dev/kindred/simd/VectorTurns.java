package dev.kindred.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Squares of 8 x 8 values turned in registers, rows to columns: lanes change places with vectors by
 * halves, pairs and neighbours. For processes with vectors of 8 floats or more, of which it takes
 * 8: triangles and tiles end at multiples of 8 or 4, so that 16 would turn much that isn't there.
 *
 * <p>{@code take} and {@code scale} each have the whole turn: a method for both that takes the
 * eight rows has 499 bytes of bytecode, C2 inlines up to 325 (FreqInlineSize), and vectors handed
 * to a method that isn't inlined become objects.
 */
final class VectorTurns {
  /** Rows and columns of a square. */
  static final int SIDE = 8;

  private static final VectorSpecies<Float> EIGHT = FloatVector.SPECIES_256;

  private static final VectorShuffle<Float> SWAP_HALVES = swap(4);
  private static final VectorShuffle<Float> SWAP_PAIRS = swap(2);
  private static final VectorShuffle<Float> SWAP_NEIGHBORS = swap(1);
  private static final VectorMask<Float> UPPER_HALF = lanesWith(4);
  private static final VectorMask<Float> ODD_PAIRS = lanesWith(2);
  private static final VectorMask<Float> ODD = lanesWith(1);

  private VectorTurns() {}

  private static VectorShuffle<Float> swap(int bit) {
    return VectorShuffle.fromOp(EIGHT, lane -> lane ^ bit);
  }

  /** The lanes whose number has the given bit. */
  private static VectorMask<Float> lanesWith(int bit) {
    long lanes = 0;
    for (int lane = 0; lane < SIDE; lane++) {
      lanes |= (lane & bit) != 0 ? 1L << lane : 0;
    }
    return VectorMask.fromLong(EIGHT, lanes);
  }

  /**
   * to[target + c stride + r] = from[at + r distance + c], which becomes 0; r and c from 0 to 7.
   *
   * @param distance floats from row to row of {@code from}
   * @param stride floats from row to row of {@code to}
   */
  static void take(float[] from, int at, int distance, float[] to, int target, int stride) {
    int at4 = at + 4 * distance;
    FloatVector r0 = FloatVector.fromArray(EIGHT, from, at);
    FloatVector r4 = FloatVector.fromArray(EIGHT, from, at4);
    FloatVector s0 = r0.blend(r4.rearrange(SWAP_HALVES), UPPER_HALF);
    FloatVector s4 = r0.rearrange(SWAP_HALVES).blend(r4, UPPER_HALF);
    FloatVector r2 = FloatVector.fromArray(EIGHT, from, at + 2 * distance);
    FloatVector r6 = FloatVector.fromArray(EIGHT, from, at4 + 2 * distance);
    FloatVector s2 = r2.blend(r6.rearrange(SWAP_HALVES), UPPER_HALF);
    FloatVector s6 = r2.rearrange(SWAP_HALVES).blend(r6, UPPER_HALF);
    FloatVector t0 = s0.blend(s2.rearrange(SWAP_PAIRS), ODD_PAIRS);
    FloatVector t2 = s0.rearrange(SWAP_PAIRS).blend(s2, ODD_PAIRS);
    FloatVector t4 = s4.blend(s6.rearrange(SWAP_PAIRS), ODD_PAIRS);
    FloatVector t6 = s4.rearrange(SWAP_PAIRS).blend(s6, ODD_PAIRS);
    FloatVector r1 = FloatVector.fromArray(EIGHT, from, at + distance);
    FloatVector r5 = FloatVector.fromArray(EIGHT, from, at4 + distance);
    FloatVector s1 = r1.blend(r5.rearrange(SWAP_HALVES), UPPER_HALF);
    FloatVector s5 = r1.rearrange(SWAP_HALVES).blend(r5, UPPER_HALF);
    FloatVector r3 = FloatVector.fromArray(EIGHT, from, at + 3 * distance);
    FloatVector r7 = FloatVector.fromArray(EIGHT, from, at4 + 3 * distance);
    FloatVector s3 = r3.blend(r7.rearrange(SWAP_HALVES), UPPER_HALF);
    FloatVector s7 = r3.rearrange(SWAP_HALVES).blend(r7, UPPER_HALF);
    FloatVector t1 = s1.blend(s3.rearrange(SWAP_PAIRS), ODD_PAIRS);
    FloatVector t3 = s1.rearrange(SWAP_PAIRS).blend(s3, ODD_PAIRS);
    FloatVector t5 = s5.blend(s7.rearrange(SWAP_PAIRS), ODD_PAIRS);
    FloatVector t7 = s5.rearrange(SWAP_PAIRS).blend(s7, ODD_PAIRS);
    t0.blend(t1.rearrange(SWAP_NEIGHBORS), ODD).intoArray(to, target);
    t0.rearrange(SWAP_NEIGHBORS).blend(t1, ODD).intoArray(to, target + stride);
    t2.blend(t3.rearrange(SWAP_NEIGHBORS), ODD).intoArray(to, target + 2 * stride);
    t2.rearrange(SWAP_NEIGHBORS).blend(t3, ODD).intoArray(to, target + 3 * stride);
    t4.blend(t5.rearrange(SWAP_NEIGHBORS), ODD).intoArray(to, target + 4 * stride);
    t4.rearrange(SWAP_NEIGHBORS).blend(t5, ODD).intoArray(to, target + 5 * stride);
    t6.blend(t7.rearrange(SWAP_NEIGHBORS), ODD).intoArray(to, target + 6 * stride);
    t6.rearrange(SWAP_NEIGHBORS).blend(t7, ODD).intoArray(to, target + 7 * stride);
    FloatVector zero = FloatVector.zero(EIGHT);
    zero.intoArray(from, at);
    zero.intoArray(from, at + distance);
    zero.intoArray(from, at + 2 * distance);
    zero.intoArray(from, at + 3 * distance);
    zero.intoArray(from, at4);
    zero.intoArray(from, at4 + distance);
    zero.intoArray(from, at4 + 2 * distance);
    zero.intoArray(from, at4 + 3 * distance);
  }

  /** to[target + c stride + r] = scales[first + c] * from[at + r distance + c]. */
  static void scale(
      float[] from,
      int at,
      int distance,
      float[] scales,
      int first,
      float[] to,
      int target,
      int stride) {
    FloatVector scale = FloatVector.fromArray(EIGHT, scales, first);
    int at4 = at + 4 * distance;
    FloatVector r0 = FloatVector.fromArray(EIGHT, from, at).mul(scale);
    FloatVector r4 = FloatVector.fromArray(EIGHT, from, at4).mul(scale);
    FloatVector s0 = r0.blend(r4.rearrange(SWAP_HALVES), UPPER_HALF);
    FloatVector s4 = r0.rearrange(SWAP_HALVES).blend(r4, UPPER_HALF);
    FloatVector r2 = FloatVector.fromArray(EIGHT, from, at + 2 * distance).mul(scale);
    FloatVector r6 = FloatVector.fromArray(EIGHT, from, at4 + 2 * distance).mul(scale);
    FloatVector s2 = r2.blend(r6.rearrange(SWAP_HALVES), UPPER_HALF);
    FloatVector s6 = r2.rearrange(SWAP_HALVES).blend(r6, UPPER_HALF);
    FloatVector t0 = s0.blend(s2.rearrange(SWAP_PAIRS), ODD_PAIRS);
    FloatVector t2 = s0.rearrange(SWAP_PAIRS).blend(s2, ODD_PAIRS);
    FloatVector t4 = s4.blend(s6.rearrange(SWAP_PAIRS), ODD_PAIRS);
    FloatVector t6 = s4.rearrange(SWAP_PAIRS).blend(s6, ODD_PAIRS);
    FloatVector r1 = FloatVector.fromArray(EIGHT, from, at + distance).mul(scale);
    FloatVector r5 = FloatVector.fromArray(EIGHT, from, at4 + distance).mul(scale);
    FloatVector s1 = r1.blend(r5.rearrange(SWAP_HALVES), UPPER_HALF);
    FloatVector s5 = r1.rearrange(SWAP_HALVES).blend(r5, UPPER_HALF);
    FloatVector r3 = FloatVector.fromArray(EIGHT, from, at + 3 * distance).mul(scale);
    FloatVector r7 = FloatVector.fromArray(EIGHT, from, at4 + 3 * distance).mul(scale);
    FloatVector s3 = r3.blend(r7.rearrange(SWAP_HALVES), UPPER_HALF);
    FloatVector s7 = r3.rearrange(SWAP_HALVES).blend(r7, UPPER_HALF);
    FloatVector t1 = s1.blend(s3.rearrange(SWAP_PAIRS), ODD_PAIRS);
    FloatVector t3 = s1.rearrange(SWAP_PAIRS).blend(s3, ODD_PAIRS);
    FloatVector t5 = s5.blend(s7.rearrange(SWAP_PAIRS), ODD_PAIRS);
    FloatVector t7 = s5.rearrange(SWAP_PAIRS).blend(s7, ODD_PAIRS);
    t0.blend(t1.rearrange(SWAP_NEIGHBORS), ODD).intoArray(to, target);
    t0.rearrange(SWAP_NEIGHBORS).blend(t1, ODD).intoArray(to, target + stride);
    t2.blend(t3.rearrange(SWAP_NEIGHBORS), ODD).intoArray(to, target + 2 * stride);
    t2.rearrange(SWAP_NEIGHBORS).blend(t3, ODD).intoArray(to, target + 3 * stride);
    t4.blend(t5.rearrange(SWAP_NEIGHBORS), ODD).intoArray(to, target + 4 * stride);
    t4.rearrange(SWAP_NEIGHBORS).blend(t5, ODD).intoArray(to, target + 5 * stride);
    t6.blend(t7.rearrange(SWAP_NEIGHBORS), ODD).intoArray(to, target + 6 * stride);
    t6.rearrange(SWAP_NEIGHBORS).blend(t7, ODD).intoArray(to, target + 7 * stride);
  }
}
