package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.FOUR;
import static dev.kindred.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Products of rows that are packed first: one address serves the six rows of a tile, where rows as
 * they lie need six.
 *
 * <pre>
 *   six rows:  4 values of row 0 | 4 of row 1 | .. | 4 of row 5 | the next 4 of row 0 | ..
 *   then the next six rows; each filled up to a multiple of 4 values, the last rows to six rows
 * </pre>
 *
 * <p>What fills rows up has no meaning; of what it gives nothing gets into c. Behind the rows is
 * room for a tile of c, where one has rows beyond c's.
 */
final class VectorPackedProducts {
  private static final int PANEL = 2 * COUNT;
  private static final int ROWS = 6;

  /** The tile's loop is written out for them: the lanes of {@link Lanes#FOUR}. */
  private static final int STEPS = 4;

  /** Floats that are packed at a time: they stay in the L2 cache beside much of b. */
  private static final int BLOCK = 1 << 14;

  /** Fewer rows read b too often for what packing saves. */
  private static final int LEAST_ROWS = 24;

  /** Columns of a product from which on packing rows for it alone costs less than it saves. */
  private static final int LEAST_COLUMNS = 64;

  /** Of longer rows too few fit the L2 cache beside a panel of b. */
  private static final int LONGEST = 2048;

  /** With 512-bit vectors there are registers for rows as they lie, at 9 tenths of the peak. */
  private static final boolean PAYS = COUNT <= 8;

  private static final int TILE = ROWS * PANEL;
  private static final ScratchPool SCRATCH = new ScratchPool(BLOCK + TILE);
  private static final float[] ZEROS = new float[PANEL];

  private VectorPackedProducts() {}

  /** Whether m rows of k gain by packing where several products share it. */
  static boolean pay(int m, int k) {
    return PAYS && m >= LEAST_ROWS && k <= LONGEST;
  }

  /** Whether they gain by packing for one product by n columns. */
  static boolean pay(int m, int k, int n) {
    return pay(m, k) && n >= LEAST_COLUMNS;
  }

  /** How many of m rows to pack: a single last one is cheaper by itself. */
  static int rows(int m) {
    return m % ROWS == 1 ? m - 1 : m;
  }

  /** Floats of m packed rows of k and of the tile behind them. */
  static long size(int m, int k) {
    return (m + ROWS - 1L) / ROWS * ROWS * stride(k) + TILE;
  }

  static void pack(float[] a, int a0, int lda, int m, int k, float[] packed) {
    int ld = stride(k);
    for (int r = 0; r < m; r++) {
      packRow(a, a0 + r * lda, k, packed, r / ROWS * ROWS * ld + r % ROWS * STEPS);
    }
  }

  private static void packRow(float[] a, int a0, int k, float[] to, int to0) {
    int p = 0;
    int q = to0;
    for (; p <= k - STEPS; p += STEPS, q += ROWS * STEPS) {
      FloatVector.fromArray(FOUR, a, a0 + p).intoArray(to, q);
    }
    for (; p < k; p++, q++) {
      to[q] = a[a0 + p];
    }
  }

  /** Floats of a packed row. */
  private static int stride(int k) {
    return (k + STEPS - 1) / STEPS * STEPS;
  }

  /** Rows whose tiles are multiplied by one panel of b before the next. */
  private static int block(int k) {
    return Math.max(LEAST_ROWS, BLOCK / Math.max(STEPS, stride(k)) / ROWS * ROWS);
  }

  /** Rows as they lie by all panels of two vectors. */
  static void multiply(
      float[] a,
      int a0,
      int lda,
      int m,
      PackedMatrix b,
      float[] bias,
      float least,
      float[] c,
      int c0,
      int ldc) {
    int k = b.rows();
    int block = Math.min(block(k), m);
    float[] packed = SCRATCH.take((int) size(block, k));
    for (int i = 0; i < m; i += block) {
      int rows = Math.min(block, m - i);
      pack(a, a0 + i * lda, lda, rows, k, packed);
      multiply(packed, rows, b, bias, least, c, c0 + i * ldc, ldc);
    }
    SCRATCH.give(packed);
  }

  /** Packed rows by all panels of two vectors; each panel is read for all of them. */
  static void multiply(
      float[] packed,
      int m,
      PackedMatrix b,
      float[] bias,
      float least,
      float[] c,
      int c0,
      int ldc) {
    int k = b.rows();
    int ld = stride(k);
    int whole = m / ROWS * ROWS;
    float[] start = bias == null ? ZEROS : bias;
    for (int j = 0; j <= b.columns() - PANEL; j += PANEL) {
      int start0 = bias == null ? 0 : j;
      int to = c0 + j;
      int at = 0;
      for (int r = 0; r < whole; r += ROWS, at += ROWS * ld) {
        tile6(packed, at, k, b.data, j * k, start, start0, least, c, to + r * ldc, ldc);
      }
      if (whole < m) {
        int tile = packed.length - TILE;
        tile6(packed, at, k, b.data, j * k, start, start0, least, packed, tile, PANEL);
        for (int r = whole; r < m; r++, tile += PANEL) {
          System.arraycopy(packed, tile, c, to + r * ldc, PANEL);
        }
      }
    }
  }

  /**
   * c [6 x 2 vectors] = six packed rows by one panel, four steps along k at a time; sums begin at
   * the bias.
   *
   * <p>The compiler brings the loads of a stretch without a branch to its front. Beside twelve sums
   * those of more than one step find no register, and a sum that goes through memory doubles the
   * time. So branches that are never taken stand between the steps: p begins at a0 and only grows,
   * which the compiler doesn't see. They differ, for equal ones would be merged; the processor
   * fuses each comparison with its jump.
   */
  private static void tile6(
      float[] a,
      int a0,
      int k,
      float[] b,
      int b0,
      float[] bias,
      int bias0,
      float least,
      float[] c,
      int c0,
      int ldc) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector s01 = FloatVector.fromArray(SPECIES, bias, bias0 + COUNT);
    FloatVector s10 = s00;
    FloatVector s11 = s01;
    FloatVector s20 = s00;
    FloatVector s21 = s01;
    FloatVector s30 = s00;
    FloatVector s31 = s01;
    FloatVector s40 = s00;
    FloatVector s41 = s01;
    FloatVector s50 = s00;
    FloatVector s51 = s01;
    FloatVector w0;
    FloatVector w1;
    FloatVector x;
    int p = a0;
    int q = b0;
    int end = b0 + (k - STEPS + 1) * PANEL;
    for (; q < end; q += STEPS * PANEL, p += ROWS * STEPS) {
      w0 = FloatVector.fromArray(SPECIES, b, q);
      w1 = FloatVector.fromArray(SPECIES, b, q + COUNT);
      x = FloatVector.broadcast(SPECIES, a[p]);
      s00 = x.fma(w0, s00);
      s01 = x.fma(w1, s01);
      x = FloatVector.broadcast(SPECIES, a[p + 4]);
      s10 = x.fma(w0, s10);
      s11 = x.fma(w1, s11);
      x = FloatVector.broadcast(SPECIES, a[p + 8]);
      s20 = x.fma(w0, s20);
      s21 = x.fma(w1, s21);
      x = FloatVector.broadcast(SPECIES, a[p + 12]);
      s30 = x.fma(w0, s30);
      s31 = x.fma(w1, s31);
      x = FloatVector.broadcast(SPECIES, a[p + 16]);
      s40 = x.fma(w0, s40);
      s41 = x.fma(w1, s41);
      x = FloatVector.broadcast(SPECIES, a[p + 20]);
      s50 = x.fma(w0, s50);
      s51 = x.fma(w1, s51);
      if (p == a0 - 1) {
        break;
      }
      w0 = FloatVector.fromArray(SPECIES, b, q + 2 * COUNT);
      w1 = FloatVector.fromArray(SPECIES, b, q + 3 * COUNT);
      x = FloatVector.broadcast(SPECIES, a[p + 1]);
      s00 = x.fma(w0, s00);
      s01 = x.fma(w1, s01);
      x = FloatVector.broadcast(SPECIES, a[p + 5]);
      s10 = x.fma(w0, s10);
      s11 = x.fma(w1, s11);
      x = FloatVector.broadcast(SPECIES, a[p + 9]);
      s20 = x.fma(w0, s20);
      s21 = x.fma(w1, s21);
      x = FloatVector.broadcast(SPECIES, a[p + 13]);
      s30 = x.fma(w0, s30);
      s31 = x.fma(w1, s31);
      x = FloatVector.broadcast(SPECIES, a[p + 17]);
      s40 = x.fma(w0, s40);
      s41 = x.fma(w1, s41);
      x = FloatVector.broadcast(SPECIES, a[p + 21]);
      s50 = x.fma(w0, s50);
      s51 = x.fma(w1, s51);
      if (p == a0 - 2) {
        break;
      }
      w0 = FloatVector.fromArray(SPECIES, b, q + 4 * COUNT);
      w1 = FloatVector.fromArray(SPECIES, b, q + 5 * COUNT);
      x = FloatVector.broadcast(SPECIES, a[p + 2]);
      s00 = x.fma(w0, s00);
      s01 = x.fma(w1, s01);
      x = FloatVector.broadcast(SPECIES, a[p + 6]);
      s10 = x.fma(w0, s10);
      s11 = x.fma(w1, s11);
      x = FloatVector.broadcast(SPECIES, a[p + 10]);
      s20 = x.fma(w0, s20);
      s21 = x.fma(w1, s21);
      x = FloatVector.broadcast(SPECIES, a[p + 14]);
      s30 = x.fma(w0, s30);
      s31 = x.fma(w1, s31);
      x = FloatVector.broadcast(SPECIES, a[p + 18]);
      s40 = x.fma(w0, s40);
      s41 = x.fma(w1, s41);
      x = FloatVector.broadcast(SPECIES, a[p + 22]);
      s50 = x.fma(w0, s50);
      s51 = x.fma(w1, s51);
      if (p == a0 - 3) {
        break;
      }
      w0 = FloatVector.fromArray(SPECIES, b, q + 6 * COUNT);
      w1 = FloatVector.fromArray(SPECIES, b, q + 7 * COUNT);
      x = FloatVector.broadcast(SPECIES, a[p + 3]);
      s00 = x.fma(w0, s00);
      s01 = x.fma(w1, s01);
      x = FloatVector.broadcast(SPECIES, a[p + 7]);
      s10 = x.fma(w0, s10);
      s11 = x.fma(w1, s11);
      x = FloatVector.broadcast(SPECIES, a[p + 11]);
      s20 = x.fma(w0, s20);
      s21 = x.fma(w1, s21);
      x = FloatVector.broadcast(SPECIES, a[p + 15]);
      s30 = x.fma(w0, s30);
      s31 = x.fma(w1, s31);
      x = FloatVector.broadcast(SPECIES, a[p + 19]);
      s40 = x.fma(w0, s40);
      s41 = x.fma(w1, s41);
      x = FloatVector.broadcast(SPECIES, a[p + 23]);
      s50 = x.fma(w0, s50);
      s51 = x.fma(w1, s51);
    }
    end = b0 + k * PANEL;
    for (; q < end; q += PANEL, p++) {
      w0 = FloatVector.fromArray(SPECIES, b, q);
      w1 = FloatVector.fromArray(SPECIES, b, q + COUNT);
      x = FloatVector.broadcast(SPECIES, a[p]);
      s00 = x.fma(w0, s00);
      s01 = x.fma(w1, s01);
      x = FloatVector.broadcast(SPECIES, a[p + 4]);
      s10 = x.fma(w0, s10);
      s11 = x.fma(w1, s11);
      x = FloatVector.broadcast(SPECIES, a[p + 8]);
      s20 = x.fma(w0, s20);
      s21 = x.fma(w1, s21);
      x = FloatVector.broadcast(SPECIES, a[p + 12]);
      s30 = x.fma(w0, s30);
      s31 = x.fma(w1, s31);
      x = FloatVector.broadcast(SPECIES, a[p + 16]);
      s40 = x.fma(w0, s40);
      s41 = x.fma(w1, s41);
      x = FloatVector.broadcast(SPECIES, a[p + 20]);
      s50 = x.fma(w0, s50);
      s51 = x.fma(w1, s51);
    }
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    s00.blend(floor, s00.compare(VectorOperators.LT, floor)).intoArray(c, c0);
    s01.blend(floor, s01.compare(VectorOperators.LT, floor)).intoArray(c, c0 + COUNT);
    s10.blend(floor, s10.compare(VectorOperators.LT, floor)).intoArray(c, c0 + ldc);
    s11.blend(floor, s11.compare(VectorOperators.LT, floor)).intoArray(c, c0 + ldc + COUNT);
    s20.blend(floor, s20.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 2 * ldc);
    s21.blend(floor, s21.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 2 * ldc + COUNT);
    s30.blend(floor, s30.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 3 * ldc);
    s31.blend(floor, s31.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 3 * ldc + COUNT);
    s40.blend(floor, s40.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 4 * ldc);
    s41.blend(floor, s41.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 4 * ldc + COUNT);
    s50.blend(floor, s50.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 5 * ldc);
    s51.blend(floor, s51.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 5 * ldc + COUNT);
  }
}
