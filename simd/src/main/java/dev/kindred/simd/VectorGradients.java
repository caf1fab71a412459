package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * c += a^T b, the gradient of weights, in register tiles as those of {@link VectorGemm}: both sides
 * are read along rows, and a tile of c stays in registers while it runs down them.
 *
 * <p>All tiles add over the rows in ascending order to what c holds.
 */
final class VectorGradients {
  private static final int PANEL = 2 * COUNT;

  /** Rows that a tile runs over before the next: 32 rows of both sides stay in the caches. */
  private static final int ROWS = 32;

  /** Rows of a tile: six spill in sixteen registers, here where both sides are strided. */
  private static final int TILE = COUNT == 16 ? 8 : 4;

  private static final GemmKernels SCALAR = new ScalarGemm();

  private VectorGradients() {}

  /** As {@link GemmKernels#multiplyTransposedAdd}. */
  static void add(
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
    if (k < 8) {
      SCALAR.multiplyTransposedAdd(a, aOffset, lda, b, bOffset, ldb, m, k, n, c, cOffset, ldc);
      return;
    }
    // Sums continue from c, so cutting m into blocks that stay in the caches changes no bit.
    int block = n < PANEL ? 16 * ROWS : ROWS;
    for (int r = 0; r < m; r += block) {
      int rows = Math.min(block, m - r);
      int a0 = aOffset + r * lda;
      int b0 = bOffset + r * ldb;
      if (n >= COUNT) {
        gradientBlock(a, a0, lda, b, b0, ldb, rows, k, n, c, cOffset, ldc);
      } else {
        shortGradientBlock(a, a0, lda, b, b0, ldb, rows, k, n, c, cOffset, ldc);
      }
    }
  }

  private static void gradientBlock(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int ldb,
      int m,
      int k,
      int n,
      float[] c,
      int c0,
      int ldc) {
    int j = 0;
    for (; j <= n - PANEL; j += PANEL) {
      for (int i = 0; i < k; i += TILE) {
        // The last tile starts early enough to be whole, and leaves alone the rows done before.
        int first = Math.min(i, k - TILE);
        int from = i - first;
        int to = c0 + first * ldc + j;
        if (TILE == 8) {
          gradient8(a, a0 + first, lda, b, b0 + j, ldb, m, c, to, ldc, from);
        } else {
          gradient4(a, a0 + first, lda, b, b0 + j, ldb, m, c, to, ldc, from);
        }
      }
    }
    for (; j < n; j += COUNT) {
      // Columns that fill no vector: the last whole one, of which the old columns stay.
      int at = Math.min(j, n - COUNT);
      for (int i = 0; i < k; i += 8) {
        int first = Math.min(i, k - 8);
        int to = c0 + first * ldc + at;
        narrowGradient(a, a0 + first, lda, b, b0 + at, ldb, m, c, to, ldc, i - first, j - at);
      }
    }
  }

  /** All columns of c, fewer than a vector. */
  private static void shortGradientBlock(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int ldb,
      int m,
      int k,
      int n,
      float[] c,
      int c0,
      int ldc) {
    if (n == 0) {
      return;
    }
    // Rows behind which b goes on for a vector; the last few go one value at a time.
    int whole = b.length - b0 < COUNT ? 0 : Math.min(m, (b.length - b0 - COUNT) / ldb + 1);
    for (int i = 0; i < k && whole > 0; i += 8) {
      int first = Math.min(i, k - 8);
      int to = c0 + first * ldc;
      shortGradient(a, a0 + first, lda, b, b0, ldb, whole, c, to, ldc, i - first, n);
    }
    int a1 = a0 + whole * lda;
    SCALAR.multiplyTransposedAdd(a, a1, lda, b, b0 + whole * ldb, ldb, m - whole, k, n, c, c0, ldc);
  }

  /** c [8 x 2 vectors] += a [m x 8]^T b [m x 2 vectors]; rows of c before {@code from} stay. */
  private static void gradient8(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int ldb,
      int m,
      float[] c,
      int c0,
      int ldc,
      int from) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector s01 = FloatVector.fromArray(SPECIES, c, c0 + COUNT);
    FloatVector s10 = FloatVector.fromArray(SPECIES, c, c0 + ldc);
    FloatVector s11 = FloatVector.fromArray(SPECIES, c, c0 + ldc + COUNT);
    FloatVector s20 = FloatVector.fromArray(SPECIES, c, c0 + 2 * ldc);
    FloatVector s21 = FloatVector.fromArray(SPECIES, c, c0 + 2 * ldc + COUNT);
    FloatVector s30 = FloatVector.fromArray(SPECIES, c, c0 + 3 * ldc);
    FloatVector s31 = FloatVector.fromArray(SPECIES, c, c0 + 3 * ldc + COUNT);
    FloatVector s40 = FloatVector.fromArray(SPECIES, c, c0 + 4 * ldc);
    FloatVector s41 = FloatVector.fromArray(SPECIES, c, c0 + 4 * ldc + COUNT);
    FloatVector s50 = FloatVector.fromArray(SPECIES, c, c0 + 5 * ldc);
    FloatVector s51 = FloatVector.fromArray(SPECIES, c, c0 + 5 * ldc + COUNT);
    FloatVector s60 = FloatVector.fromArray(SPECIES, c, c0 + 6 * ldc);
    FloatVector s61 = FloatVector.fromArray(SPECIES, c, c0 + 6 * ldc + COUNT);
    FloatVector s70 = FloatVector.fromArray(SPECIES, c, c0 + 7 * ldc);
    FloatVector s71 = FloatVector.fromArray(SPECIES, c, c0 + 7 * ldc + COUNT);
    for (int r = 0; r < m; r++) {
      int x = a0 + r * lda;
      FloatVector w0 = FloatVector.fromArray(SPECIES, b, b0 + r * ldb);
      FloatVector w1 = FloatVector.fromArray(SPECIES, b, b0 + r * ldb + COUNT);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[x]);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[x + 1]);
      s10 = x1.fma(w0, s10);
      s11 = x1.fma(w1, s11);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[x + 2]);
      s20 = x2.fma(w0, s20);
      s21 = x2.fma(w1, s21);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[x + 3]);
      s30 = x3.fma(w0, s30);
      s31 = x3.fma(w1, s31);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[x + 4]);
      s40 = x4.fma(w0, s40);
      s41 = x4.fma(w1, s41);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[x + 5]);
      s50 = x5.fma(w0, s50);
      s51 = x5.fma(w1, s51);
      FloatVector x6 = FloatVector.broadcast(SPECIES, a[x + 6]);
      s60 = x6.fma(w0, s60);
      s61 = x6.fma(w1, s61);
      FloatVector x7 = FloatVector.broadcast(SPECIES, a[x + 7]);
      s70 = x7.fma(w0, s70);
      s71 = x7.fma(w1, s71);
    }
    if (from <= 0) {
      s00.intoArray(c, c0);
      s01.intoArray(c, c0 + COUNT);
    }
    if (from <= 1) {
      s10.intoArray(c, c0 + ldc);
      s11.intoArray(c, c0 + ldc + COUNT);
    }
    if (from <= 2) {
      s20.intoArray(c, c0 + 2 * ldc);
      s21.intoArray(c, c0 + 2 * ldc + COUNT);
    }
    if (from <= 3) {
      s30.intoArray(c, c0 + 3 * ldc);
      s31.intoArray(c, c0 + 3 * ldc + COUNT);
    }
    if (from <= 4) {
      s40.intoArray(c, c0 + 4 * ldc);
      s41.intoArray(c, c0 + 4 * ldc + COUNT);
    }
    if (from <= 5) {
      s50.intoArray(c, c0 + 5 * ldc);
      s51.intoArray(c, c0 + 5 * ldc + COUNT);
    }
    if (from <= 6) {
      s60.intoArray(c, c0 + 6 * ldc);
      s61.intoArray(c, c0 + 6 * ldc + COUNT);
    }
    s70.intoArray(c, c0 + 7 * ldc);
    s71.intoArray(c, c0 + 7 * ldc + COUNT);
  }

  /** c [4 x 2 vectors] += a [m x 4]^T b [m x 2 vectors]; rows of c before {@code from} stay. */
  private static void gradient4(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int ldb,
      int m,
      float[] c,
      int c0,
      int ldc,
      int from) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector s01 = FloatVector.fromArray(SPECIES, c, c0 + COUNT);
    FloatVector s10 = FloatVector.fromArray(SPECIES, c, c0 + ldc);
    FloatVector s11 = FloatVector.fromArray(SPECIES, c, c0 + ldc + COUNT);
    FloatVector s20 = FloatVector.fromArray(SPECIES, c, c0 + 2 * ldc);
    FloatVector s21 = FloatVector.fromArray(SPECIES, c, c0 + 2 * ldc + COUNT);
    FloatVector s30 = FloatVector.fromArray(SPECIES, c, c0 + 3 * ldc);
    FloatVector s31 = FloatVector.fromArray(SPECIES, c, c0 + 3 * ldc + COUNT);
    for (int r = 0; r < m; r++) {
      int x = a0 + r * lda;
      FloatVector w0 = FloatVector.fromArray(SPECIES, b, b0 + r * ldb);
      FloatVector w1 = FloatVector.fromArray(SPECIES, b, b0 + r * ldb + COUNT);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[x]);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[x + 1]);
      s10 = x1.fma(w0, s10);
      s11 = x1.fma(w1, s11);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[x + 2]);
      s20 = x2.fma(w0, s20);
      s21 = x2.fma(w1, s21);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[x + 3]);
      s30 = x3.fma(w0, s30);
      s31 = x3.fma(w1, s31);
    }
    if (from <= 0) {
      s00.intoArray(c, c0);
      s01.intoArray(c, c0 + COUNT);
    }
    if (from <= 1) {
      s10.intoArray(c, c0 + ldc);
      s11.intoArray(c, c0 + ldc + COUNT);
    }
    if (from <= 2) {
      s20.intoArray(c, c0 + 2 * ldc);
      s21.intoArray(c, c0 + 2 * ldc + COUNT);
    }
    s30.intoArray(c, c0 + 3 * ldc);
    s31.intoArray(c, c0 + 3 * ldc + COUNT);
  }

  /**
   * c [8 x 1 vector] += a [m x 8]^T b [m x 1 vector]; rows of c before {@code from} and the first
   * {@code old} columns stay.
   */
  private static void narrowGradient(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int ldb,
      int m,
      float[] c,
      int c0,
      int ldc,
      int from,
      int old) {
    VectorMask<Float> fresh = Lanes.IOTA.compare(VectorOperators.GE, (float) old);
    FloatVector s0 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector s1 = FloatVector.fromArray(SPECIES, c, c0 + ldc);
    FloatVector s2 = FloatVector.fromArray(SPECIES, c, c0 + 2 * ldc);
    FloatVector s3 = FloatVector.fromArray(SPECIES, c, c0 + 3 * ldc);
    FloatVector s4 = FloatVector.fromArray(SPECIES, c, c0 + 4 * ldc);
    FloatVector s5 = FloatVector.fromArray(SPECIES, c, c0 + 5 * ldc);
    FloatVector s6 = FloatVector.fromArray(SPECIES, c, c0 + 6 * ldc);
    FloatVector s7 = FloatVector.fromArray(SPECIES, c, c0 + 7 * ldc);
    for (int r = 0; r < m; r++) {
      int x = a0 + r * lda;
      FloatVector w = FloatVector.fromArray(SPECIES, b, b0 + r * ldb);
      s0 = FloatVector.broadcast(SPECIES, a[x]).fma(w, s0);
      s1 = FloatVector.broadcast(SPECIES, a[x + 1]).fma(w, s1);
      s2 = FloatVector.broadcast(SPECIES, a[x + 2]).fma(w, s2);
      s3 = FloatVector.broadcast(SPECIES, a[x + 3]).fma(w, s3);
      s4 = FloatVector.broadcast(SPECIES, a[x + 4]).fma(w, s4);
      s5 = FloatVector.broadcast(SPECIES, a[x + 5]).fma(w, s5);
      s6 = FloatVector.broadcast(SPECIES, a[x + 6]).fma(w, s6);
      s7 = FloatVector.broadcast(SPECIES, a[x + 7]).fma(w, s7);
    }
    if (from <= 0) {
      FloatVector.fromArray(SPECIES, c, c0).blend(s0, fresh).intoArray(c, c0);
    }
    if (from <= 1) {
      FloatVector.fromArray(SPECIES, c, c0 + ldc).blend(s1, fresh).intoArray(c, c0 + ldc);
    }
    if (from <= 2) {
      FloatVector.fromArray(SPECIES, c, c0 + 2 * ldc).blend(s2, fresh).intoArray(c, c0 + 2 * ldc);
    }
    if (from <= 3) {
      FloatVector.fromArray(SPECIES, c, c0 + 3 * ldc).blend(s3, fresh).intoArray(c, c0 + 3 * ldc);
    }
    if (from <= 4) {
      FloatVector.fromArray(SPECIES, c, c0 + 4 * ldc).blend(s4, fresh).intoArray(c, c0 + 4 * ldc);
    }
    if (from <= 5) {
      FloatVector.fromArray(SPECIES, c, c0 + 5 * ldc).blend(s5, fresh).intoArray(c, c0 + 5 * ldc);
    }
    if (from <= 6) {
      FloatVector.fromArray(SPECIES, c, c0 + 6 * ldc).blend(s6, fresh).intoArray(c, c0 + 6 * ldc);
    }
    FloatVector.fromArray(SPECIES, c, c0 + 7 * ldc).blend(s7, fresh).intoArray(c, c0 + 7 * ldc);
  }

  /**
   * c [8 x columns] += a [m x 8]^T b [m x columns], fewer columns than a vector has. Rows of b are
   * read as whole vectors; the lanes past the end are computed from what follows and thrown away.
   * Sums start at 0: from masked loads, the compiler would not keep them in registers.
   */
  private static void shortGradient(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int ldb,
      int m,
      float[] c,
      int c0,
      int ldc,
      int from,
      int columns) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    for (int r = 0; r < m; r++) {
      int x = a0 + r * lda;
      FloatVector w = FloatVector.fromArray(SPECIES, b, b0 + r * ldb);
      s0 = FloatVector.broadcast(SPECIES, a[x]).fma(w, s0);
      s1 = FloatVector.broadcast(SPECIES, a[x + 1]).fma(w, s1);
      s2 = FloatVector.broadcast(SPECIES, a[x + 2]).fma(w, s2);
      s3 = FloatVector.broadcast(SPECIES, a[x + 3]).fma(w, s3);
      s4 = FloatVector.broadcast(SPECIES, a[x + 4]).fma(w, s4);
      s5 = FloatVector.broadcast(SPECIES, a[x + 5]).fma(w, s5);
      s6 = FloatVector.broadcast(SPECIES, a[x + 6]).fma(w, s6);
      s7 = FloatVector.broadcast(SPECIES, a[x + 7]).fma(w, s7);
    }
    if (from <= 0) {
      Lanes.storeTail(Lanes.loadTail(c, c0, columns).add(s0), c, c0, columns);
    }
    if (from <= 1) {
      Lanes.storeTail(Lanes.loadTail(c, c0 + ldc, columns).add(s1), c, c0 + ldc, columns);
    }
    if (from <= 2) {
      Lanes.storeTail(Lanes.loadTail(c, c0 + 2 * ldc, columns).add(s2), c, c0 + 2 * ldc, columns);
    }
    if (from <= 3) {
      Lanes.storeTail(Lanes.loadTail(c, c0 + 3 * ldc, columns).add(s3), c, c0 + 3 * ldc, columns);
    }
    if (from <= 4) {
      Lanes.storeTail(Lanes.loadTail(c, c0 + 4 * ldc, columns).add(s4), c, c0 + 4 * ldc, columns);
    }
    if (from <= 5) {
      Lanes.storeTail(Lanes.loadTail(c, c0 + 5 * ldc, columns).add(s5), c, c0 + 5 * ldc, columns);
    }
    if (from <= 6) {
      Lanes.storeTail(Lanes.loadTail(c, c0 + 6 * ldc, columns).add(s6), c, c0 + 6 * ldc, columns);
    }
    Lanes.storeTail(Lanes.loadTail(c, c0 + 7 * ldc, columns).add(s7), c, c0 + 7 * ldc, columns);
  }
}
