package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;
import static dev.kindred.simd.TiledPanels.COLUMNS;

import jdk.incubator.vector.FloatVector;

/**
 * Sums stay in registers while all rows of a panel pass by, and every value has one sum in row
 * order, so that the bits are those of the twin at any width.
 *
 * <p>Outer products go by 4 rows and 2 vectors where there are 16 registers, 8 and 2 where there
 * are 32. More rows spill: the compiler, unlike the hardware, counts the operands read ahead. On
 * the diagonal 8 rows by one vector do where the triangle reaches no further.
 */
final class VectorTiledPanels implements TiledPanelKernels {
  /** Columns of two vectors. */
  private static final int PAIR = 2 * COUNT;

  /** Columns that are gathered in one go. */
  private static final int WIDE = 4 * COLUMNS;

  @Override
  public void gather(
      float[] rows,
      int d,
      int[] ordinals,
      int ordinalsOffset,
      int count,
      float[] scales,
      int scalesOffset,
      float[] panel,
      int capacity) {
    int step = ReadAhead.rows(d);
    for (int from = 0; from < count; from += step) {
      int to = Math.min(count, from + step);
      int start = ordinalsOffset + from;
      // The first row overwrites the number.
      panel[from * COLUMNS] = ReadAhead.touch(rows, d, 0, d, ordinals, start, ordinalsOffset + to);
      copy(rows, d, ordinals, ordinalsOffset, from, to, scales, scalesOffset, panel, capacity);
    }
  }

  /** Rows [from, to) of the panel. */
  private static void copy(
      float[] rows,
      int d,
      int[] ordinals,
      int ordinalsOffset,
      int from,
      int to,
      float[] scales,
      int scalesOffset,
      float[] panel,
      int capacity) {
    int whole = d - d % COLUMNS;
    int k = 0;
    for (; k + WIDE <= whole; k += WIDE) {
      copy4(rows, d, k, ordinals, ordinalsOffset, from, to, scales, scalesOffset, panel, capacity);
    }
    for (; k < whole; k += COLUMNS) {
      for (int i = from; i < to; i++) {
        int source = ordinals[ordinalsOffset + i] * d + k;
        copy16(rows, source, scales[scalesOffset + i], panel, k * capacity + i * COLUMNS);
      }
    }
    if (k < d) {
      for (int i = from; i < to; i++) {
        int source = ordinals[ordinalsOffset + i] * d + k;
        int target = k * capacity + i * COLUMNS;
        for (int c = 0; c < COLUMNS; c++) {
          panel[target + c] = k + c < d ? scales[scalesOffset + i] * rows[source + c] : 0;
        }
      }
    }
  }

  /** Four tiles row by row: the cache lines of a row are asked for together. */
  private static void copy4(
      float[] rows,
      int d,
      int first,
      int[] ordinals,
      int ordinalsOffset,
      int start,
      int end,
      float[] scales,
      int scalesOffset,
      float[] panel,
      int capacity) {
    int tile0 = first * capacity;
    int tile1 = tile0 + COLUMNS * capacity;
    int tile2 = tile1 + COLUMNS * capacity;
    int tile3 = tile2 + COLUMNS * capacity;
    for (int i = start; i < end; i++) {
      int from = ordinals[ordinalsOffset + i] * d + first;
      float scale = scales[scalesOffset + i];
      int to = i * COLUMNS;
      copy16(rows, from, scale, panel, tile0 + to);
      copy16(rows, from + COLUMNS, scale, panel, tile1 + to);
      copy16(rows, from + 2 * COLUMNS, scale, panel, tile2 + to);
      copy16(rows, from + 3 * COLUMNS, scale, panel, tile3 + to);
    }
  }

  /** 16 values times a scale. */
  private static void copy16(float[] rows, int from, float scale, float[] panel, int to) {
    FloatVector s = FloatVector.broadcast(SPECIES, scale);
    FloatVector.fromArray(SPECIES, rows, from).mul(s).intoArray(panel, to);
    if (COUNT < 16) {
      FloatVector.fromArray(SPECIES, rows, from + COUNT).mul(s).intoArray(panel, to + COUNT);
    }
    if (COUNT < 8) {
      int k = 2 * COUNT;
      FloatVector.fromArray(SPECIES, rows, from + k).mul(s).intoArray(panel, to + k);
      k += COUNT;
      FloatVector.fromArray(SPECIES, rows, from + k).mul(s).intoArray(panel, to + k);
    }
  }

  @Override
  public void addWeighted(
      float[] panel,
      int capacity,
      int count,
      int d,
      float[] weights,
      int weightsOffset,
      float[] sum) {
    int k = 0;
    for (; k + 4 * COUNT <= d; k += 4 * COUNT) {
      add4(panel, capacity, count, weights, weightsOffset, sum, k);
    }
    for (; k < d; k += COUNT) {
      int at = at(capacity, k);
      FloatVector s = FloatVector.fromArray(SPECIES, sum, k);
      for (int i = 0; i < count; i++) {
        FloatVector w = FloatVector.broadcast(SPECIES, weights[weightsOffset + i]);
        s = w.fma(FloatVector.fromArray(SPECIES, panel, at + i * COLUMNS), s);
      }
      s.intoArray(sum, k);
    }
  }

  /**
   * Four vectors of columns at once: one alone waits for its own last addition. Two rows a turn:
   * the compiler leaves so long a method by itself, and of sums in a loop that it puts into its
   * caller it makes objects in one JVM of many.
   */
  private static void add4(
      float[] panel,
      int capacity,
      int count,
      float[] weights,
      int weightsOffset,
      float[] sum,
      int k) {
    int at0 = at(capacity, k);
    int at1 = at(capacity, k + COUNT);
    int at2 = at(capacity, k + 2 * COUNT);
    int at3 = at(capacity, k + 3 * COUNT);
    FloatVector s0 = FloatVector.fromArray(SPECIES, sum, k);
    FloatVector s1 = FloatVector.fromArray(SPECIES, sum, k + COUNT);
    FloatVector s2 = FloatVector.fromArray(SPECIES, sum, k + 2 * COUNT);
    FloatVector s3 = FloatVector.fromArray(SPECIES, sum, k + 3 * COUNT);
    int even = count & -2;
    for (int i = 0; i < even; i += 2) {
      FloatVector w = FloatVector.broadcast(SPECIES, weights[weightsOffset + i]);
      int row = i * COLUMNS;
      s0 = w.fma(FloatVector.fromArray(SPECIES, panel, at0 + row), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, panel, at1 + row), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, panel, at2 + row), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, panel, at3 + row), s3);
      FloatVector v = FloatVector.broadcast(SPECIES, weights[weightsOffset + i + 1]);
      row += COLUMNS;
      s0 = v.fma(FloatVector.fromArray(SPECIES, panel, at0 + row), s0);
      s1 = v.fma(FloatVector.fromArray(SPECIES, panel, at1 + row), s1);
      s2 = v.fma(FloatVector.fromArray(SPECIES, panel, at2 + row), s2);
      s3 = v.fma(FloatVector.fromArray(SPECIES, panel, at3 + row), s3);
    }
    if (even < count) {
      FloatVector w = FloatVector.broadcast(SPECIES, weights[weightsOffset + even]);
      int row = even * COLUMNS;
      s0 = w.fma(FloatVector.fromArray(SPECIES, panel, at0 + row), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, panel, at1 + row), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, panel, at2 + row), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, panel, at3 + row), s3);
    }
    s0.intoArray(sum, k);
    s1.intoArray(sum, k + COUNT);
    s2.intoArray(sum, k + 2 * COUNT);
    s3.intoArray(sum, k + 3 * COUNT);
  }

  /** Where a column of row 0 stands. */
  private static int at(int capacity, int column) {
    return (column & -COLUMNS) * capacity + (column & (COLUMNS - 1));
  }

  @Override
  public void accumulate(
      float[] panel, int capacity, int count, int d, float[] a, int aOffset, int lda) {
    for (int i = 0; i < d; i += 8) {
      int row = aOffset + i * lda;
      // All whole pairs left of the 8 rows' corner, and the corner itself.
      int corner = i & -PAIR;
      for (int j = 0; j < corner; j += PAIR) {
        rows8(panel, capacity, count, i, j, a, row + j, lda);
      }
      for (int j = corner; j < i + 8; ) {
        if (COUNT < 8 || j + COUNT < i + 8) {
          rows8(panel, capacity, count, i, j, a, row + j, lda);
          j += PAIR;
        } else {
          narrow8(panel, capacity, count, i, j, a, row + j, lda);
          j += COUNT;
        }
      }
    }
  }

  /**
   * a [8 x 2 vectors] from {@code at} on, row i and column j, += what the rows of the panel add.
   */
  private static void rows8(
      float[] panel, int capacity, int count, int i, int j, float[] a, int at, int lda) {
    if (COUNT == 16) {
      wide8(panel, capacity, count, i, j, a, at, lda);
    } else {
      wide4(panel, capacity, count, i, j, a, at, lda);
      wide4(panel, capacity, count, i + 4, j, a, at + 4 * lda, lda);
    }
  }

  /** As rows8, in one piece. */
  private static void wide8(
      float[] panel, int capacity, int count, int i, int j, float[] a, int at, int lda) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, a, at);
    FloatVector s01 = FloatVector.fromArray(SPECIES, a, at + COUNT);
    FloatVector s10 = FloatVector.fromArray(SPECIES, a, at + lda);
    FloatVector s11 = FloatVector.fromArray(SPECIES, a, at + lda + COUNT);
    FloatVector s20 = FloatVector.fromArray(SPECIES, a, at + 2 * lda);
    FloatVector s21 = FloatVector.fromArray(SPECIES, a, at + 2 * lda + COUNT);
    FloatVector s30 = FloatVector.fromArray(SPECIES, a, at + 3 * lda);
    FloatVector s31 = FloatVector.fromArray(SPECIES, a, at + 3 * lda + COUNT);
    FloatVector s40 = FloatVector.fromArray(SPECIES, a, at + 4 * lda);
    FloatVector s41 = FloatVector.fromArray(SPECIES, a, at + 4 * lda + COUNT);
    FloatVector s50 = FloatVector.fromArray(SPECIES, a, at + 5 * lda);
    FloatVector s51 = FloatVector.fromArray(SPECIES, a, at + 5 * lda + COUNT);
    FloatVector s60 = FloatVector.fromArray(SPECIES, a, at + 6 * lda);
    FloatVector s61 = FloatVector.fromArray(SPECIES, a, at + 6 * lda + COUNT);
    FloatVector s70 = FloatVector.fromArray(SPECIES, a, at + 7 * lda);
    FloatVector s71 = FloatVector.fromArray(SPECIES, a, at + 7 * lda + COUNT);
    int first = at(capacity, i);
    int toPair = at(capacity, j) - first;
    int toSecond = at(capacity, j + COUNT) - at(capacity, j);
    for (int x = first; x < first + count * COLUMNS; x += COLUMNS) {
      int w = x + toPair;
      FloatVector w0 = FloatVector.fromArray(SPECIES, panel, w);
      FloatVector w1 = FloatVector.fromArray(SPECIES, panel, w + toSecond);
      FloatVector x0 = FloatVector.broadcast(SPECIES, panel[x]);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
      FloatVector x1 = FloatVector.broadcast(SPECIES, panel[x + 1]);
      s10 = x1.fma(w0, s10);
      s11 = x1.fma(w1, s11);
      FloatVector x2 = FloatVector.broadcast(SPECIES, panel[x + 2]);
      s20 = x2.fma(w0, s20);
      s21 = x2.fma(w1, s21);
      FloatVector x3 = FloatVector.broadcast(SPECIES, panel[x + 3]);
      s30 = x3.fma(w0, s30);
      s31 = x3.fma(w1, s31);
      FloatVector x4 = FloatVector.broadcast(SPECIES, panel[x + 4]);
      s40 = x4.fma(w0, s40);
      s41 = x4.fma(w1, s41);
      FloatVector x5 = FloatVector.broadcast(SPECIES, panel[x + 5]);
      s50 = x5.fma(w0, s50);
      s51 = x5.fma(w1, s51);
      FloatVector x6 = FloatVector.broadcast(SPECIES, panel[x + 6]);
      s60 = x6.fma(w0, s60);
      s61 = x6.fma(w1, s61);
      FloatVector x7 = FloatVector.broadcast(SPECIES, panel[x + 7]);
      s70 = x7.fma(w0, s70);
      s71 = x7.fma(w1, s71);
    }
    s00.intoArray(a, at);
    s01.intoArray(a, at + COUNT);
    s10.intoArray(a, at + lda);
    s11.intoArray(a, at + lda + COUNT);
    s20.intoArray(a, at + 2 * lda);
    s21.intoArray(a, at + 2 * lda + COUNT);
    s30.intoArray(a, at + 3 * lda);
    s31.intoArray(a, at + 3 * lda + COUNT);
    s40.intoArray(a, at + 4 * lda);
    s41.intoArray(a, at + 4 * lda + COUNT);
    s50.intoArray(a, at + 5 * lda);
    s51.intoArray(a, at + 5 * lda + COUNT);
    s60.intoArray(a, at + 6 * lda);
    s61.intoArray(a, at + 6 * lda + COUNT);
    s70.intoArray(a, at + 7 * lda);
    s71.intoArray(a, at + 7 * lda + COUNT);
  }

  /**
   * a [4 x 2 vectors] from {@code at} on, row i and column j, += what the rows of the panel add.
   */
  private static void wide4(
      float[] panel, int capacity, int count, int i, int j, float[] a, int at, int lda) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, a, at);
    FloatVector s01 = FloatVector.fromArray(SPECIES, a, at + COUNT);
    FloatVector s10 = FloatVector.fromArray(SPECIES, a, at + lda);
    FloatVector s11 = FloatVector.fromArray(SPECIES, a, at + lda + COUNT);
    FloatVector s20 = FloatVector.fromArray(SPECIES, a, at + 2 * lda);
    FloatVector s21 = FloatVector.fromArray(SPECIES, a, at + 2 * lda + COUNT);
    FloatVector s30 = FloatVector.fromArray(SPECIES, a, at + 3 * lda);
    FloatVector s31 = FloatVector.fromArray(SPECIES, a, at + 3 * lda + COUNT);
    int first = at(capacity, i);
    int toPair = at(capacity, j) - first;
    for (int x = first; x < first + count * COLUMNS; x += COLUMNS) {
      int w = x + toPair;
      FloatVector w0 = FloatVector.fromArray(SPECIES, panel, w);
      FloatVector w1 = FloatVector.fromArray(SPECIES, panel, w + COUNT);
      FloatVector x0 = FloatVector.broadcast(SPECIES, panel[x]);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
      FloatVector x1 = FloatVector.broadcast(SPECIES, panel[x + 1]);
      s10 = x1.fma(w0, s10);
      s11 = x1.fma(w1, s11);
      FloatVector x2 = FloatVector.broadcast(SPECIES, panel[x + 2]);
      s20 = x2.fma(w0, s20);
      s21 = x2.fma(w1, s21);
      FloatVector x3 = FloatVector.broadcast(SPECIES, panel[x + 3]);
      s30 = x3.fma(w0, s30);
      s31 = x3.fma(w1, s31);
    }
    s00.intoArray(a, at);
    s01.intoArray(a, at + COUNT);
    s10.intoArray(a, at + lda);
    s11.intoArray(a, at + lda + COUNT);
    s20.intoArray(a, at + 2 * lda);
    s21.intoArray(a, at + 2 * lda + COUNT);
    s30.intoArray(a, at + 3 * lda);
    s31.intoArray(a, at + 3 * lda + COUNT);
  }

  /** a [8 x 1 vector] from {@code at} on, row i and column j, += what the rows of the panel add. */
  private static void narrow8(
      float[] panel, int capacity, int count, int i, int j, float[] a, int at, int lda) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, a, at);
    FloatVector s10 = FloatVector.fromArray(SPECIES, a, at + lda);
    FloatVector s20 = FloatVector.fromArray(SPECIES, a, at + 2 * lda);
    FloatVector s30 = FloatVector.fromArray(SPECIES, a, at + 3 * lda);
    FloatVector s40 = FloatVector.fromArray(SPECIES, a, at + 4 * lda);
    FloatVector s50 = FloatVector.fromArray(SPECIES, a, at + 5 * lda);
    FloatVector s60 = FloatVector.fromArray(SPECIES, a, at + 6 * lda);
    FloatVector s70 = FloatVector.fromArray(SPECIES, a, at + 7 * lda);
    int first = at(capacity, i);
    int toColumns = at(capacity, j) - first;
    for (int x = first; x < first + count * COLUMNS; x += COLUMNS) {
      FloatVector w0 = FloatVector.fromArray(SPECIES, panel, x + toColumns);
      FloatVector x0 = FloatVector.broadcast(SPECIES, panel[x]);
      s00 = x0.fma(w0, s00);
      FloatVector x1 = FloatVector.broadcast(SPECIES, panel[x + 1]);
      s10 = x1.fma(w0, s10);
      FloatVector x2 = FloatVector.broadcast(SPECIES, panel[x + 2]);
      s20 = x2.fma(w0, s20);
      FloatVector x3 = FloatVector.broadcast(SPECIES, panel[x + 3]);
      s30 = x3.fma(w0, s30);
      FloatVector x4 = FloatVector.broadcast(SPECIES, panel[x + 4]);
      s40 = x4.fma(w0, s40);
      FloatVector x5 = FloatVector.broadcast(SPECIES, panel[x + 5]);
      s50 = x5.fma(w0, s50);
      FloatVector x6 = FloatVector.broadcast(SPECIES, panel[x + 6]);
      s60 = x6.fma(w0, s60);
      FloatVector x7 = FloatVector.broadcast(SPECIES, panel[x + 7]);
      s70 = x7.fma(w0, s70);
    }
    s00.intoArray(a, at);
    s10.intoArray(a, at + lda);
    s20.intoArray(a, at + 2 * lda);
    s30.intoArray(a, at + 3 * lda);
    s40.intoArray(a, at + 4 * lda);
    s50.intoArray(a, at + 5 * lda);
    s60.intoArray(a, at + 6 * lda);
    s70.intoArray(a, at + 7 * lda);
  }

  @Override
  public void turn(
      float[] panel,
      int capacity,
      int count,
      int d,
      float[] scales,
      float[] turned,
      int turnedCapacity) {
    int side = VectorTurns.SIDE;
    int whole = COUNT < side ? 0 : count - count % side;
    for (int i = 0; i < whole; i += side) {
      int to = at(turnedCapacity, i);
      for (int k = 0; k < d; k += side) {
        int from = at(capacity, k) + i * COLUMNS;
        VectorTurns.scale(panel, from, COLUMNS, scales, k, turned, to + k * COLUMNS, COLUMNS);
      }
    }
    // Rows that fill no square, and zeros to the end of the tile.
    int end = (count + COLUMNS - 1) & -COLUMNS;
    for (int i = whole; i < end; i++) {
      int to = at(turnedCapacity, i);
      for (int k = 0; k < d; k++) {
        turned[to + k * COLUMNS] = i < count ? scales[k] * panel[at(capacity, k) + i * COLUMNS] : 0;
      }
    }
  }
}
