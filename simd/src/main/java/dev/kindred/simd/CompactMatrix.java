package dev.kindred.simd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A right-hand side [k x n] for rows that are multiplied alone, which wait for its bytes from the
 * L2 cache and for nothing else: in two thirds of the memory of {@link PackedMatrix}, and the
 * products nearly as exact.
 *
 * <p>Values are whole numbers times a scale of their column, three of them in two ints:
 *
 * <pre>
 *   row 3 t      a, the first int:   its low 11 bits are chosen, the others bring it next to the value
 *   row 3 t + 1  b, the second int:  likewise
 *   row 3 t + 2  a &lt;&lt; 21 ^ b &lt;&lt; 10:   what those low bits were chosen for; its own low 10 are 0
 * </pre>
 *
 * So the first two are used as they stand, and each value is at most 2^-21 of the largest of its
 * column off; its rounding to a float adds up to 2^-24 of itself. Columns all below 2^-90 are
 * zeros. Memory is native and aligned to cache lines, for on the heap most vectors would lie in
 * two. It is freed once nobody can reach the matrix.
 *
 * <p>Immutable; safe for any number of threads on distinct outputs.
 */
public final class CompactMatrix {
  /** Vectors of the columns that are multiplied at a time. */
  static final int VECTORS = 8;

  /**
   * Vectors of columns side by side, which have an int of the first and of the second kind each.
   */
  static final int PANEL_VECTORS = 2;

  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private static final CompactKernels KERNELS = Kernels.COMPACT;
  private static final int LANES = KERNELS.lanes();

  /** Bits of an int that another value has. */
  private static final int LOW_BITS = 11;

  private static final int LOW = (1 << LOW_BITS) - 1;

  /** Low bits of the third value that no int has. */
  private static final int MISSING_BITS = 10;

  /** The largest value's: the next ones that choosing low bits may lead to are ints too. */
  private static final int LARGEST = Integer.MAX_VALUE - 2 * LOW;

  /** Columns without a larger value are zeros: their scale would lose digits. */
  private static final float LEAST = 0x1p-90f;

  /**
   * Times the mean size of a column's values. Then a value is off by at most 2^-17 of that mean,
   * and a sum of many by a few millionths of what it usually is; normal weights are at 5.
   */
  private static final int MOST_ABOVE_MEAN = 16;

  private static final int LINE = 64;

  /** Bytes; twice that on some processors. */
  private static final int FIRST_CACHE = 1 << 15;

  private final int rows;
  private final int columns;

  /** Of the columns. */
  final float[] scales;

  /**
   * Panels of {@link #PANEL_VECTORS} vectors of columns one after the other, each a row of first
   * ints and one of second ints by turns.
   */
  final MemorySegment data;

  /** From a pair of ints of a column to the next pair, in bytes. */
  final long pairBytes;

  private CompactMatrix(int k, int n) {
    rows = k;
    columns = n;
    pairBytes = 2 * panelWidth() * INT.byteSize();
    scales = new float[n];
    data = Arena.ofAuto().allocate((long) n * pairs() * 2 * INT.byteSize(), LINE);
  }

  /**
   * Packs b [k x n], row-major from {@code offset} on.
   *
   * @throws IllegalArgumentException unless n is a multiple of {@link #columnStep} and all values
   *     are finite
   */
  public static CompactMatrix pack(float[] b, int offset, int k, int n) {
    if (k < 1 || n < 1 || n % columnStep() != 0) {
      throw new IllegalArgumentException(
          "A compact matrix of %d x %d: it must have rows, and a multiple of %d columns"
              .formatted(k, n, columnStep()));
    }
    Shapes.check("b", b, offset, n, k, n);
    CompactMatrix packed = new CompactMatrix(k, n);
    for (int j = 0; j < n; j++) {
      packed.setColumn(b, offset + j, j);
    }
    return packed;
  }

  /** Columns must be a multiple of this. */
  public static int columnStep() {
    return VECTORS * LANES;
  }

  /**
   * Whether rows should be multiplied by b as a compact matrix rather than as a packed one: it is
   * faster, which was measured with vectors of 512 bits (a fifth on a Zen 5) and beyond the first
   * cache, and no column has a value so far above the others that these would lose digits.
   *
   * @param b [k x n], row-major from {@code offset} on
   */
  public static boolean pays(float[] b, int offset, int k, int n) {
    if (LANES != 16 || n % columnStep() != 0 || (long) k * n * Float.BYTES <= FIRST_CACHE) {
      return false;
    }
    Shapes.check("b", b, offset, n, k, n);
    for (int j = 0; j < n; j++) {
      if (!isEven(b, offset + j, k, n)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a column's values are finite and the largest no more than {@link #MOST_ABOVE_MEAN}. */
  static boolean isEven(float[] b, int first, int k, int n) {
    double sum = 0;
    double largest = 0;
    for (int p = 0; p < k; p++) {
      double size = Math.abs(b[first + p * n]);
      sum += size;
      largest = Math.max(largest, size);
    }
    return sum < Double.POSITIVE_INFINITY && largest * k <= MOST_ABOVE_MEAN * sum;
  }

  private void setColumn(float[] b, int first, int j) {
    float largest = 0;
    for (int p = 0; p < rows; p++) {
      float size = Math.abs(b[first + p * columns]);
      if (!(size <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "The value of row %d and column %d is %s; compact matrices hold finite ones"
                .formatted(p, j, b[first + p * columns]));
      }
      largest = Math.max(largest, size);
    }
    if (largest < LEAST) {
      return; // the scale and all ints are 0
    }
    scales[j] = largest / LARGEST;
    // Of the scale as it is rounded, and a scale that was rounded down may make the largest larger.
    double perUnit = 1.0 / scales[j];
    for (int t = 0; t < pairs(); t++) {
      long c = Math.round(wanted(b, first, 3 * t + 2, perUnit) / (1 << MISSING_BITS));
      int third = (int) c << MISSING_BITS;
      int second = nearest(wanted(b, first, 3 * t + 1, perUnit), third >>> MISSING_BITS & LOW);
      int low = third >>> Integer.SIZE - LOW_BITS ^ second >>> LOW_BITS & LOW;
      int at = at(t, j);
      data.setAtIndex(INT, at, nearest(wanted(b, first, 3 * t, perUnit), low));
      data.setAtIndex(INT, at + panelWidth(), second);
    }
  }

  /** What the value of a row is in units of its column's scale; 0 beyond the last row. */
  private double wanted(float[] b, int first, int row, double perUnit) {
    return row < rows ? b[first + row * columns] * perUnit : 0;
  }

  /** The int next to the wanted one of those with the given low bits. */
  private static int nearest(double wanted, int low) {
    return (int) (Math.round((wanted - low) / (LOW + 1)) * (LOW + 1) + low);
  }

  /** Where the first int of rows 3 t to 3 t + 2 stands; the second is a panel's width further. */
  int at(int t, int column) {
    int inPanel = column % panelWidth();
    return (column - inPanel) * 2 * pairs() + t * 2 * panelWidth() + inPanel;
  }

  /** Columns side by side. */
  static int panelWidth() {
    return PANEL_VECTORS * LANES;
  }

  /** Pairs of ints of a column: those for the last rows may hold fewer than three. */
  int pairs() {
    return Math.ceilDiv(rows, 3);
  }

  /** k: rows of the matrix, the length of the sums. */
  public int rows() {
    return rows;
  }

  /** n: columns of the matrix. */
  public int columns() {
    return columns;
  }

  /**
   * c [n] = act(a [k] b + bias [n]): a sum over k, the last rows that are no three before the
   * others, times the column's scale; the same bits for every vector width.
   *
   * @throws IllegalArgumentException if a row doesn't lie in its array, or {@code bias} has less
   *     than n values
   */
  public void multiplyBias(
      float[] a, int aOffset, float[] c, int cOffset, float[] bias, Activation act) {
    Shapes.check("a", a, aOffset, rows, 1, rows);
    Shapes.check("c", c, cOffset, columns, 1, columns);
    Shapes.check("bias", bias, 0, columns, 1, columns);
    KERNELS.multiply(a, aOffset, this, bias, act == Activation.RELU, c, cOffset);
  }
}
