package dev.kindred.index;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/**
 * Rows of 32-bit floats in a memory segment, one vector per ordinal, read in place.
 *
 * <pre>
 * rows: | row 0: dim floats, padding | row 1: dim floats, padding | ...
 *       0                            stride                       2 stride
 * </pre>
 *
 * <p>A borrower of the segment: whoever opened its arena closes it. Immutable and free to share as
 * long as nobody writes to the segment.
 */
public final class Embeddings {
  /** Largest dimension. */
  public static final int MAX_DIM = 1 << 16;

  /** Rows start at a multiple of this, so that none straddles one more cache line than it must. */
  static final int ROW_ALIGNMENT = 64;

  /** Squared lengths this near to 1 count as 1: rounding to floats keeps well within it. */
  private static final double UNIT_TOLERANCE = 1e-5;

  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment rows;
  private final int size;
  private final int dim;
  private final long strideBytes;
  private final boolean unit;

  Embeddings(MemorySegment rows, int size, int dim, long strideBytes, boolean unit) {
    this.rows = rows;
    this.size = size;
    this.dim = dim;
    this.strideBytes = strideBytes;
    this.unit = unit;
  }

  /**
   * Copies rows out of an array into memory of the arena, and checks them.
   *
   * @param rows [size x dim], row-major, all finite; its length a multiple of dim
   * @throws IllegalArgumentException naming row and value, if one isn't finite
   */
  public static Embeddings copyOf(float[] rows, int dim, Arena arena) {
    checkDim(dim);
    if (rows.length % dim != 0) {
      throw new IllegalArgumentException(
          rows.length + " values aren't a whole number of rows of dim " + dim);
    }
    return copyOf(List.of(rows), rows.length / dim, dim, arena);
  }

  /** Copies rows that are spread over chunks of whole rows, the last one perhaps not full. */
  static Embeddings copyOf(List<float[]> chunks, int size, int dim, Arena arena) {
    long stride = strideFor(dim);
    MemorySegment segment = allocate(size, stride, arena);
    boolean unit = true;
    int row = 0;
    for (float[] chunk : chunks) {
      for (int start = 0; row < size && start < chunk.length; start += dim) {
        checkFinite(chunk, start, dim, row);
        unit &= isUnitOrZero(chunk, start, dim);
        MemorySegment.copy(chunk, start, segment, FLOAT, row * stride, dim);
        row++;
      }
    }
    return new Embeddings(segment.asReadOnly(), size, dim, stride, unit);
  }

  /**
   * A copy in memory of the arena with every row at length 1, zero rows left zero: what a cosine
   * index is built on. Rows that already are unit rows, as a whole, are returned without a copy.
   */
  public Embeddings normalized(Arena arena) {
    if (unit) {
      return this;
    }
    MemorySegment copy = allocate(size, strideBytes, arena);
    float[] row = new float[dim];
    for (int ordinal = 0; ordinal < size; ordinal++) {
      copyRow(ordinal, row, 0);
      normalize(row, 0, dim);
      MemorySegment.copy(row, 0, copy, FLOAT, ordinal * strideBytes, dim);
    }
    return new Embeddings(copy.asReadOnly(), size, dim, strideBytes, true);
  }

  /** Number of rows. */
  public int size() {
    return size;
  }

  /** Floats per row. */
  public int dim() {
    return dim;
  }

  /** Bytes from the start of one row to the start of the next. */
  public long strideBytes() {
    return strideBytes;
  }

  /** All rows, read-only, size x stride bytes. */
  public MemorySegment rows() {
    return rows;
  }

  /** Whether every row was written with length 1 or 0. */
  public boolean unit() {
    return unit;
  }

  /** Copies a row to target[offset, offset + dim). */
  public void copyRow(int ordinal, float[] target, int offset) {
    Objects.checkIndex(ordinal, size);
    MemorySegment.copy(rows, FLOAT, ordinal * strideBytes, target, offset, dim);
  }

  /** Bytes per row of a dimension, a multiple of 64. */
  static long strideFor(int dim) {
    return ((long) dim * Float.BYTES + ROW_ALIGNMENT - 1) & -ROW_ALIGNMENT;
  }

  static int checkDim(int dim) {
    if (dim < 1 || dim > MAX_DIM) {
      throw new IllegalArgumentException("dim must be in [1, " + MAX_DIM + "], got " + dim);
    }
    return dim;
  }

  static void checkFinite(float[] values, int offset, int dim, long row) {
    int bad = firstNotFinite(values, offset, dim);
    if (bad >= 0) {
      throw new IllegalArgumentException(
          "row "
              + row
              + " has "
              + values[offset + bad]
              + " at position "
              + bad
              + "; vectors must be finite: drop the row or replace the value");
    }
  }

  /** Position of the first NaN or infinity in values[offset, offset + n), or -1. */
  static int firstNotFinite(float[] values, int offset, int n) {
    // x * 0 is 0 for finite x and NaN otherwise: one test per row instead of one per value.
    float zeros = 0;
    for (int i = offset; i < offset + n; i++) {
      zeros += values[i] * 0f;
    }
    if (zeros == 0f) {
      return -1;
    }
    int i = 0;
    while (Float.isFinite(values[offset + i])) {
      i++;
    }
    return i;
  }

  /** Sums in double, because the squares of large floats don't fit a float. */
  static double squaredNorm(float[] values, int offset, int dim) {
    double sum = 0;
    for (int i = offset; i < offset + dim; i++) {
      sum += (double) values[i] * values[i];
    }
    return sum;
  }

  static boolean isUnitOrZero(float[] values, int offset, int dim) {
    double squared = squaredNorm(values, offset, dim);
    return squared == 0 || Math.abs(squared - 1) <= UNIT_TOLERANCE;
  }

  /** Brings a vector to length 1 in place; the zero vector stays. */
  static void normalize(float[] values, int offset, int dim) {
    double squared = squaredNorm(values, offset, dim);
    if (squared == 0) {
      return;
    }
    double scale = 1 / Math.sqrt(squared);
    for (int i = offset; i < offset + dim; i++) {
      values[i] = (float) (values[i] * scale);
    }
  }

  private static MemorySegment allocate(int size, long stride, Arena arena) {
    return size == 0 ? MemorySegment.NULL : arena.allocate(size * stride, ROW_ALIGNMENT);
  }
}
