package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Rows of 16-bit floats (IEEE 754 binary16, little-endian, at any byte offset of a segment), used
 * where they stand.
 *
 * <p>What an infinity or a NaN among the halves becomes is not specified; neither may be stored.
 * Native segments take the fast path, heap segments the scalar one. What isn't a sum has the same
 * bits for every vector width; a sum depends on it in its last bits, but not on offsets or on the
 * other rows of a call. Stateless; safe for any number of threads on distinct targets.
 */
public final class HalfFloats {
  /** Rows are scored in whole groups of this many values. */
  public static final int GROUP = 32;

  private static final HalfFloatKernels KERNELS = Kernels.HALF_FLOATS;
  private static final HalfFloatKernels SCALAR = new ScalarHalfFloats();

  private HalfFloats() {}

  /**
   * target[i] = act(base[i] + halves[i]) over n values: a layer's sum of which one part was stored.
   *
   * @throws IndexOutOfBoundsException if a range doesn't lie in its array or segment
   */
  public static void add(
      float[] base,
      int baseOffset,
      MemorySegment halves,
      long offsetBytes,
      int n,
      float[] target,
      int targetOffset,
      Activation act) {
    Objects.checkFromIndexSize(baseOffset, n, base.length);
    Objects.checkFromIndexSize(targetOffset, n, target.length);
    Objects.checkFromIndexSize(offsetBytes, (long) n * Short.BYTES, halves.byteSize());
    float least = act == Activation.RELU ? 0 : Float.NEGATIVE_INFINITY;
    kernels(halves).add(base, baseOffset, halves, offsetBytes, n, least, target, targetOffset);
  }

  /**
   * target[i] = halves[i] over n values.
   *
   * @throws IndexOutOfBoundsException if a range doesn't lie in its array or segment
   */
  public static void decode(
      MemorySegment halves, long offsetBytes, int n, float[] target, int targetOffset) {
    Objects.checkFromIndexSize(targetOffset, n, target.length);
    Objects.checkFromIndexSize(offsetBytes, (long) n * Short.BYTES, halves.byteSize());
    kernels(halves).decode(halves, offsetBytes, n, target, targetOffset);
  }

  /**
   * scores[i] = query . row ordinals[i], for i in [from, to): scattered rows of a segment. Row r
   * starts at byte r strideBytes; one outside the segment throws {@link IndexOutOfBoundsException}.
   *
   * @param query [n]
   * @param n values of a row, a multiple of {@link #GROUP}: rows are padded with zeros
   */
  public static void dotRows(
      float[] query,
      MemorySegment rows,
      long strideBytes,
      int[] ordinals,
      int from,
      int to,
      int n,
      float[] scores) {
    check(query, n);
    Objects.checkFromToIndex(from, to, ordinals.length);
    Objects.checkFromToIndex(from, to, scores.length);
    kernels(rows).dotRows(query, rows, strideBytes, ordinals, from, to, n, scores);
  }

  /** scores[i] = squared distance from query to row ordinals[i], as {@link #dotRows}. */
  public static void squaredL2Rows(
      float[] query,
      MemorySegment rows,
      long strideBytes,
      int[] ordinals,
      int from,
      int to,
      int n,
      float[] scores) {
    check(query, n);
    Objects.checkFromToIndex(from, to, ordinals.length);
    Objects.checkFromToIndex(from, to, scores.length);
    kernels(rows).squaredL2Rows(query, rows, strideBytes, ordinals, from, to, n, scores);
  }

  /**
   * scores[i] = query . row (firstRow + i), for i in [0, count): neighbouring rows of a segment, as
   * {@link #dotRows}.
   */
  public static void dotRange(
      float[] query,
      MemorySegment rows,
      long strideBytes,
      long firstRow,
      int count,
      int n,
      float[] scores) {
    check(query, n);
    Objects.checkFromIndexSize(0, count, scores.length);
    kernels(rows).dotRange(query, rows, strideBytes, firstRow, count, n, scores);
  }

  private static HalfFloatKernels kernels(MemorySegment segment) {
    return segment.isNative() ? KERNELS : SCALAR;
  }

  private static void check(float[] query, int n) {
    if (n % GROUP != 0) {
      throw new IllegalArgumentException(
          "n must be a multiple of " + GROUP + ", got " + n + "; pad query and rows with zeros");
    }
    Objects.checkFromIndexSize(0, n, query.length);
  }
}
