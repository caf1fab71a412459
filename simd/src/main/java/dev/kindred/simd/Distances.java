package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Inner products, distances and their relatives over rows of floats.
 *
 * <p>Segments hold little-endian 32-bit floats at any byte offset. Mapped and native segments and
 * heap segments over a {@code float[]} take the fast path, other heap segments the scalar one. The
 * width of the machine's vectors decides the order of a sum and so its last bits: for one width the
 * result depends on the values and {@code n} only, never on offsets, neighbours in a batch, or
 * whether the values lie in an array or a segment. NaN in gives NaN out; offsets out of range throw
 * {@link IndexOutOfBoundsException}.
 *
 * <p>Stateless; safe for any number of threads.
 */
public final class Distances {
  private static final DistanceKernels KERNELS = Kernels.DISTANCES;
  private static final DistanceKernels SCALAR = new ScalarDistances();
  private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private Distances() {}

  /** Sum of a[i] b[i] over n values. */
  public static float dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    Objects.checkFromIndexSize(aOffset, n, a.length);
    Objects.checkFromIndexSize(bOffset, n, b.length);
    return KERNELS.dot(a, aOffset, b, bOffset, n);
  }

  /** Sum of a[i] b[i] over n values, b at a byte offset in a segment. */
  public static float dot(float[] a, int aOffset, MemorySegment b, long bOffsetBytes, int n) {
    Objects.checkFromIndexSize(aOffset, n, a.length);
    checkRow(b, bOffsetBytes, n);
    if (b.isNative()) {
      return KERNELS.dot(a, aOffset, b, bOffsetBytes, n);
    }
    float[] bFloats = floats(b, bOffsetBytes);
    return bFloats != null
        ? KERNELS.dot(a, aOffset, bFloats, index(b, bOffsetBytes), n)
        : SCALAR.dot(a, aOffset, b, bOffsetBytes, n);
  }

  /** Sum of a[i] b[i] over n values, both at byte offsets in segments. */
  public static float dot(
      MemorySegment a, long aOffsetBytes, MemorySegment b, long bOffsetBytes, int n) {
    checkRow(a, aOffsetBytes, n);
    checkRow(b, bOffsetBytes, n);
    if (a.isNative() && b.isNative()) {
      return KERNELS.dot(a, aOffsetBytes, b, bOffsetBytes, n);
    }
    float[] aFloats = floats(a, aOffsetBytes);
    if (aFloats != null) {
      return dot(aFloats, index(a, aOffsetBytes), b, bOffsetBytes, n);
    }
    float[] bFloats = floats(b, bOffsetBytes);
    return bFloats != null && a.isNative()
        ? KERNELS.dot(bFloats, index(b, bOffsetBytes), a, aOffsetBytes, n)
        : SCALAR.dot(a, aOffsetBytes, b, bOffsetBytes, n);
  }

  /** Sum of (a[i] - b[i])^2 over n values. */
  public static float squaredL2(float[] a, int aOffset, float[] b, int bOffset, int n) {
    Objects.checkFromIndexSize(aOffset, n, a.length);
    Objects.checkFromIndexSize(bOffset, n, b.length);
    return KERNELS.squaredL2(a, aOffset, b, bOffset, n);
  }

  /** Sum of (a[i] - b[i])^2 over n values, b at a byte offset in a segment. */
  public static float squaredL2(float[] a, int aOffset, MemorySegment b, long bOffsetBytes, int n) {
    Objects.checkFromIndexSize(aOffset, n, a.length);
    checkRow(b, bOffsetBytes, n);
    if (b.isNative()) {
      return KERNELS.squaredL2(a, aOffset, b, bOffsetBytes, n);
    }
    float[] bFloats = floats(b, bOffsetBytes);
    return bFloats != null
        ? KERNELS.squaredL2(a, aOffset, bFloats, index(b, bOffsetBytes), n)
        : SCALAR.squaredL2(a, aOffset, b, bOffsetBytes, n);
  }

  /** Sum of (a[i] - b[i])^2 over n values, both at byte offsets in segments. */
  public static float squaredL2(
      MemorySegment a, long aOffsetBytes, MemorySegment b, long bOffsetBytes, int n) {
    checkRow(a, aOffsetBytes, n);
    checkRow(b, bOffsetBytes, n);
    if (a.isNative() && b.isNative()) {
      return KERNELS.squaredL2(a, aOffsetBytes, b, bOffsetBytes, n);
    }
    float[] aFloats = floats(a, aOffsetBytes);
    if (aFloats != null) {
      return squaredL2(aFloats, index(a, aOffsetBytes), b, bOffsetBytes, n);
    }
    float[] bFloats = floats(b, bOffsetBytes);
    return bFloats != null && a.isNative()
        ? KERNELS.squaredL2(bFloats, index(b, bOffsetBytes), a, aOffsetBytes, n)
        : SCALAR.squaredL2(a, aOffsetBytes, b, bOffsetBytes, n);
  }

  /**
   * Cosine of the angle between two rows of n values; 0 if either is the zero vector. Right for any
   * finite values: neither squares too large nor too small for a float spoil it.
   */
  public static float cosine(float[] a, int aOffset, float[] b, int bOffset, int n) {
    Objects.checkFromIndexSize(aOffset, n, a.length);
    Objects.checkFromIndexSize(bOffset, n, b.length);
    return KERNELS.cosine(a, aOffset, b, bOffset, n);
  }

  /** As {@link #cosine(float[], int, float[], int, int)}, b at a byte offset in a segment. */
  public static float cosine(float[] a, int aOffset, MemorySegment b, long bOffsetBytes, int n) {
    Objects.checkFromIndexSize(aOffset, n, a.length);
    checkRow(b, bOffsetBytes, n);
    if (b.isNative()) {
      return KERNELS.cosine(a, aOffset, b, bOffsetBytes, n);
    }
    float[] bFloats = floats(b, bOffsetBytes);
    return bFloats != null
        ? KERNELS.cosine(a, aOffset, bFloats, index(b, bOffsetBytes), n)
        : SCALAR.cosine(a, aOffset, b, bOffsetBytes, n);
  }

  /** As {@link #cosine(float[], int, float[], int, int)}, both at byte offsets in segments. */
  public static float cosine(
      MemorySegment a, long aOffsetBytes, MemorySegment b, long bOffsetBytes, int n) {
    checkRow(a, aOffsetBytes, n);
    checkRow(b, bOffsetBytes, n);
    if (a.isNative() && b.isNative()) {
      return KERNELS.cosine(a, aOffsetBytes, b, bOffsetBytes, n);
    }
    float[] aFloats = floats(a, aOffsetBytes);
    if (aFloats != null) {
      return cosine(aFloats, index(a, aOffsetBytes), b, bOffsetBytes, n);
    }
    float[] bFloats = floats(b, bOffsetBytes);
    return bFloats != null && a.isNative()
        ? KERNELS.cosine(bFloats, index(b, bOffsetBytes), a, aOffsetBytes, n)
        : SCALAR.cosine(a, aOffsetBytes, b, bOffsetBytes, n);
  }

  /** Euclidean length of n values; right for any finite values, as {@link #cosine}. */
  public static float norm(float[] a, int offset, int n) {
    Objects.checkFromIndexSize(offset, n, a.length);
    return KERNELS.norm(a, offset, n);
  }

  /** Scales n values to length 1 in place and returns the old length; a zero vector stays as is. */
  public static float normalize(float[] a, int offset, int n) {
    Objects.checkFromIndexSize(offset, n, a.length);
    return KERNELS.normalize(a, offset, n);
  }

  /** y[i] += alpha x[i] over n values; x and y may be the same range, but not overlap otherwise. */
  public static void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int n) {
    Objects.checkFromIndexSize(xOffset, n, x.length);
    Objects.checkFromIndexSize(yOffset, n, y.length);
    KERNELS.axpy(alpha, x, xOffset, y, yOffset, n);
  }

  /** x[i] *= alpha over n values. */
  public static void scale(float alpha, float[] x, int xOffset, int n) {
    Objects.checkFromIndexSize(xOffset, n, x.length);
    KERNELS.scale(alpha, x, xOffset, n);
  }

  /**
   * scores[i] = query . row ordinals[i], for i in [from, to): scattered rows of a segment, several
   * at a time so that their memory accesses overlap. Row r starts at byte r strideBytes.
   */
  public static void dotRows(
      float[] query,
      int queryOffset,
      MemorySegment rows,
      long strideBytes,
      int[] ordinals,
      int from,
      int to,
      int n,
      float[] scores) {
    Objects.checkFromIndexSize(queryOffset, n, query.length);
    Objects.checkFromToIndex(from, to, ordinals.length);
    Objects.checkFromToIndex(from, to, scores.length);
    if (rows.isNative()) {
      KERNELS.dotRows(query, queryOffset, rows, strideBytes, ordinals, from, to, n, scores);
      return;
    }
    for (int i = from; i < to; i++) {
      scores[i] = dot(query, queryOffset, rows, ordinals[i] * strideBytes, n);
    }
  }

  /** scores[i] = squared distance from query to row ordinals[i], as {@link #dotRows}. */
  public static void squaredL2Rows(
      float[] query,
      int queryOffset,
      MemorySegment rows,
      long strideBytes,
      int[] ordinals,
      int from,
      int to,
      int n,
      float[] scores) {
    Objects.checkFromIndexSize(queryOffset, n, query.length);
    Objects.checkFromToIndex(from, to, ordinals.length);
    Objects.checkFromToIndex(from, to, scores.length);
    if (rows.isNative()) {
      KERNELS.squaredL2Rows(query, queryOffset, rows, strideBytes, ordinals, from, to, n, scores);
      return;
    }
    for (int i = from; i < to; i++) {
      scores[i] = squaredL2(query, queryOffset, rows, ordinals[i] * strideBytes, n);
    }
  }

  /**
   * scores[scoresOffset + i] = query . row (firstRow + i), for i in [0, count): neighbouring rows
   * of a segment. Row r starts at byte r strideBytes.
   */
  public static void dotRange(
      float[] query,
      int queryOffset,
      MemorySegment rows,
      long strideBytes,
      long firstRow,
      int count,
      int n,
      float[] scores,
      int scoresOffset) {
    Objects.checkFromIndexSize(queryOffset, n, query.length);
    Objects.checkFromIndexSize(scoresOffset, count, scores.length);
    if (rows.isNative()) {
      KERNELS.dotRange(
          query, queryOffset, rows, strideBytes, firstRow, count, n, scores, scoresOffset);
      return;
    }
    for (int i = 0; i < count; i++) {
      scores[scoresOffset + i] = dot(query, queryOffset, rows, (firstRow + i) * strideBytes, n);
    }
  }

  /**
   * scores[scoresOffset + i] = query . row i, for i in [0, count); row i starts at rowsOffset + i
   * stride of the array.
   */
  public static void dotRange(
      float[] query,
      int queryOffset,
      float[] rows,
      int rowsOffset,
      int stride,
      int count,
      int n,
      float[] scores,
      int scoresOffset) {
    Objects.checkFromIndexSize(queryOffset, n, query.length);
    Objects.checkFromIndexSize(scoresOffset, count, scores.length);
    Shapes.check("rows", rows, rowsOffset, stride, count, n);
    KERNELS.dotRange(query, queryOffset, rows, rowsOffset, stride, count, n, scores, scoresOffset);
  }

  private static void checkRow(MemorySegment segment, long offsetBytes, int n) {
    Objects.checkFromIndexSize(offsetBytes, (long) n << 2, segment.byteSize());
  }

  /** The array under a heap segment if its floats can be read from the offset on, else null. */
  private static float[] floats(MemorySegment segment, long offsetBytes) {
    boolean aligned = ((segment.address() + offsetBytes) & 3) == 0;
    return LITTLE_ENDIAN
            && aligned
            && !segment.isNative()
            && segment.heapBase().orElse(null) instanceof float[] array
        ? array
        : null;
  }

  /** Index in that array. The address of a heap segment is its byte offset in the array. */
  private static int index(MemorySegment segment, long offsetBytes) {
    return (int) ((segment.address() + offsetBytes) >> 2);
  }
}
