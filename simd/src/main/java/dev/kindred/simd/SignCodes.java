package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Estimates of inner products from one bit per dimension, many vectors at once.
 *
 * <p>A block holds {@code count} vectors of {@code 32 words} signs, word by word, and before them
 * two numbers for each:
 *
 * <pre>
 * | count x i32: addend (bf16) in the upper half, factor (bf16) in the lower |
 * | count x i32: signs 0 to 31 of each vector | count x i32: signs 32 to 63 | ..
 *
 * estimate = addend + factor * (scale * sum over the set signs of the query + shift)
 * </pre>
 *
 * <p>The query comes as four bit planes of whole numbers in [-8, 7], so that the sum over the set
 * signs is a matter of counting bits. Source: Gao and Long, "RaBitQ: Quantizing High-Dimensional
 * Vectors with a Theoretical Error Bound for Approximate Nearest Neighbor Search" (SIGMOD 2024),
 * section 3.3.
 *
 * <p>Whole numbers up to the last step, so every vector width gives the same bits. Stateless.
 */
public final class SignCodes {
  /** Vectors come in groups of this many. */
  public static final int GROUP = 16;

  /** Vectors of one call. */
  public static final int MAX_COUNT = Long.SIZE;

  /** Bit planes of a query. */
  public static final int PLANES = 4;

  private static final SignCodeKernels KERNELS = Kernels.SIGN_CODES;

  private SignCodes() {}

  /** Bytes of a block. */
  public static long blockBytes(int count, int words) {
    return (long) count * Integer.BYTES * (words + 1);
  }

  /**
   * Which vectors of a block are estimated at {@code least} or more: bit i is set for vector i.
   *
   * @param block read from {@code offset} on, little-endian
   * @param count a multiple of {@link #GROUP}, at most {@link #MAX_COUNT}
   * @param planes [4 words]: for each word the bits of weight 1, 2, 4 and -8
   */
  public static long passing(
      MemorySegment block,
      long offset,
      int count,
      int words,
      int[] planes,
      float scale,
      float shift,
      float least) {
    if (count < 0 || count > MAX_COUNT || count % GROUP != 0) {
      throw new IllegalArgumentException(
          "count must be a multiple of " + GROUP + " in [0, " + MAX_COUNT + "], got " + count);
    }
    Objects.checkFromIndexSize(0, PLANES * words, planes.length);
    return KERNELS.passing(block, offset, count, words, planes, scale, shift, least);
  }
}
