package dev.kindred.index;

import dev.kindred.index.file.ElementType;
import dev.kindred.index.file.LittleEndian;
import dev.kindred.index.file.Sections;
import dev.kindred.simd.CacheLines;
import dev.kindred.simd.HalfFloats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/**
 * Rows of floats of 32 or 16 bits in a memory segment, one vector per ordinal, read in place.
 *
 * <pre>
 * rows: | row 0: dim floats, zeros   | row 1: dim floats, zeros   | ...
 *       0                            stride                       2 stride
 * </pre>
 *
 * <p>A borrower of the segment: whoever opened its arena closes it. Immutable and free to share as
 * long as nobody writes to the segment.
 */
public final class Embeddings {
  /** Largest dimension. */
  public static final int MAX_DIM = 1 << 16;

  /** Squared lengths this near to 1 count as 1: rounding to floats keeps well within it. */
  private static final double UNIT_TOLERANCE = 1e-5;

  /** The same for halves: rounding changes a square by up to its 1024th part. */
  private static final double HALF_UNIT_TOLERANCE = 1e-3;

  /** The largest half; what is larger rounds to it or to infinity. */
  private static final int LARGEST_HALF = 65_504;

  private static final int HALF_EXPONENT = 0x7c00;

  private final MemorySegment rows;
  private final int size;
  private final int dim;
  private final ElementType type;
  private final long strideBytes;
  private final boolean unit;

  Embeddings(MemorySegment rows, int size, int dim, ElementType type, boolean unit) {
    this.rows = rows;
    this.size = size;
    this.dim = dim;
    this.type = type;
    this.strideBytes = strideFor(dim, type);
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

  /**
   * Room for rows that are added one by one.
   *
   * @param size how many will be added
   */
  public static Builder builder(int size, int dim, Arena arena) {
    if (size < 0) {
      throw new IllegalArgumentException("size must be at least 0, got " + size);
    }
    checkDim(dim);
    return new Builder(size, dim, arena);
  }

  /** Rows on their way into memory. For one thread. */
  public static final class Builder {
    private final MemorySegment rows;
    private final int size;
    private final int dim;
    private final long strideBytes;
    private int added;
    private boolean unit = true;

    private Builder(int size, int dim, Arena arena) {
      this.size = size;
      this.dim = dim;
      strideBytes = strideFor(dim, ElementType.F32);
      rows = allocate(size, strideBytes, arena);
    }

    /** Adds row[offset, offset + dim), all finite. */
    public void add(float[] row, int offset) {
      Objects.checkIndex(added, size);
      checkFinite(row, offset, dim, added);
      unit &= isUnitOrZero(squaredNorm(row, offset, dim), ElementType.F32);
      MemorySegment.copy(row, offset, rows, LittleEndian.FLOAT, added++ * strideBytes, dim);
    }

    /** The rows, once all are there. */
    public Embeddings build() {
      if (added != size) {
        throw new IllegalStateException(added + " of " + size + " rows were added");
      }
      return new Embeddings(rows.asReadOnly(), size, dim, ElementType.F32, unit);
    }
  }

  /** Copies rows that are spread over chunks of whole rows, the last one perhaps not full. */
  static Embeddings copyOf(List<float[]> chunks, int size, int dim, Arena arena) {
    long stride = strideFor(dim, ElementType.F32);
    MemorySegment segment = allocate(size, stride, arena);
    boolean unit = true;
    int row = 0;
    for (float[] chunk : chunks) {
      for (int start = 0; row < size && start < chunk.length; start += dim) {
        checkFinite(chunk, start, dim, row);
        unit &= isUnitOrZero(squaredNorm(chunk, start, dim), ElementType.F32);
        MemorySegment.copy(chunk, start, segment, LittleEndian.FLOAT, row * stride, dim);
        row++;
      }
    }
    return new Embeddings(segment.asReadOnly(), size, dim, ElementType.F32, unit);
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
      if (type == ElementType.F16) {
        encode(row, 0, dim, ordinal, copy, ordinal * strideBytes);
      } else {
        MemorySegment.copy(row, 0, copy, LittleEndian.FLOAT, ordinal * strideBytes, dim);
      }
    }
    return new Embeddings(copy.asReadOnly(), size, dim, type, true);
  }

  /**
   * A copy in memory of the arena with 16 bits per value: half the memory, and of each value 11
   * significant bits, fewer below 0.00006; what is below 0.00000003 becomes 0. Rows that hold such
   * values already are returned without a copy.
   *
   * @throws IllegalArgumentException naming row and value, if one is beyond 65,504
   */
  public Embeddings halved(Arena arena) {
    if (type == ElementType.F16) {
      return this;
    }
    long stride = strideFor(dim, ElementType.F16);
    MemorySegment copy = allocate(size, stride, arena);
    float[] row = new float[dim];
    boolean unit = true;
    for (int ordinal = 0; ordinal < size; ordinal++) {
      copyRow(ordinal, row, 0);
      double squared = encode(row, 0, dim, ordinal, copy, ordinal * stride);
      unit &= isUnitOrZero(squared, ElementType.F16);
    }
    return new Embeddings(copy.asReadOnly(), size, dim, ElementType.F16, unit);
  }

  /**
   * Reads of every cache line of some rows, for what {@link CacheLines} is good for.
   *
   * @return a number without meaning, to be kept somewhere: reads of no use would be left out
   */
  public int touch(int[] ordinals, int from, int to) {
    return CacheLines.touch(rows, strideBytes, strideBytes, ordinals, from, to);
  }

  /** Number of rows. */
  public int size() {
    return size;
  }

  /** Floats per row. */
  public int dim() {
    return dim;
  }

  /** What the values are: {@link ElementType#F32} or {@link ElementType#F16}. */
  public ElementType elementType() {
    return type;
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
    if (type == ElementType.F16) {
      HalfFloats.decode(rows, ordinal * strideBytes, dim, target, offset);
    } else {
      MemorySegment.copy(rows, LittleEndian.FLOAT, ordinal * strideBytes, target, offset, dim);
    }
  }

  /** Bytes per row of a dimension, a multiple of 64. */
  static long strideFor(int dim, ElementType type) {
    return Sections.padded((long) dim * type.bytes());
  }

  /**
   * Writes values[offset, offset + dim) as halves.
   *
   * @return the squared length of what was written
   */
  static double encode(
      float[] values, int offset, int dim, long row, MemorySegment target, long targetOffset) {
    double squared = 0;
    for (int i = 0; i < dim; i++) {
      short half = Float.floatToFloat16(values[offset + i]);
      if ((half & HALF_EXPONENT) == HALF_EXPONENT) {
        throw new IllegalArgumentException(
            "row "
                + row
                + " has "
                + values[offset + i]
                + " at position "
                + i
                + "; floats of 16 bits reach to "
                + LARGEST_HALF
                + ": scale the vectors down, or keep 32 bits");
      }
      target.set(LittleEndian.SHORT, targetOffset + (long) i * Short.BYTES, half);
      double stored = Float.float16ToFloat(half);
      squared += stored * stored;
    }
    return squared;
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

  /** Whether a row of this squared length counts as one of length 1 or 0. */
  static boolean isUnitOrZero(double squared, ElementType type) {
    double tolerance = type == ElementType.F16 ? HALF_UNIT_TOLERANCE : UNIT_TOLERANCE;
    return squared == 0 || Math.abs(squared - 1) <= tolerance;
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
    return size == 0 ? MemorySegment.NULL : arena.allocate(size * stride, Sections.ALIGNMENT);
  }
}
