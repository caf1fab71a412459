package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Inner products with rows of 8-bit codes: a quarter of the memory of floats, and sums of whole
 * numbers, so that every vector width gives the same.
 *
 * <p>Stateless; safe for any number of threads on distinct outputs.
 */
public final class Codes {
  /** Rows are read in whole groups of this many codes. */
  public static final int GROUP = 32;

  /** Largest product of the lengths of query and row for which {@link #dotRows} is exact. */
  public static final int MAX_PRODUCT = Short.MAX_VALUE;

  /** Loaded by the first use: who only asks for sizes, as opening a file does, doesn't wait. */
  private static final class Loaded {
    static final CodeKernels KERNELS = Kernels.CODES;
  }

  private Codes() {}

  /** The smallest multiple of {@link #GROUP} that holds this many codes. */
  public static int paddedLength(int codes) {
    return (codes + GROUP - 1) / GROUP * GROUP;
  }

  /**
   * sums[i] = inner product of the query and row ordinals[i], for i in [from, to).
   *
   * <p>Partial sums are kept in 16 bits: exact as long as the Euclidean length of the query times
   * that of the row is at most {@link #MAX_PRODUCT} (then, by Cauchy and Schwarz, so is the sum
   * over any part of the positions); beyond that the sum is unspecified.
   *
   * @param query [n]
   * @param codes rows of signed bytes, {@code strideBytes} from one to the next; a row outside them
   *     throws {@link IndexOutOfBoundsException}
   * @param n positions to read, a multiple of {@link #GROUP}
   */
  public static void dotRows(
      short[] query,
      MemorySegment codes,
      long strideBytes,
      int[] ordinals,
      int from,
      int to,
      int n,
      int[] sums) {
    if (n % GROUP != 0) {
      throw new IllegalArgumentException("n must be a multiple of " + GROUP + ", got " + n);
    }
    Objects.checkFromToIndex(from, to, ordinals.length);
    Objects.checkFromToIndex(from, to, sums.length);
    Objects.checkFromIndexSize(0, n, query.length);
    Loaded.KERNELS.dotRows(query, codes, strideBytes, ordinals, from, to, n, sums);
  }
}
