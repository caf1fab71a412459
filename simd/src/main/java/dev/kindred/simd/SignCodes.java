package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Estimates of inner products from one bit per dimension, many vectors at once.
 *
 * <p>A block holds {@code count} vectors in groups of {@value #GROUP}. Their signs stand in pieces
 * of 8: a byte of each vector of a group, so that one instruction looks up {@value #GROUP} halves
 * of bytes in a table. Before all signs stand two numbers for each vector:
 *
 * <pre>
 * | count x i32: addend (bf16) in the upper half, factor (bf16) in the lower | group 0 | group 1 | ..
 * group: | 16 x i8: signs 0 to 7 of each vector | 16 x i8: signs 8 to 15 | .. |
 *
 * estimate = addend + factor * (scale * sum over the set signs of the query + shift)
 * </pre>
 *
 * <p>The query, in whole numbers of [{@value #LEAST}, {@value #MOST}], comes as a table for each 4
 * dimensions, of the sums over all 16 choices of them: {@link #fillTables}. Sources: Gao and Long,
 * "RaBitQ: Quantizing High-Dimensional Vectors with a Theoretical Error Bound for Approximate
 * Nearest Neighbor Search" (SIGMOD 2024), section 3.3, with the tables in registers of André,
 * Kermarrec and Le Scouarnec, "Cache locality is not enough: High-Performance Nearest Neighbor
 * Search with Product Quantization Fast Scan" (VLDB 2015).
 *
 * <p>Whole numbers up to the last step, so every vector width gives the same bits. Stateless.
 */
public final class SignCodes {
  /** Vectors come in groups of this many. */
  public static final int GROUP = 16;

  /** Vectors of one call. */
  public static final int MAX_COUNT = Long.SIZE;

  /** Signs of a piece. */
  public static final int PIECE = Byte.SIZE;

  /** Pieces come in pairs: the sums of so many fit in a byte. */
  public static final int PIECES = 2;

  /** Smallest value of a query. */
  public static final int LEAST = -8;

  /** Largest value of a query. */
  public static final int MOST = 7;

  /** Sums of a table, one for each choice of 4 dimensions. */
  static final int TABLE = 16;

  private static final int DIMS_PER_TABLE = 4;

  /** Loaded by the first use: who only asks for sizes, as opening a file does, doesn't wait. */
  private static final class Loaded {
    static final SignCodeKernels KERNELS = Kernels.SIGN_CODES;
  }

  private SignCodes() {}

  /** Bytes of a block. */
  public static long blockBytes(int count, int pieces) {
    return (long) count * (Integer.BYTES + pieces);
  }

  /** Where a piece of a vector's signs stands in a block. */
  public static long signsAt(int count, int pieces, int vector, int piece) {
    long group = (long) vector / GROUP * GROUP * pieces;
    return (long) count * Integer.BYTES + group + (long) piece * GROUP + vector % GROUP;
  }

  /**
   * What the code of a vector is made of: the signs of d = vector - centre, and four sums.
   *
   * <p>Sums of floats: every vector width gives the same signs, and sums that differ by rounding.
   *
   * @param centre [n]
   * @param other [n], a vector whose inner product with d is wanted
   * @param vectors the vector's n floats stand in it from {@code offset} on, little-endian
   * @param n a multiple of {@link #PIECE} times {@link #PIECES}
   * @param signs [n / {@link #PIECE}]: bit b of byte i is set unless d[8 i + b] is below 0
   * @param sums [4]: |d|^2, |d|_1, signs of d . centre, d . other
   */
  public static void residual(
      float[] centre,
      float[] other,
      MemorySegment vectors,
      long offset,
      int n,
      byte[] signs,
      float[] sums) {
    if (n < 0 || n % (PIECE * PIECES) != 0) {
      throw new IllegalArgumentException(
          "n must be a multiple of " + PIECE * PIECES + ", got " + n);
    }
    Objects.checkFromIndexSize(0, n, centre.length);
    Objects.checkFromIndexSize(0, n, other.length);
    Objects.checkFromIndexSize(0, n / PIECE, signs.length);
    Objects.checkFromIndexSize(0, 4, sums.length);
    Loaded.KERNELS.residual(centre, other, vectors, offset, n, signs, sums);
  }

  /** Bytes of the tables of a query. */
  public static int tableBytes(int pieces) {
    return 2 * TABLE * pieces;
  }

  /**
   * Makes the tables of a query.
   *
   * @param query whole numbers in [{@value #LEAST}, {@value #MOST}], {@value #PIECE} for each piece
   * @param tables [{@link #tableBytes}]
   */
  public static void fillTables(byte[] query, int pieces, byte[] tables) {
    Objects.checkFromIndexSize(0, PIECE * pieces, query.length);
    Objects.checkFromIndexSize(0, tableBytes(pieces), tables.length);
    for (int t = 0; t < 2 * pieces; t++) {
      int table = TABLE * t;
      tables[table] = 0;
      for (int d = 0, made = 1; d < DIMS_PER_TABLE; d++, made *= 2) {
        byte value = query[DIMS_PER_TABLE * t + d];
        for (int i = 0; i < made; i++) {
          tables[table + made + i] = (byte) (tables[table + i] + value);
        }
      }
    }
  }

  /**
   * Which vectors of a block are estimated at {@code least} or more: bit i is set for vector i.
   *
   * @param block read from {@code offset} on, little-endian
   * @param count a multiple of {@link #GROUP}, at most {@link #MAX_COUNT}
   * @param pieces a multiple of {@link #PIECES}
   * @param tables [{@link #tableBytes}]
   */
  public static long passing(
      MemorySegment block,
      long offset,
      int count,
      int pieces,
      byte[] tables,
      float scale,
      float shift,
      float least) {
    if (count < 0 || count > MAX_COUNT || count % GROUP != 0) {
      throw new IllegalArgumentException(
          "count must be a multiple of " + GROUP + " in [0, " + MAX_COUNT + "], got " + count);
    }
    if (pieces < 0 || pieces % PIECES != 0) {
      throw new IllegalArgumentException(
          "pieces must be a multiple of " + PIECES + ", got " + pieces);
    }
    Objects.checkFromIndexSize(0, tableBytes(pieces), tables.length);
    return Loaded.KERNELS.passing(block, offset, count, pieces, tables, scale, shift, least);
  }
}
