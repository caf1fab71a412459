package dev.kindred.engine.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * A sparse matrix of strengths, users x items, in compressed sparse rows: what one objective saw.
 *
 * <p>Columns ascend strictly within a row. Offsets are 64 bits wide and the entries lie off heap,
 * so that a matrix may hold more than 2^31 of them. Where every stored value is the same (plain
 * clicks) no values are stored at all. The memory is freed when the last reference goes.
 *
 * <pre>
 *   offsets  long[rows + 1]      row r owns entries [offsets[r], offsets[r + 1])
 *   columns  int32 per entry     little-endian
 *   values   float32 per entry   little-endian, absent if uniform
 * </pre>
 *
 * <p>Immutable and safe for use by any number of threads.
 */
public final class Interactions {

  /** What several entries for one pair of row and column become. */
  public enum Duplicates {
    /** Their values are summed (in double, then rounded once). */
    SUM,
    /** The one that came last wins. */
    LAST
  }

  /** Receives entries in the order of the log. */
  @FunctionalInterface
  public interface Sink {
    void add(int row, int column, float value);
  }

  /**
   * Entries in the order of the log. It is run through twice and must hand out the same entries in
   * the same order both times.
   */
  @FunctionalInterface
  public interface Source {
    void forEach(Sink sink);
  }

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int columnCount;
  private final long[] offsets;
  private final MemorySegment columns;
  private final MemorySegment values; // empty if uniform
  private final boolean uniform;
  private final float uniformValue;

  private Interactions(
      int columnCount, long[] offsets, MemorySegment columns, MemorySegment values, float uniform) {
    this.columnCount = columnCount;
    this.offsets = offsets;
    this.columns = columns;
    this.values = values;
    this.uniform = values.byteSize() == 0;
    this.uniformValue = uniform;
  }

  /**
   * The matrix [rows x columns] of entries (row[i], column[i], value[i]).
   *
   * @throws IllegalArgumentException if the arrays differ in length, an index is out of range or a
   *     value is not finite
   */
  public static Interactions of(
      int rows, int columns, int[] row, int[] column, float[] value, Duplicates duplicates) {
    if (row.length != column.length || row.length != value.length) {
      throw new IllegalArgumentException(
          "row, column and value must be of one length, but have "
              + row.length
              + ", "
              + column.length
              + " and "
              + value.length
              + " entries");
    }
    return of(
        rows,
        columns,
        sink -> {
          for (int i = 0; i < row.length; i++) {
            sink.add(row[i], column[i], value[i]);
          }
        },
        duplicates);
  }

  /**
   * The matrix [rows x columns] of the entries of {@code source}, which is run through twice: once
   * to count, once to place. Beyond the result it needs scratch for one row.
   *
   * @throws IllegalArgumentException if an index is out of range, a value is not finite or the two
   *     passes differ
   */
  public static Interactions of(int rows, int columns, Source source, Duplicates duplicates) {
    if (rows < 0 || columns < 0) {
      throw new IllegalArgumentException(
          "a matrix of " + rows + " x " + columns + "; both must be at least 0");
    }
    Builder builder = new Builder(rows, columns, duplicates);
    source.forEach(builder::count);
    builder.endCount();
    source.forEach(builder::place);
    return builder.build();
  }

  /**
   * A matrix over memory that the caller owns, for instance a mapped file; nothing is copied.
   *
   * @param offsets long[rows + 1], ascending, from 0 to the number of entries; kept, not copied
   * @param columns int32 per entry, little-endian, strictly ascending within a row; this order and
   *     the range are the caller's promise and are not read here
   * @param values float32 per entry, little-endian and finite (also promised), or empty: all 1
   * @throws IllegalArgumentException if the sizes do not agree
   */
  public static Interactions wrap(
      int columnCount, long[] offsets, MemorySegment columns, MemorySegment values) {
    if (offsets.length == 0 || offsets[0] != 0) {
      throw new IllegalArgumentException("offsets must start with 0");
    }
    for (int r = 1; r < offsets.length; r++) {
      if (offsets[r] < offsets[r - 1]) {
        throw new IllegalArgumentException(
            "offsets must ascend, but row " + (r - 1) + " ends before it starts");
      }
    }
    long size = offsets[offsets.length - 1];
    if (columns.byteSize() != size * Integer.BYTES) {
      throw new IllegalArgumentException(
          size
              + " entries need "
              + size * Integer.BYTES
              + " bytes of columns, not "
              + columns.byteSize());
    }
    if (values.byteSize() != 0 && values.byteSize() != size * Float.BYTES) {
      throw new IllegalArgumentException(
          size
              + " entries need "
              + size * Float.BYTES
              + " bytes of values (or none), not "
              + values.byteSize());
    }
    return new Interactions(columnCount, offsets, columns, values, 1f);
  }

  /** Number of rows (users), empty ones included. */
  public int rows() {
    return offsets.length - 1;
  }

  /** Number of columns (items), empty ones included. */
  public int columns() {
    return columnCount;
  }

  /** Number of stored entries. */
  public long size() {
    return offsets[offsets.length - 1];
  }

  /** Whether all stored values are the same. */
  public boolean uniform() {
    return uniform;
  }

  /** First entry of a row. */
  public long start(int row) {
    return offsets[row];
  }

  /** One past the last entry of a row. */
  public long end(int row) {
    return offsets[row + 1];
  }

  /** Number of entries of a row. */
  public long count(int row) {
    return offsets[row + 1] - offsets[row];
  }

  /** Column of entry {@code i}. */
  public int column(long i) {
    return columns.getAtIndex(INT, i);
  }

  /** Value of entry {@code i}. */
  public float value(long i) {
    return uniform ? uniformValue : values.getAtIndex(FLOAT, i);
  }

  /** Copies the columns of entries [from, from + count) to {@code target}, for hot loops. */
  public void copyColumns(long from, int count, int[] target, int targetOffset) {
    MemorySegment.copy(columns, INT, from * Integer.BYTES, target, targetOffset, count);
  }

  /** Copies the values of entries [from, from + count) to {@code target}, for hot loops. */
  public void copyValues(long from, int count, float[] target, int targetOffset) {
    if (uniform) {
      Objects.checkFromIndexSize(from, count, size());
      Arrays.fill(target, targetOffset, targetOffset + count, uniformValue);
    } else {
      MemorySegment.copy(values, FLOAT, from * Float.BYTES, target, targetOffset, count);
    }
  }

  /** Whether the row has an entry at the column; O(log of the row's entries). */
  public boolean contains(int row, int column) {
    long low = offsets[row];
    long high = offsets[row + 1] - 1;
    while (low <= high) {
      long middle = (low + high) >>> 1;
      int found = column(middle);
      if (found == column) {
        return true;
      }
      if (found < column) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return false;
  }

  /** The matrix [columns x rows]; linear in the entries, a copy. */
  public Interactions transposed() {
    int rows = rows();
    long[] starts = new long[columnCount + 1];
    long size = size();
    for (long i = 0; i < size; i++) {
      starts[column(i) + 1]++;
    }
    sumUp(starts);
    long[] next = Arrays.copyOf(starts, columnCount);
    MemorySegment newColumns = allocate(size, Integer.BYTES);
    MemorySegment newValues = uniform ? MemorySegment.NULL : allocate(size, Float.BYTES);
    for (int r = 0; r < rows; r++) {
      for (long i = offsets[r]; i < offsets[r + 1]; i++) {
        long to = next[column(i)]++;
        newColumns.setAtIndex(INT, to, r);
        if (!uniform) {
          newValues.setAtIndex(FLOAT, to, value(i));
        }
      }
    }
    return new Interactions(rows, starts, newColumns, newValues, uniformValue);
  }

  /** Turns the counts of rows, each one place behind its row, to offsets. */
  static void sumUp(long[] counts) {
    for (int r = 1; r < counts.length; r++) {
      counts[r] += counts[r - 1];
    }
  }

  /** Bytes of offsets, columns and values. */
  public long bytes() {
    return (long) offsets.length * Long.BYTES + columns.byteSize() + values.byteSize();
  }

  @Override
  public String toString() {
    return rows() + " x " + columnCount + " with " + size() + " entries";
  }

  private static MemorySegment allocate(long entries, int bytes) {
    return Arena.ofAuto().allocate(entries * bytes, 64);
  }

  /** Counts, places, then orders and joins the entries of each row. */
  private static final class Builder {
    private final int rows;
    private final int columnCount;
    private final Duplicates duplicates;
    private long[] offsets;
    private long[] next;
    private long seen;
    private boolean uniform = true;
    private float uniformValue = 1f;
    private MemorySegment columns;
    private MemorySegment values;

    Builder(int rows, int columnCount, Duplicates duplicates) {
      this.rows = rows;
      this.columnCount = columnCount;
      this.duplicates = duplicates;
      this.offsets = new long[rows + 1];
    }

    void count(int row, int column, float value) {
      if (row < 0 || row >= rows || column < 0 || column >= columnCount) {
        throw new IllegalArgumentException(
            "entry "
                + seen
                + " lies at row "
                + row
                + ", column "
                + column
                + " of a matrix of "
                + rows
                + " x "
                + columnCount);
      }
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException(
            "entry "
                + seen
                + " (row "
                + row
                + ", column "
                + column
                + ") has the value "
                + value
                + "; values must be finite: drop or mend it before training");
      }
      if (seen == 0) {
        uniformValue = value;
      } else if (value != uniformValue) {
        uniform = false;
      }
      offsets[row + 1]++;
      seen++;
    }

    void endCount() {
      sumUp(offsets);
      next = Arrays.copyOf(offsets, rows);
      columns = allocate(seen, Integer.BYTES);
      values = uniform ? MemorySegment.NULL : allocate(seen, Float.BYTES);
      seen = 0;
    }

    void place(int row, int column, float value) {
      if (row < 0
          || row >= rows
          || column < 0
          || column >= columnCount
          || next[row] == offsets[row + 1]
          || (uniform && value != uniformValue)
          || !Float.isFinite(value)) {
        throw passesDiffer();
      }
      long to = next[row]++;
      columns.setAtIndex(INT, to, column);
      if (!uniform) {
        values.setAtIndex(FLOAT, to, value);
      }
      seen++;
    }

    Interactions build() {
      if (seen != offsets[rows]) {
        throw passesDiffer();
      }
      next = null;
      long[] keys = new long[0];
      float[] rowValues = new float[0];
      long to = 0;
      for (int r = 0; r < rows; r++) {
        long from = offsets[r];
        int n = Math.toIntExact(offsets[r + 1] - from);
        if (n > keys.length) {
          keys = new long[n + (n >> 1)];
          rowValues = new float[keys.length];
        }
        boolean ascending = true;
        for (int i = 0; i < n; i++) {
          // The place in the row is the low half, so equal columns stay in the order of the log.
          keys[i] = (long) columns.getAtIndex(INT, from + i) << 32 | i;
          ascending &= i == 0 || keys[i] >>> 32 > keys[i - 1] >>> 32;
        }
        offsets[r] = to;
        if (ascending && to == from) {
          to += n;
          continue;
        }
        if (!uniform) {
          MemorySegment.copy(values, FLOAT, from * Float.BYTES, rowValues, 0, n);
        }
        if (!ascending) {
          Arrays.sort(keys, 0, n);
        }
        to = writeRow(keys, rowValues, n, from, to);
      }
      offsets[rows] = to;
      if (to < columns.byteSize() / Integer.BYTES) {
        columns = columns.asSlice(0, to * Integer.BYTES);
        values = uniform ? values : values.asSlice(0, to * Float.BYTES);
      }
      return new Interactions(columnCount, offsets, columns, values, uniformValue);
    }

    private long writeRow(long[] keys, float[] rowValues, int n, long from, long to) {
      for (int i = 0; i < n; ) {
        int column = (int) (keys[i] >>> 32);
        int last = i;
        while (last + 1 < n && (int) (keys[last + 1] >>> 32) == column) {
          last++;
        }
        if (uniform && last > i && duplicates == Duplicates.SUM && uniformValue != 0) {
          // From here on the values differ: rows before are all uniformValue.
          values = allocate(columns.byteSize() / Integer.BYTES, Float.BYTES);
          long stored = values.byteSize() / Float.BYTES;
          for (long j = 0; j < stored; j++) {
            values.setAtIndex(FLOAT, j, uniformValue);
          }
          Arrays.fill(rowValues, uniformValue);
          uniform = false;
        }
        columns.setAtIndex(INT, to, column);
        if (!uniform) {
          float value = rowValues[(int) keys[last]];
          if (duplicates == Duplicates.SUM && last > i) {
            double sum = 0;
            for (int j = i; j <= last; j++) {
              sum += rowValues[(int) keys[j]];
            }
            value = (float) sum;
            if (!Float.isFinite(value)) {
              throw new IllegalArgumentException(
                  "the values at column "
                      + column
                      + " sum to "
                      + sum
                      + ", past the range of a float: scale the values down");
            }
          }
          values.setAtIndex(FLOAT, to, value);
        }
        to++;
        i = last + 1;
      }
      return to;
    }

    private static IllegalArgumentException passesDiffer() {
      return new IllegalArgumentException(
          "the second pass over the entries differs from the first; a source must repeat itself");
    }
  }
}
