package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Outer products in register tiles that stay in registers while all rows of the panel pass by.
 *
 * <p>Tiles are 8 rows by 2 vectors where there are 32 registers of 512 bits, else 4 by 2: there 6
 * by 2 spills, because of the weighted vectors. Tiles on the diagonal reach above it and leave
 * partial sums there; storing whole vectors is what makes short panels fast.
 */
final class VectorSymmetric implements SymmetricKernels {
  private static final int PANEL = 2 * COUNT;

  /** Rows of a tile. */
  private static final int TILE = COUNT == 16 ? 8 : 4;

  /** Floats of the panel that a tile runs over before the next tile: they stay in the L2 cache. */
  private static final int BLOCK = 1 << 16;

  private static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(double.class, SPECIES.vectorShape());

  /** As many floats as there are doubles in a vector. */
  private static final VectorSpecies<Float> HALF =
      switch (COUNT) {
        case 16 -> FloatVector.SPECIES_256;
        case 8 -> FloatVector.SPECIES_128;
        default -> FloatVector.SPECIES_64;
      };

  private static final int HALF_COUNT = COUNT / 2;

  private final SymmetricKernels scalar = new ScalarSymmetric();

  @Override
  public void accumulate(
      float[] panel, int rows, int d, float[] weights, int weightsOffset, float[] a, int lda) {
    if (d < COUNT) {
      scalar.accumulate(panel, rows, d, weights, weightsOffset, a, lda);
      return;
    }
    // Sums continue from a, so cutting the panel changes no bit.
    int block = Math.max(16, BLOCK / d);
    for (int r = 0; r < rows; r += block) {
      int end = Math.min(rows, r + block);
      accumulateBlock(panel, d, r, end, weights, weightsOffset, a, lda);
    }
  }

  private static void accumulateBlock(
      float[] panel,
      int d,
      int firstRow,
      int endRow,
      float[] weights,
      int weightsOffset,
      float[] a,
      int lda) {
    int whole = d - d % COUNT;
    for (int i = 0; i < d; i += TILE) {
      // The last tile starts early enough to be whole, and leaves alone the rows done before.
      int first = Math.min(i, d - TILE);
      int from = i - first;
      int end = Math.min(first + TILE, whole);
      int j = 0;
      // Two vectors where the triangle reaches into the second.
      for (; j + COUNT < end; j += PANEL) {
        if (TILE == 8) {
          wide8(panel, d, firstRow, endRow, weights, weightsOffset, first, j, a, lda, from);
        } else {
          wide4(panel, d, firstRow, endRow, weights, weightsOffset, first, j, a, lda, from);
        }
      }
      if (j < end) {
        narrow(panel, d, firstRow, endRow, weights, weightsOffset, first, j, a, lda, from, 0);
      }
      if (first + TILE > whole && whole < d) {
        // Columns that fill no vector: the last whole vector, weighted 0 where it overlaps.
        int overlap = whole - (d - COUNT);
        int last = d - COUNT;
        narrow(
            panel, d, firstRow, endRow, weights, weightsOffset, first, last, a, lda, from, overlap);
      }
    }
  }

  private static void narrow(
      float[] panel,
      int d,
      int firstRow,
      int endRow,
      float[] weights,
      int weightsOffset,
      int i,
      int j,
      float[] a,
      int lda,
      int from,
      int overlap) {
    if (TILE == 8) {
      narrow8(panel, d, firstRow, endRow, weights, weightsOffset, i, j, a, lda, from, overlap);
    } else {
      narrow4(panel, d, firstRow, endRow, weights, weightsOffset, i, j, a, lda, from, overlap);
    }
  }

  /**
   * a [8 x 2 vectors] at row i, column j += what the rows of the panel add; rows before from stay.
   */
  private static void wide8(
      float[] panel,
      int d,
      int firstRow,
      int endRow,
      float[] weights,
      int weightsOffset,
      int i,
      int j,
      float[] a,
      int lda,
      int from) {
    int at = i * lda + j;
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
    for (int r = firstRow; r < endRow; r++) {
      int row = r * d;
      float w = weights == null ? 1 : weights[weightsOffset + r];
      FloatVector weight = FloatVector.broadcast(SPECIES, w);
      FloatVector w0 = FloatVector.fromArray(SPECIES, panel, row + j).mul(weight);
      FloatVector w1 = FloatVector.fromArray(SPECIES, panel, row + j + COUNT).mul(weight);
      FloatVector x0 = FloatVector.broadcast(SPECIES, panel[row + i]);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
      FloatVector x1 = FloatVector.broadcast(SPECIES, panel[row + i + 1]);
      s10 = x1.fma(w0, s10);
      s11 = x1.fma(w1, s11);
      FloatVector x2 = FloatVector.broadcast(SPECIES, panel[row + i + 2]);
      s20 = x2.fma(w0, s20);
      s21 = x2.fma(w1, s21);
      FloatVector x3 = FloatVector.broadcast(SPECIES, panel[row + i + 3]);
      s30 = x3.fma(w0, s30);
      s31 = x3.fma(w1, s31);
      FloatVector x4 = FloatVector.broadcast(SPECIES, panel[row + i + 4]);
      s40 = x4.fma(w0, s40);
      s41 = x4.fma(w1, s41);
      FloatVector x5 = FloatVector.broadcast(SPECIES, panel[row + i + 5]);
      s50 = x5.fma(w0, s50);
      s51 = x5.fma(w1, s51);
      FloatVector x6 = FloatVector.broadcast(SPECIES, panel[row + i + 6]);
      s60 = x6.fma(w0, s60);
      s61 = x6.fma(w1, s61);
      FloatVector x7 = FloatVector.broadcast(SPECIES, panel[row + i + 7]);
      s70 = x7.fma(w0, s70);
      s71 = x7.fma(w1, s71);
    }
    if (from <= 0) {
      s00.intoArray(a, at);
      s01.intoArray(a, at + COUNT);
    }
    if (from <= 1) {
      s10.intoArray(a, at + lda);
      s11.intoArray(a, at + lda + COUNT);
    }
    if (from <= 2) {
      s20.intoArray(a, at + 2 * lda);
      s21.intoArray(a, at + 2 * lda + COUNT);
    }
    if (from <= 3) {
      s30.intoArray(a, at + 3 * lda);
      s31.intoArray(a, at + 3 * lda + COUNT);
    }
    if (from <= 4) {
      s40.intoArray(a, at + 4 * lda);
      s41.intoArray(a, at + 4 * lda + COUNT);
    }
    if (from <= 5) {
      s50.intoArray(a, at + 5 * lda);
      s51.intoArray(a, at + 5 * lda + COUNT);
    }
    if (from <= 6) {
      s60.intoArray(a, at + 6 * lda);
      s61.intoArray(a, at + 6 * lda + COUNT);
    }
    s70.intoArray(a, at + 7 * lda);
    s71.intoArray(a, at + 7 * lda + COUNT);
  }

  /**
   * a [8 x 1 vector] at row i, column j += what the rows of the panel add; rows before from stay;
   * keep scales the columns.
   */
  private static void narrow8(
      float[] panel,
      int d,
      int firstRow,
      int endRow,
      float[] weights,
      int weightsOffset,
      int i,
      int j,
      float[] a,
      int lda,
      int from,
      int overlap) {
    FloatVector keep =
        FloatVector.broadcast(SPECIES, 1f)
            .blend(0f, Lanes.IOTA.compare(VectorOperators.LT, (float) overlap));
    int at = i * lda + j;
    FloatVector s00 = FloatVector.fromArray(SPECIES, a, at);
    FloatVector s10 = FloatVector.fromArray(SPECIES, a, at + lda);
    FloatVector s20 = FloatVector.fromArray(SPECIES, a, at + 2 * lda);
    FloatVector s30 = FloatVector.fromArray(SPECIES, a, at + 3 * lda);
    FloatVector s40 = FloatVector.fromArray(SPECIES, a, at + 4 * lda);
    FloatVector s50 = FloatVector.fromArray(SPECIES, a, at + 5 * lda);
    FloatVector s60 = FloatVector.fromArray(SPECIES, a, at + 6 * lda);
    FloatVector s70 = FloatVector.fromArray(SPECIES, a, at + 7 * lda);
    for (int r = firstRow; r < endRow; r++) {
      int row = r * d;
      float w = weights == null ? 1 : weights[weightsOffset + r];
      FloatVector weight = keep.mul(w);
      FloatVector w0 = FloatVector.fromArray(SPECIES, panel, row + j).mul(weight);
      FloatVector x0 = FloatVector.broadcast(SPECIES, panel[row + i]);
      s00 = x0.fma(w0, s00);
      FloatVector x1 = FloatVector.broadcast(SPECIES, panel[row + i + 1]);
      s10 = x1.fma(w0, s10);
      FloatVector x2 = FloatVector.broadcast(SPECIES, panel[row + i + 2]);
      s20 = x2.fma(w0, s20);
      FloatVector x3 = FloatVector.broadcast(SPECIES, panel[row + i + 3]);
      s30 = x3.fma(w0, s30);
      FloatVector x4 = FloatVector.broadcast(SPECIES, panel[row + i + 4]);
      s40 = x4.fma(w0, s40);
      FloatVector x5 = FloatVector.broadcast(SPECIES, panel[row + i + 5]);
      s50 = x5.fma(w0, s50);
      FloatVector x6 = FloatVector.broadcast(SPECIES, panel[row + i + 6]);
      s60 = x6.fma(w0, s60);
      FloatVector x7 = FloatVector.broadcast(SPECIES, panel[row + i + 7]);
      s70 = x7.fma(w0, s70);
    }
    if (from <= 0) {
      s00.intoArray(a, at);
    }
    if (from <= 1) {
      s10.intoArray(a, at + lda);
    }
    if (from <= 2) {
      s20.intoArray(a, at + 2 * lda);
    }
    if (from <= 3) {
      s30.intoArray(a, at + 3 * lda);
    }
    if (from <= 4) {
      s40.intoArray(a, at + 4 * lda);
    }
    if (from <= 5) {
      s50.intoArray(a, at + 5 * lda);
    }
    if (from <= 6) {
      s60.intoArray(a, at + 6 * lda);
    }
    s70.intoArray(a, at + 7 * lda);
  }

  /**
   * a [4 x 2 vectors] at row i, column j += what the rows of the panel add; rows before from stay.
   */
  private static void wide4(
      float[] panel,
      int d,
      int firstRow,
      int endRow,
      float[] weights,
      int weightsOffset,
      int i,
      int j,
      float[] a,
      int lda,
      int from) {
    int at = i * lda + j;
    FloatVector s00 = FloatVector.fromArray(SPECIES, a, at);
    FloatVector s01 = FloatVector.fromArray(SPECIES, a, at + COUNT);
    FloatVector s10 = FloatVector.fromArray(SPECIES, a, at + lda);
    FloatVector s11 = FloatVector.fromArray(SPECIES, a, at + lda + COUNT);
    FloatVector s20 = FloatVector.fromArray(SPECIES, a, at + 2 * lda);
    FloatVector s21 = FloatVector.fromArray(SPECIES, a, at + 2 * lda + COUNT);
    FloatVector s30 = FloatVector.fromArray(SPECIES, a, at + 3 * lda);
    FloatVector s31 = FloatVector.fromArray(SPECIES, a, at + 3 * lda + COUNT);
    for (int r = firstRow; r < endRow; r++) {
      int row = r * d;
      float w = weights == null ? 1 : weights[weightsOffset + r];
      FloatVector weight = FloatVector.broadcast(SPECIES, w);
      FloatVector w0 = FloatVector.fromArray(SPECIES, panel, row + j).mul(weight);
      FloatVector w1 = FloatVector.fromArray(SPECIES, panel, row + j + COUNT).mul(weight);
      FloatVector x0 = FloatVector.broadcast(SPECIES, panel[row + i]);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
      FloatVector x1 = FloatVector.broadcast(SPECIES, panel[row + i + 1]);
      s10 = x1.fma(w0, s10);
      s11 = x1.fma(w1, s11);
      FloatVector x2 = FloatVector.broadcast(SPECIES, panel[row + i + 2]);
      s20 = x2.fma(w0, s20);
      s21 = x2.fma(w1, s21);
      FloatVector x3 = FloatVector.broadcast(SPECIES, panel[row + i + 3]);
      s30 = x3.fma(w0, s30);
      s31 = x3.fma(w1, s31);
    }
    if (from <= 0) {
      s00.intoArray(a, at);
      s01.intoArray(a, at + COUNT);
    }
    if (from <= 1) {
      s10.intoArray(a, at + lda);
      s11.intoArray(a, at + lda + COUNT);
    }
    if (from <= 2) {
      s20.intoArray(a, at + 2 * lda);
      s21.intoArray(a, at + 2 * lda + COUNT);
    }
    s30.intoArray(a, at + 3 * lda);
    s31.intoArray(a, at + 3 * lda + COUNT);
  }

  /**
   * a [4 x 1 vector] at row i, column j += what the rows of the panel add; rows before from stay;
   * keep scales the columns.
   */
  private static void narrow4(
      float[] panel,
      int d,
      int firstRow,
      int endRow,
      float[] weights,
      int weightsOffset,
      int i,
      int j,
      float[] a,
      int lda,
      int from,
      int overlap) {
    FloatVector keep =
        FloatVector.broadcast(SPECIES, 1f)
            .blend(0f, Lanes.IOTA.compare(VectorOperators.LT, (float) overlap));
    int at = i * lda + j;
    FloatVector s00 = FloatVector.fromArray(SPECIES, a, at);
    FloatVector s10 = FloatVector.fromArray(SPECIES, a, at + lda);
    FloatVector s20 = FloatVector.fromArray(SPECIES, a, at + 2 * lda);
    FloatVector s30 = FloatVector.fromArray(SPECIES, a, at + 3 * lda);
    for (int r = firstRow; r < endRow; r++) {
      int row = r * d;
      float w = weights == null ? 1 : weights[weightsOffset + r];
      FloatVector weight = keep.mul(w);
      FloatVector w0 = FloatVector.fromArray(SPECIES, panel, row + j).mul(weight);
      FloatVector x0 = FloatVector.broadcast(SPECIES, panel[row + i]);
      s00 = x0.fma(w0, s00);
      FloatVector x1 = FloatVector.broadcast(SPECIES, panel[row + i + 1]);
      s10 = x1.fma(w0, s10);
      FloatVector x2 = FloatVector.broadcast(SPECIES, panel[row + i + 2]);
      s20 = x2.fma(w0, s20);
      FloatVector x3 = FloatVector.broadcast(SPECIES, panel[row + i + 3]);
      s30 = x3.fma(w0, s30);
    }
    if (from <= 0) {
      s00.intoArray(a, at);
    }
    if (from <= 1) {
      s10.intoArray(a, at + lda);
    }
    if (from <= 2) {
      s20.intoArray(a, at + 2 * lda);
    }
    s30.intoArray(a, at + 3 * lda);
  }

  @Override
  public void gramian(float[] rows, int offset, int count, int d, double[] g) {
    int block = Math.max(16, BLOCK / 4 / d);
    for (int r = 0; r < count; r += block) {
      gramianBlock(rows, offset + r * d, Math.min(block, count - r), d, g);
    }
  }

  private static void gramianBlock(float[] rows, int offset, int count, int d, double[] g) {
    int whole = d - d % COUNT;
    for (int i = 0; i < d && whole > 0; i += 4) {
      int first = Math.min(i, d - 4);
      for (int j = 0; j < Math.min(first + 4, whole); j += COUNT) {
        gramianTile(rows, offset, count, d, first, j, g, i - first);
      }
    }
    for (int i = whole; i < d; i++) {
      for (int j = whole; j <= i; j++) {
        double sum = g[i * d + j];
        for (int r = 0; r < count; r++) {
          sum += (double) rows[offset + r * d + i] * rows[offset + r * d + j];
        }
        g[i * d + j] = sum;
      }
    }
  }

  /** g [4 x COUNT] at row i, column j += sums of products; rows of g before {@code from} stay. */
  private static void gramianTile(
      float[] rows, int offset, int count, int d, int i, int j, double[] g, int from) {
    int at = i * d + j;
    DoubleVector s00 = DoubleVector.fromArray(DOUBLES, g, at);
    DoubleVector s01 = DoubleVector.fromArray(DOUBLES, g, at + HALF_COUNT);
    DoubleVector s10 = DoubleVector.fromArray(DOUBLES, g, at + d);
    DoubleVector s11 = DoubleVector.fromArray(DOUBLES, g, at + d + HALF_COUNT);
    DoubleVector s20 = DoubleVector.fromArray(DOUBLES, g, at + 2 * d);
    DoubleVector s21 = DoubleVector.fromArray(DOUBLES, g, at + 2 * d + HALF_COUNT);
    DoubleVector s30 = DoubleVector.fromArray(DOUBLES, g, at + 3 * d);
    DoubleVector s31 = DoubleVector.fromArray(DOUBLES, g, at + 3 * d + HALF_COUNT);
    for (int r = 0; r < count; r++) {
      int row = offset + r * d;
      DoubleVector w0 =
          (DoubleVector)
              FloatVector.fromArray(HALF, rows, row + j)
                  .convertShape(VectorOperators.F2D, DOUBLES, 0);
      DoubleVector w1 =
          (DoubleVector)
              FloatVector.fromArray(HALF, rows, row + j + HALF_COUNT)
                  .convertShape(VectorOperators.F2D, DOUBLES, 0);
      DoubleVector x0 = DoubleVector.broadcast(DOUBLES, rows[row + i]);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
      DoubleVector x1 = DoubleVector.broadcast(DOUBLES, rows[row + i + 1]);
      s10 = x1.fma(w0, s10);
      s11 = x1.fma(w1, s11);
      DoubleVector x2 = DoubleVector.broadcast(DOUBLES, rows[row + i + 2]);
      s20 = x2.fma(w0, s20);
      s21 = x2.fma(w1, s21);
      DoubleVector x3 = DoubleVector.broadcast(DOUBLES, rows[row + i + 3]);
      s30 = x3.fma(w0, s30);
      s31 = x3.fma(w1, s31);
    }
    if (from <= 0) {
      s00.intoArray(g, at);
      s01.intoArray(g, at + HALF_COUNT);
    }
    if (from <= 1) {
      s10.intoArray(g, at + d);
      s11.intoArray(g, at + d + HALF_COUNT);
    }
    if (from <= 2) {
      s20.intoArray(g, at + 2 * d);
      s21.intoArray(g, at + 2 * d + HALF_COUNT);
    }
    s30.intoArray(g, at + 3 * d);
    s31.intoArray(g, at + 3 * d + HALF_COUNT);
  }
}
