package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Cholesky by blocks of 4 rows, from the last row up.
 *
 * <p>Each block gathers what all later rows take from it (left-looking: its values stay in
 * registers), factors its own corner, and divides the rest by it. Everything reads and writes along
 * rows of the lower triangle.
 *
 * <p>What a loop gathers is added to the row after it and stored, though the row could be what it
 * starts with, and the division could go on in the same registers: of vectors that leave a loop and
 * are worked on the compiler made objects, in one JVM of ten, if it didn't know enough yet.
 */
final class VectorCholesky implements CholeskyKernels {
  /** Rows of a block. */
  private static final int TILE = 4;

  private static final int PANEL = 2 * COUNT;

  @Override
  public boolean factor(float[] a, int n, int lda) {
    int whole = n - n % COUNT;
    if (!factorLastRows(a, n, lda, whole)) {
      return false;
    }
    for (int i = whole - TILE; i >= 0; i -= TILE) {
      int corner = i - i % COUNT;
      update(a, n, lda, i, corner);
      if (!factorBlock(a, lda, i, corner)) {
        return false;
      }
      int j = 0;
      for (; j <= corner - PANEL; j += PANEL) {
        update2(a, n, lda, i, j);
        divide2(a, lda, i, j);
      }
      if (j < corner) {
        update(a, n, lda, i, j);
        divide(a, lda, i, j);
      }
    }
    return true;
  }

  /** Rows [first, n), fewer than a vector, one after the other. */
  private static boolean factorLastRows(float[] a, int n, int lda, int first) {
    for (int k = n - 1; k >= first; k--) {
      int row = k * lda;
      float pivot = a[row + k];
      if (!ScalarCholesky.isPivot(pivot)) {
        return false;
      }
      float diagonal = (float) Math.sqrt(pivot);
      Kernels.DISTANCES.scale(1 / diagonal, a, row, k);
      a[row + k] = diagonal;
      for (int i = first; i < k; i++) {
        Kernels.DISTANCES.axpy(-a[row + i], a, row, a, i * lda, i + 1);
      }
    }
    return true;
  }

  /**
   * Factors rows [i, i + 4) in the vector of columns from {@code corner} on, which holds their
   * diagonal; what lies right of it is overwritten.
   *
   * <p>The ten numbers of the corner are factored as plain floats first, and the rows follow in
   * registers: through memory every pivot would wait for the stores of the one before.
   */
  private static boolean factorBlock(float[] a, int lda, int i, int corner) {
    int row0 = i * lda;
    int row1 = row0 + lda;
    int row2 = row1 + lda;
    int row3 = row2 + lda;
    float a33 = a[row3 + i + 3];
    float inverse3 = 1 / (float) Math.sqrt(a33);
    float r32 = a[row3 + i + 2] * inverse3;
    float r31 = a[row3 + i + 1] * inverse3;
    float r30 = a[row3 + i] * inverse3;
    float a22 = a[row2 + i + 2] - r32 * r32;
    float inverse2 = 1 / (float) Math.sqrt(a22);
    float r21 = (a[row2 + i + 1] - r32 * r31) * inverse2;
    float r20 = (a[row2 + i] - r32 * r30) * inverse2;
    float a11 = a[row1 + i + 1] - r31 * r31 - r21 * r21;
    float inverse1 = 1 / (float) Math.sqrt(a11);
    float r10 = (a[row1 + i] - r31 * r30 - r21 * r20) * inverse1;
    float a00 = a[row0 + i] - r30 * r30 - r20 * r20 - r10 * r10;
    float inverse0 = 1 / (float) Math.sqrt(a00);
    boolean sound =
        ScalarCholesky.isPivot(a33)
            & ScalarCholesky.isPivot(a22)
            & ScalarCholesky.isPivot(a11)
            & ScalarCholesky.isPivot(a00);
    FloatVector s3 = FloatVector.fromArray(SPECIES, a, row3 + corner).mul(inverse3);
    FloatVector x32 = FloatVector.broadcast(SPECIES, -r32);
    FloatVector s2 = x32.fma(s3, FloatVector.fromArray(SPECIES, a, row2 + corner)).mul(inverse2);
    FloatVector x31 = FloatVector.broadcast(SPECIES, -r31);
    FloatVector x21 = FloatVector.broadcast(SPECIES, -r21);
    FloatVector s1 = x31.fma(s3, FloatVector.fromArray(SPECIES, a, row1 + corner));
    s1 = x21.fma(s2, s1).mul(inverse1);
    FloatVector x30 = FloatVector.broadcast(SPECIES, -r30);
    FloatVector x20 = FloatVector.broadcast(SPECIES, -r20);
    FloatVector x10 = FloatVector.broadcast(SPECIES, -r10);
    FloatVector s0 = x30.fma(s3, FloatVector.fromArray(SPECIES, a, row0 + corner));
    s0 = x20.fma(s2, s0);
    s0 = x10.fma(s1, s0).mul(inverse0);
    s3.intoArray(a, row3 + corner);
    s2.intoArray(a, row2 + corner);
    s1.intoArray(a, row1 + corner);
    s0.intoArray(a, row0 + corner);
    // The plain numbers, so that the corner is one factor: the vectors' may differ in the last bit.
    a[row3 + i + 3] = a33 * inverse3;
    a[row3 + i + 2] = r32;
    a[row3 + i + 1] = r31;
    a[row3 + i] = r30;
    a[row2 + i + 2] = a22 * inverse2;
    a[row2 + i + 1] = r21;
    a[row2 + i] = r20;
    a[row1 + i + 1] = a11 * inverse1;
    a[row1 + i] = r10;
    a[row0 + i] = a00 * inverse0;
    return sound;
  }

  /**
   * Rows [i, i + 4), one vector of columns from j on, minus what the rows after them take: by two
   * sums each, for one alone waits for its own last addition.
   */
  private static void update(float[] a, int n, int lda, int i, int j) {
    int at = i * lda + j;
    FloatVector s00 = FloatVector.zero(SPECIES);
    FloatVector s10 = FloatVector.zero(SPECIES);
    FloatVector s20 = FloatVector.zero(SPECIES);
    FloatVector s30 = FloatVector.zero(SPECIES);
    FloatVector t00 = FloatVector.zero(SPECIES);
    FloatVector t10 = t00;
    FloatVector t20 = t00;
    FloatVector t30 = t00;
    int k = i + TILE;
    for (; k + 1 < n; k += 2) {
      int row = k * lda;
      FloatVector w0 = FloatVector.fromArray(SPECIES, a, row + j);
      FloatVector x0 = FloatVector.broadcast(SPECIES, -a[row + i]);
      s00 = x0.fma(w0, s00);
      FloatVector x1 = FloatVector.broadcast(SPECIES, -a[row + i + 1]);
      s10 = x1.fma(w0, s10);
      FloatVector x2 = FloatVector.broadcast(SPECIES, -a[row + i + 2]);
      s20 = x2.fma(w0, s20);
      FloatVector x3 = FloatVector.broadcast(SPECIES, -a[row + i + 3]);
      s30 = x3.fma(w0, s30);
      int next = row + lda;
      FloatVector v0 = FloatVector.fromArray(SPECIES, a, next + j);
      FloatVector y0 = FloatVector.broadcast(SPECIES, -a[next + i]);
      t00 = y0.fma(v0, t00);
      FloatVector y1 = FloatVector.broadcast(SPECIES, -a[next + i + 1]);
      t10 = y1.fma(v0, t10);
      FloatVector y2 = FloatVector.broadcast(SPECIES, -a[next + i + 2]);
      t20 = y2.fma(v0, t20);
      FloatVector y3 = FloatVector.broadcast(SPECIES, -a[next + i + 3]);
      t30 = y3.fma(v0, t30);
    }
    if (k < n) {
      int row = k * lda;
      FloatVector w0 = FloatVector.fromArray(SPECIES, a, row + j);
      s00 = FloatVector.broadcast(SPECIES, -a[row + i]).fma(w0, s00);
      s10 = FloatVector.broadcast(SPECIES, -a[row + i + 1]).fma(w0, s10);
      s20 = FloatVector.broadcast(SPECIES, -a[row + i + 2]).fma(w0, s20);
      s30 = FloatVector.broadcast(SPECIES, -a[row + i + 3]).fma(w0, s30);
    }
    FloatVector.fromArray(SPECIES, a, at).add(s00).add(t00).intoArray(a, at);
    FloatVector.fromArray(SPECIES, a, at + lda).add(s10).add(t10).intoArray(a, at + lda);
    FloatVector.fromArray(SPECIES, a, at + 2 * lda).add(s20).add(t20).intoArray(a, at + 2 * lda);
    FloatVector.fromArray(SPECIES, a, at + 3 * lda).add(s30).add(t30).intoArray(a, at + 3 * lda);
  }

  /** Solves rows [i, i + 4), one vector of columns from j on, for the block's factored corner. */
  private static void divide(float[] a, int lda, int i, int j) {
    int at = i * lda + j;
    FloatVector s00 = FloatVector.fromArray(SPECIES, a, at);
    FloatVector s10 = FloatVector.fromArray(SPECIES, a, at + lda);
    FloatVector s20 = FloatVector.fromArray(SPECIES, a, at + 2 * lda);
    FloatVector s30 = FloatVector.fromArray(SPECIES, a, at + 3 * lda);
    int row3 = (i + 3) * lda + i;
    FloatVector inverse3 = FloatVector.broadcast(SPECIES, 1 / a[row3 + 3]);
    s30 = inverse3.mul(s30);
    FloatVector x32 = FloatVector.broadcast(SPECIES, -a[row3 + 2]);
    s20 = x32.fma(s30, s20);
    FloatVector x31 = FloatVector.broadcast(SPECIES, -a[row3 + 1]);
    s10 = x31.fma(s30, s10);
    FloatVector x30 = FloatVector.broadcast(SPECIES, -a[row3]);
    s00 = x30.fma(s30, s00);
    int row2 = (i + 2) * lda + i;
    FloatVector inverse2 = FloatVector.broadcast(SPECIES, 1 / a[row2 + 2]);
    s20 = inverse2.mul(s20);
    FloatVector x21 = FloatVector.broadcast(SPECIES, -a[row2 + 1]);
    s10 = x21.fma(s20, s10);
    FloatVector x20 = FloatVector.broadcast(SPECIES, -a[row2]);
    s00 = x20.fma(s20, s00);
    int row1 = (i + 1) * lda + i;
    FloatVector inverse1 = FloatVector.broadcast(SPECIES, 1 / a[row1 + 1]);
    s10 = inverse1.mul(s10);
    FloatVector x10 = FloatVector.broadcast(SPECIES, -a[row1]);
    s00 = x10.fma(s10, s00);
    int row0 = i * lda + i;
    FloatVector inverse0 = FloatVector.broadcast(SPECIES, 1 / a[row0]);
    s00 = inverse0.mul(s00);
    s00.intoArray(a, at);
    s10.intoArray(a, at + lda);
    s20.intoArray(a, at + 2 * lda);
    s30.intoArray(a, at + 3 * lda);
  }

  /** As update for two vectors of columns. */
  private static void update2(float[] a, int n, int lda, int i, int j) {
    int at = i * lda + j;
    FloatVector s00 = FloatVector.zero(SPECIES);
    FloatVector s01 = FloatVector.zero(SPECIES);
    FloatVector s10 = FloatVector.zero(SPECIES);
    FloatVector s11 = FloatVector.zero(SPECIES);
    FloatVector s20 = FloatVector.zero(SPECIES);
    FloatVector s21 = FloatVector.zero(SPECIES);
    FloatVector s30 = FloatVector.zero(SPECIES);
    FloatVector s31 = FloatVector.zero(SPECIES);
    for (int k = i + TILE; k < n; k++) {
      int row = k * lda;
      FloatVector w0 = FloatVector.fromArray(SPECIES, a, row + j);
      FloatVector w1 = FloatVector.fromArray(SPECIES, a, row + j + COUNT);
      FloatVector x0 = FloatVector.broadcast(SPECIES, -a[row + i]);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
      FloatVector x1 = FloatVector.broadcast(SPECIES, -a[row + i + 1]);
      s10 = x1.fma(w0, s10);
      s11 = x1.fma(w1, s11);
      FloatVector x2 = FloatVector.broadcast(SPECIES, -a[row + i + 2]);
      s20 = x2.fma(w0, s20);
      s21 = x2.fma(w1, s21);
      FloatVector x3 = FloatVector.broadcast(SPECIES, -a[row + i + 3]);
      s30 = x3.fma(w0, s30);
      s31 = x3.fma(w1, s31);
    }
    FloatVector.fromArray(SPECIES, a, at).add(s00).intoArray(a, at);
    FloatVector.fromArray(SPECIES, a, at + COUNT).add(s01).intoArray(a, at + COUNT);
    FloatVector.fromArray(SPECIES, a, at + lda).add(s10).intoArray(a, at + lda);
    FloatVector.fromArray(SPECIES, a, at + lda + COUNT).add(s11).intoArray(a, at + lda + COUNT);
    FloatVector.fromArray(SPECIES, a, at + 2 * lda).add(s20).intoArray(a, at + 2 * lda);
    FloatVector.fromArray(SPECIES, a, at + 2 * lda + COUNT)
        .add(s21)
        .intoArray(a, at + 2 * lda + COUNT);
    FloatVector.fromArray(SPECIES, a, at + 3 * lda).add(s30).intoArray(a, at + 3 * lda);
    FloatVector.fromArray(SPECIES, a, at + 3 * lda + COUNT)
        .add(s31)
        .intoArray(a, at + 3 * lda + COUNT);
  }

  /** As divide for two vectors of columns. */
  private static void divide2(float[] a, int lda, int i, int j) {
    int at = i * lda + j;
    FloatVector s00 = FloatVector.fromArray(SPECIES, a, at);
    FloatVector s01 = FloatVector.fromArray(SPECIES, a, at + COUNT);
    FloatVector s10 = FloatVector.fromArray(SPECIES, a, at + lda);
    FloatVector s11 = FloatVector.fromArray(SPECIES, a, at + lda + COUNT);
    FloatVector s20 = FloatVector.fromArray(SPECIES, a, at + 2 * lda);
    FloatVector s21 = FloatVector.fromArray(SPECIES, a, at + 2 * lda + COUNT);
    FloatVector s30 = FloatVector.fromArray(SPECIES, a, at + 3 * lda);
    FloatVector s31 = FloatVector.fromArray(SPECIES, a, at + 3 * lda + COUNT);
    int row3 = (i + 3) * lda + i;
    FloatVector inverse3 = FloatVector.broadcast(SPECIES, 1 / a[row3 + 3]);
    s30 = inverse3.mul(s30);
    s31 = inverse3.mul(s31);
    FloatVector x32 = FloatVector.broadcast(SPECIES, -a[row3 + 2]);
    s20 = x32.fma(s30, s20);
    s21 = x32.fma(s31, s21);
    FloatVector x31 = FloatVector.broadcast(SPECIES, -a[row3 + 1]);
    s10 = x31.fma(s30, s10);
    s11 = x31.fma(s31, s11);
    FloatVector x30 = FloatVector.broadcast(SPECIES, -a[row3]);
    s00 = x30.fma(s30, s00);
    s01 = x30.fma(s31, s01);
    int row2 = (i + 2) * lda + i;
    FloatVector inverse2 = FloatVector.broadcast(SPECIES, 1 / a[row2 + 2]);
    s20 = inverse2.mul(s20);
    s21 = inverse2.mul(s21);
    FloatVector x21 = FloatVector.broadcast(SPECIES, -a[row2 + 1]);
    s10 = x21.fma(s20, s10);
    s11 = x21.fma(s21, s11);
    FloatVector x20 = FloatVector.broadcast(SPECIES, -a[row2]);
    s00 = x20.fma(s20, s00);
    s01 = x20.fma(s21, s01);
    int row1 = (i + 1) * lda + i;
    FloatVector inverse1 = FloatVector.broadcast(SPECIES, 1 / a[row1 + 1]);
    s10 = inverse1.mul(s10);
    s11 = inverse1.mul(s11);
    FloatVector x10 = FloatVector.broadcast(SPECIES, -a[row1]);
    s00 = x10.fma(s10, s00);
    s01 = x10.fma(s11, s01);
    int row0 = i * lda + i;
    FloatVector inverse0 = FloatVector.broadcast(SPECIES, 1 / a[row0]);
    s00 = inverse0.mul(s00);
    s01 = inverse0.mul(s01);
    s00.intoArray(a, at);
    s01.intoArray(a, at + COUNT);
    s10.intoArray(a, at + lda);
    s11.intoArray(a, at + lda + COUNT);
    s20.intoArray(a, at + 2 * lda);
    s21.intoArray(a, at + 2 * lda + COUNT);
    s30.intoArray(a, at + 3 * lda);
    s31.intoArray(a, at + 3 * lda + COUNT);
  }

  @Override
  public void solve(float[] r, int n, int lda, float[] b, int bOffset) {
    int top = n % TILE;
    // R^T y = b, from the last row up: four unknowns, then their share of all before them.
    for (int i = n - TILE; i >= top; i -= TILE) {
      solveTransposed4(r, lda, i, b, bOffset);
    }
    for (int i = top - 1; i >= 0; i--) {
      float y = b[bOffset + i] / r[i * lda + i];
      b[bOffset + i] = y;
      for (int j = 0; j < i; j++) {
        b[bOffset + j] -= y * r[i * lda + j];
      }
    }
    // R x = y, from the first row down.
    for (int i = 0; i < top; i++) {
      float sum = b[bOffset + i];
      for (int j = 0; j < i; j++) {
        sum -= r[i * lda + j] * b[bOffset + j];
      }
      b[bOffset + i] = sum / r[i * lda + i];
    }
    for (int i = top; i < n; i += TILE) {
      solve4(r, lda, i, b, bOffset);
    }
  }

  private static void solveTransposed4(float[] r, int lda, int i, float[] b, int bOffset) {
    int row0 = i * lda;
    int row1 = row0 + lda;
    int row2 = row1 + lda;
    int row3 = row2 + lda;
    int at = bOffset + i;
    float y3 = b[at + 3] * (1 / r[row3 + i + 3]);
    float y2 = (b[at + 2] - y3 * r[row3 + i + 2]) * (1 / r[row2 + i + 2]);
    float y1 = (b[at + 1] - y3 * r[row3 + i + 1] - y2 * r[row2 + i + 1]) * (1 / r[row1 + i + 1]);
    float y0 = (b[at] - y3 * r[row3 + i] - y2 * r[row2 + i] - y1 * r[row1 + i]) * (1 / r[row0 + i]);
    b[at] = y0;
    b[at + 1] = y1;
    b[at + 2] = y2;
    b[at + 3] = y3;
    FloatVector f0 = FloatVector.broadcast(SPECIES, -y0);
    FloatVector f1 = FloatVector.broadcast(SPECIES, -y1);
    FloatVector f2 = FloatVector.broadcast(SPECIES, -y2);
    FloatVector f3 = FloatVector.broadcast(SPECIES, -y3);
    int j = 0;
    for (; j <= i - COUNT; j += COUNT) {
      FloatVector s =
          f3.fma(
              FloatVector.fromArray(SPECIES, r, row3 + j),
              FloatVector.fromArray(SPECIES, b, bOffset + j));
      s = f2.fma(FloatVector.fromArray(SPECIES, r, row2 + j), s);
      s = f1.fma(FloatVector.fromArray(SPECIES, r, row1 + j), s);
      f0.fma(FloatVector.fromArray(SPECIES, r, row0 + j), s).intoArray(b, bOffset + j);
    }
    if (j == i) {
      return;
    }
    if (j > 0) {
      // What fills no vector: the last whole one, of which the old lanes stay.
      int last = i - COUNT;
      VectorMask<Float> fresh = Lanes.IOTA.compare(VectorOperators.GE, (float) (j - last));
      FloatVector before = FloatVector.fromArray(SPECIES, b, bOffset + last);
      FloatVector s = f3.fma(FloatVector.fromArray(SPECIES, r, row3 + last), before);
      s = f2.fma(FloatVector.fromArray(SPECIES, r, row2 + last), s);
      s = f1.fma(FloatVector.fromArray(SPECIES, r, row1 + last), s);
      s = f0.fma(FloatVector.fromArray(SPECIES, r, row0 + last), s);
      before.blend(s, fresh).intoArray(b, bOffset + last);
      return;
    }
    for (; j < i; j++) {
      b[bOffset + j] -= y3 * r[row3 + j] + y2 * r[row2 + j] + y1 * r[row1 + j] + y0 * r[row0 + j];
    }
  }

  private static void solve4(float[] r, int lda, int i, float[] b, int bOffset) {
    int row0 = i * lda;
    int row1 = row0 + lda;
    int row2 = row1 + lda;
    int row3 = row2 + lda;
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int j = 0;
    for (; j <= i - COUNT; j += COUNT) {
      FloatVector x = FloatVector.fromArray(SPECIES, b, bOffset + j);
      s0 = x.fma(FloatVector.fromArray(SPECIES, r, row0 + j), s0);
      s1 = x.fma(FloatVector.fromArray(SPECIES, r, row1 + j), s1);
      s2 = x.fma(FloatVector.fromArray(SPECIES, r, row2 + j), s2);
      s3 = x.fma(FloatVector.fromArray(SPECIES, r, row3 + j), s3);
    }
    if (j > 0 && j < i) {
      int last = i - COUNT;
      VectorMask<Float> fresh = Lanes.IOTA.compare(VectorOperators.GE, (float) (j - last));
      FloatVector x = FloatVector.fromArray(SPECIES, b, bOffset + last);
      s0 = s0.blend(x.fma(FloatVector.fromArray(SPECIES, r, row0 + last), s0), fresh);
      s1 = s1.blend(x.fma(FloatVector.fromArray(SPECIES, r, row1 + last), s1), fresh);
      s2 = s2.blend(x.fma(FloatVector.fromArray(SPECIES, r, row2 + last), s2), fresh);
      s3 = s3.blend(x.fma(FloatVector.fromArray(SPECIES, r, row3 + last), s3), fresh);
      j = i;
    }
    // The four sums of lanes together: halves of two vectors become one, then quarters of four.
    // Written out, for the compiler stops inlining in a method as large as this.
    s0 = s0.add(s0.rearrange(Lanes.SWAP_HALVES));
    s1 = s1.add(s1.rearrange(Lanes.SWAP_HALVES));
    s2 = s2.add(s2.rearrange(Lanes.SWAP_HALVES));
    s3 = s3.add(s3.rearrange(Lanes.SWAP_HALVES));
    s0 = s0.blend(s1, Lanes.UPPER_HALF);
    s2 = s2.blend(s3, Lanes.UPPER_HALF);
    s0 = s0.add(s0.rearrange(Lanes.SWAP_QUARTERS));
    s2 = s2.add(s2.rearrange(Lanes.SWAP_QUARTERS));
    s0 = s0.blend(s2, Lanes.ODD_QUARTERS);
    if (COUNT > 8) {
      s0 = s0.add(s0.rearrange(Lanes.SWAP_PAIRS));
    }
    if (COUNT > 4) {
      s0 = s0.add(s0.rearrange(Lanes.SWAP_NEIGHBORS));
    }
    float t0 = s0.lane(0);
    float t1 = s0.lane(COUNT / 2);
    float t2 = s0.lane(COUNT / 4);
    float t3 = s0.lane(COUNT / 2 + COUNT / 4);
    for (; j < i; j++) {
      float x = b[bOffset + j];
      t0 += x * r[row0 + j];
      t1 += x * r[row1 + j];
      t2 += x * r[row2 + j];
      t3 += x * r[row3 + j];
    }
    int at = bOffset + i;
    float x0 = (b[at] - t0) * (1 / r[row0 + i]);
    float x1 = (b[at + 1] - t1 - x0 * r[row1 + i]) * (1 / r[row1 + i + 1]);
    float x2 = (b[at + 2] - t2 - x0 * r[row2 + i] - x1 * r[row2 + i + 1]) * (1 / r[row2 + i + 2]);
    float x3 =
        (b[at + 3] - t3 - x0 * r[row3 + i] - x1 * r[row3 + i + 1] - x2 * r[row3 + i + 2])
            * (1 / r[row3 + i + 3]);
    b[at] = x0;
    b[at + 1] = x1;
    b[at + 2] = x2;
    b[at + 3] = x3;
  }
}
