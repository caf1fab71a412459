package dev.kindred.engine.data;

import java.util.Arrays;

/**
 * The values of one objective, a bit a row as long as they are all 0 or 1, a float a row from the
 * first other value on.
 */
final class ValueColumn {
  private long[] bits;
  private float[] values; // null while bits suffice

  ValueColumn(int rows) {
    bits = new long[words(rows)];
  }

  private ValueColumn(long[] bits, float[] values) {
    this.bits = bits;
    this.values = values;
  }

  private static int words(int rows) {
    return (int) ((rows + 63L) >>> 6);
  }

  float get(int row) {
    if (values != null) {
      return values[row];
    }
    return bits[row >>> 6] >>> row & 1;
  }

  void set(int row, float value) {
    if (values == null) {
      if (value == 0 || value == 1) {
        long bit = 1L << row;
        bits[row >>> 6] = value == 0 ? bits[row >>> 6] & ~bit : bits[row >>> 6] | bit;
        return;
      }
      float[] wide = new float[bits.length << 6];
      for (int r = 0; r < wide.length; r++) {
        wide[r] = get(r);
      }
      values = wide;
      bits = null;
    }
    values[row] = value;
  }

  void ensureCapacity(int rows) {
    if (values != null) {
      values = rows > values.length ? Arrays.copyOf(values, rows) : values;
    } else {
      bits = words(rows) > bits.length ? Arrays.copyOf(bits, words(rows)) : bits;
    }
  }

  /** The values of the given rows, in that order. */
  ValueColumn select(int[] rows) {
    if (values != null) {
      float[] selected = new float[rows.length];
      for (int i = 0; i < rows.length; i++) {
        selected[i] = values[rows[i]];
      }
      return new ValueColumn(null, selected);
    }
    long[] selected = new long[words(rows.length)];
    for (int i = 0; i < rows.length; i++) {
      selected[i >>> 6] |= (bits[rows[i] >>> 6] >>> rows[i] & 1) << i;
    }
    return new ValueColumn(selected, null);
  }

  /** A copy of exactly the first {@code rows} rows. */
  ValueColumn trimmed(int rows) {
    return values != null
        ? new ValueColumn(null, Arrays.copyOf(values, rows))
        : new ValueColumn(Arrays.copyOf(bits, words(rows)), null);
  }
}
