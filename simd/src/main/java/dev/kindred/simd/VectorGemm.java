package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Products in register tiles of 6 rows by 2 vectors: twelve accumulators, two vectors of b and one
 * broadcast fit the sixteen registers of AVX2, and twelve independent sums hide the latency of the
 * multiply-adds on every width (Goto and van de Geijn, Anatomy of High-Performance Matrix
 * Multiplication, 2008).
 *
 * <p>The loops call the Vector API directly: its methods are always inlined, whereas a method of
 * ours in between may be left out by the compiler's profile, and then every vector becomes an
 * object (seen: 11 instead of 270 GFLOP/s).
 *
 * <p>Many rows by many columns are packed first ({@link VectorPackedProducts}), one row has loops
 * of its own ({@link VectorRowProducts}). All add over k in ascending order to the bias, so a row's
 * bits don't depend on the tile it falls into. Tiles are methods of their own: the compiler keeps
 * the accumulators of a method with one loop in registers.
 */
final class VectorGemm implements GemmKernels {
  private static final int PANEL = 2 * COUNT;

  /** Floats of a that are multiplied by all of b before the next: they stay in the L2 cache. */
  private static final int BLOCK = 1 << 16;

  @Override
  public int lanes() {
    return COUNT;
  }

  @Override
  public void multiply(
      float[] a,
      int aOffset,
      int lda,
      int m,
      PackedMatrix b,
      float[] bias,
      boolean relu,
      float[] c,
      int cOffset,
      int ldc) {
    int n = b.columns();
    // What a result is raised to at least: one comparison and no branch, with or without ReLU.
    float least = relu ? 0 : Float.NEGATIVE_INFINITY;
    int packed = 0;
    if (VectorPackedProducts.pay(m, b.rows(), n)) {
      packed = VectorPackedProducts.rows(m);
      VectorPackedProducts.multiply(a, aOffset, lda, packed, b, bias, least, c, cOffset, ldc);
    }
    multiplyRest(a, aOffset, lda, m, packed, b, bias, least, c, cOffset, ldc);
  }

  @Override
  public void multiply(
      PackedRows a, PackedMatrix b, float[] bias, boolean relu, float[] c, int cOffset, int ldc) {
    float least = relu ? 0 : Float.NEGATIVE_INFINITY;
    int packed = 0;
    if (VectorPackedProducts.pay(a.rows, b.rows()) && b.columns() >= PANEL) {
      packed = VectorPackedProducts.rows(a.rows);
      VectorPackedProducts.multiply(a.panels, packed, b, bias, least, c, cOffset, ldc);
    }
    multiplyRest(a.source, a.offset, a.stride, a.rows, packed, b, bias, least, c, cOffset, ldc);
  }

  /** What is left once {@code packed} rows are multiplied by all panels of two vectors. */
  private static void multiplyRest(
      float[] a,
      int a0,
      int lda,
      int m,
      int packed,
      PackedMatrix b,
      float[] bias,
      float least,
      float[] c,
      int c0,
      int ldc) {
    int done = b.columns() / PANEL * PANEL;
    multiplyFrom(done, a, a0, lda, packed, b, bias, least, c, c0, ldc);
    int from = a0 + packed * lda;
    multiplyFrom(0, a, from, lda, m - packed, b, bias, least, c, c0 + packed * ldc, ldc);
  }

  @Override
  public long packedSize(int m, int k) {
    return VectorPackedProducts.pay(m, k) ? VectorPackedProducts.size(m, k) : 0;
  }

  @Override
  public void pack(float[] a, int aOffset, int lda, int m, int k, float[] panels) {
    if (VectorPackedProducts.pay(m, k)) {
      VectorPackedProducts.pack(a, aOffset, lda, VectorPackedProducts.rows(m), k, panels);
    }
  }

  /** The columns from {@code first} on, of rows as they lie. */
  private static void multiplyFrom(
      int first,
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
    // A multiple of 12, so that only the last block has rows that fill no tile.
    int block = Math.max(12, BLOCK / Math.max(1, b.rows()) / 12 * 12);
    for (int i = 0; i < m && first < b.columns(); i += block) {
      int rows = Math.min(block, m - i);
      multiplyBlock(first, a, a0 + i * lda, lda, rows, b, bias, least, c, c0 + i * ldc, ldc);
    }
  }

  private static void multiplyBlock(
      int first,
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
    int n = b.columns();
    float[] data = b.data;
    // Rows that no tile takes are 0 to 3; they go one by one through all panels.
    int tiled = m - singleRows(m);
    int j = first;
    for (; j <= n - PANEL; j += PANEL) {
      for (int i = 0; i < tiled; ) {
        int from = a0 + i * lda;
        int to = c0 + i * ldc + j;
        if (tileRows(tiled - i) == 6) {
          rows6(a, from, lda, k, data, j * k, bias, j, least, c, to, ldc);
          i += 6;
        } else {
          rows4(a, from, lda, k, data, j * k, bias, j, least, c, to, ldc);
          i += 4;
        }
      }
    }
    if (j <= n - COUNT) {
      for (int i = 0; i < tiled; ) {
        int from = a0 + i * lda;
        int to = c0 + i * ldc + j;
        if (tileRows(tiled - i) == 6) {
          narrowRows6(a, from, lda, k, data, j * k, bias, j, least, c, to, ldc);
          i += 6;
        } else {
          narrowRows4(a, from, lda, k, data, j * k, bias, j, least, c, to, ldc);
          i += 4;
        }
      }
      j += COUNT;
    }
    for (int i = tiled; i < m; i++) {
      VectorRowProducts.multiply(first, a, a0 + i * lda, k, data, n, bias, least, c, c0 + i * ldc);
    }
    if (n == 1 && ldc == 1) {
      oneColumn(a, a0, lda, m, k, data, bias, least, c, c0);
      return;
    }
    for (int i = 0; i < m && j < n; i++) {
      singleColumns(a, a0 + i * lda, k, data, j, n, bias, least, c, c0 + i * ldc);
    }
  }

  /** Rows of the next tile: fours where they leave fewer single rows than sixes. */
  private static int tileRows(int left) {
    return left == 4 || left == 8 ? 4 : 6;
  }

  /** What sixes and fours leave of m rows: 0 to 3. */
  private static int singleRows(int m) {
    return m < 4 ? m : m == 7 ? 1 : m % 2;
  }

  /** All rows by the one column of b: as singleColumns does, several rows at a time. */
  private static void oneColumn(
      float[] a,
      int a0,
      int lda,
      int m,
      int k,
      float[] b,
      float[] bias,
      float least,
      float[] c,
      int c0) {
    Kernels.DISTANCES.dotRange(b, 0, a, a0, lda, m, k, c, c0);
    float shift = bias == null ? 0 : bias[0];
    for (int i = c0; i < c0 + m; i++) {
      float sum = c[i] + shift;
      c[i] = sum < least ? least : sum;
    }
  }

  /** One row by columns [first, n), which fill no vector: inner products along k. */
  private static void singleColumns(
      float[] a,
      int a0,
      int k,
      float[] b,
      int first,
      int n,
      float[] bias,
      float least,
      float[] c,
      int c0) {
    Kernels.DISTANCES.dotRange(a, a0, b, first * k, k, n - first, k, c, c0 + first);
    for (int j = first; j < n; j++) {
      float sum = c[c0 + j] + (bias == null ? 0 : bias[j]);
      c[c0 + j] = sum < least ? least : sum;
    }
  }

  /** c [6 x 2 vectors] = a [6 x k] by one panel. */
  private static void rows6(
      float[] a,
      int a0,
      int lda,
      int k,
      float[] b,
      int b0,
      float[] bias,
      int bias0,
      float least,
      float[] c,
      int c0,
      int ldc) {
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    int a1 = a0 + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    FloatVector s00 =
        bias == null ? FloatVector.zero(SPECIES) : FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector s01 =
        bias == null
            ? FloatVector.zero(SPECIES)
            : FloatVector.fromArray(SPECIES, bias, bias0 + COUNT);
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
    for (int p = 0; p < k; p++) {
      FloatVector w0 = FloatVector.fromArray(SPECIES, b, b0 + p * PANEL);
      FloatVector w1 = FloatVector.fromArray(SPECIES, b, b0 + p * PANEL + COUNT);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + p]);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + p]);
      s10 = x1.fma(w0, s10);
      s11 = x1.fma(w1, s11);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + p]);
      s20 = x2.fma(w0, s20);
      s21 = x2.fma(w1, s21);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + p]);
      s30 = x3.fma(w0, s30);
      s31 = x3.fma(w1, s31);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + p]);
      s40 = x4.fma(w0, s40);
      s41 = x4.fma(w1, s41);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + p]);
      s50 = x5.fma(w0, s50);
      s51 = x5.fma(w1, s51);
    }
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

  /** c [4 x 2 vectors] = a [4 x k] by one panel. */
  private static void rows4(
      float[] a,
      int a0,
      int lda,
      int k,
      float[] b,
      int b0,
      float[] bias,
      int bias0,
      float least,
      float[] c,
      int c0,
      int ldc) {
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    int a1 = a0 + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    FloatVector s00 =
        bias == null ? FloatVector.zero(SPECIES) : FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector s01 =
        bias == null
            ? FloatVector.zero(SPECIES)
            : FloatVector.fromArray(SPECIES, bias, bias0 + COUNT);
    FloatVector s10 = s00;
    FloatVector s11 = s01;
    FloatVector s20 = s00;
    FloatVector s21 = s01;
    FloatVector s30 = s00;
    FloatVector s31 = s01;
    for (int p = 0; p < k; p++) {
      FloatVector w0 = FloatVector.fromArray(SPECIES, b, b0 + p * PANEL);
      FloatVector w1 = FloatVector.fromArray(SPECIES, b, b0 + p * PANEL + COUNT);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + p]);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + p]);
      s10 = x1.fma(w0, s10);
      s11 = x1.fma(w1, s11);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + p]);
      s20 = x2.fma(w0, s20);
      s21 = x2.fma(w1, s21);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + p]);
      s30 = x3.fma(w0, s30);
      s31 = x3.fma(w1, s31);
    }
    s00.blend(floor, s00.compare(VectorOperators.LT, floor)).intoArray(c, c0);
    s01.blend(floor, s01.compare(VectorOperators.LT, floor)).intoArray(c, c0 + COUNT);
    s10.blend(floor, s10.compare(VectorOperators.LT, floor)).intoArray(c, c0 + ldc);
    s11.blend(floor, s11.compare(VectorOperators.LT, floor)).intoArray(c, c0 + ldc + COUNT);
    s20.blend(floor, s20.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 2 * ldc);
    s21.blend(floor, s21.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 2 * ldc + COUNT);
    s30.blend(floor, s30.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 3 * ldc);
    s31.blend(floor, s31.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 3 * ldc + COUNT);
  }

  /** c [6 x 1 vector] = a [6 x k] by the panel of one vector. */
  private static void narrowRows6(
      float[] a,
      int a0,
      int lda,
      int k,
      float[] b,
      int b0,
      float[] bias,
      int bias0,
      float least,
      float[] c,
      int c0,
      int ldc) {
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    int a1 = a0 + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    FloatVector s00 =
        bias == null ? FloatVector.zero(SPECIES) : FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector s10 = s00;
    FloatVector s20 = s00;
    FloatVector s30 = s00;
    FloatVector s40 = s00;
    FloatVector s50 = s00;
    for (int p = 0; p < k; p++) {
      FloatVector w0 = FloatVector.fromArray(SPECIES, b, b0 + p * COUNT);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + p]);
      s00 = x0.fma(w0, s00);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + p]);
      s10 = x1.fma(w0, s10);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + p]);
      s20 = x2.fma(w0, s20);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + p]);
      s30 = x3.fma(w0, s30);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + p]);
      s40 = x4.fma(w0, s40);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + p]);
      s50 = x5.fma(w0, s50);
    }
    s00.blend(floor, s00.compare(VectorOperators.LT, floor)).intoArray(c, c0);
    s10.blend(floor, s10.compare(VectorOperators.LT, floor)).intoArray(c, c0 + ldc);
    s20.blend(floor, s20.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 2 * ldc);
    s30.blend(floor, s30.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 3 * ldc);
    s40.blend(floor, s40.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 4 * ldc);
    s50.blend(floor, s50.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 5 * ldc);
  }

  /** c [4 x 1 vector] = a [4 x k] by the panel of one vector. */
  private static void narrowRows4(
      float[] a,
      int a0,
      int lda,
      int k,
      float[] b,
      int b0,
      float[] bias,
      int bias0,
      float least,
      float[] c,
      int c0,
      int ldc) {
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    int a1 = a0 + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    FloatVector s00 =
        bias == null ? FloatVector.zero(SPECIES) : FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector s10 = s00;
    FloatVector s20 = s00;
    FloatVector s30 = s00;
    for (int p = 0; p < k; p++) {
      FloatVector w0 = FloatVector.fromArray(SPECIES, b, b0 + p * COUNT);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + p]);
      s00 = x0.fma(w0, s00);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + p]);
      s10 = x1.fma(w0, s10);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + p]);
      s20 = x2.fma(w0, s20);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + p]);
      s30 = x3.fma(w0, s30);
    }
    s00.blend(floor, s00.compare(VectorOperators.LT, floor)).intoArray(c, c0);
    s10.blend(floor, s10.compare(VectorOperators.LT, floor)).intoArray(c, c0 + ldc);
    s20.blend(floor, s20.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 2 * ldc);
    s30.blend(floor, s30.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 3 * ldc);
  }

  @Override
  public void multiplyTransposedAdd(
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int bOffset,
      int ldb,
      int m,
      int k,
      int n,
      float[] c,
      int cOffset,
      int ldc) {
    VectorGradients.add(a, aOffset, lda, b, bOffset, ldb, m, k, n, c, cOffset, ldc);
  }
}
