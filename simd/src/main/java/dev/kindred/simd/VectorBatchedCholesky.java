package dev.kindred.simd;

import static dev.kindred.simd.BatchedCholesky.STEP;
import static dev.kindred.simd.BatchedCholesky.start;
import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Left-looking by blocks of 4 x 4 values: each gathers in registers what the columns before it
 * take, 4 rows by 2 columns at a time (six loads for eight multiply-adds), then is divided by its
 * columns' corner.
 *
 * <p>What a loop gathers is stored at once, and goes to no other method: of vectors that leave a
 * loop and go on the compiler sometimes makes objects.
 */
final class VectorBatchedCholesky implements BatchedCholeskyKernels {
  @Override
  public int systems() {
    return COUNT;
  }

  @Override
  public void interleave(float[] matrices, int distance, int lda, int n, float[] a) {
    int step = Math.min(COUNT, VectorTurns.SIDE);
    for (int i = 0; i < n; i++) {
      int length = i - i % STEP + STEP;
      int to = start(i) * COUNT;
      for (int j = 0; j < length; j += step) {
        for (int system = 0; system < COUNT; system += step) {
          int at = system * distance + i * lda + j;
          if (COUNT < VectorTurns.SIDE) {
            turn(matrices, at, distance, a, to + j * COUNT);
          } else {
            VectorTurns.take(matrices, at, distance, a, to + j * COUNT + system, COUNT);
          }
        }
      }
    }
  }

  private static void turn(float[] from, int at, int distance, float[] to, int target) {
    for (int j = 0; j < COUNT; j++) {
      for (int s = 0; s < COUNT; s++) {
        to[target + j * COUNT + s] = from[at + s * distance + j];
        from[at + s * distance + j] = 0;
      }
    }
  }

  @Override
  public void addToDiagonals(float[] a, int n, float[] values, float[] shifts) {
    FloatVector shift = FloatVector.fromArray(SPECIES, shifts, 0);
    for (int i = 0; i < n; i++) {
      int at = (start(i) + i) * COUNT;
      FloatVector value = FloatVector.broadcast(SPECIES, values[i]).add(shift);
      FloatVector.fromArray(SPECIES, a, at).add(value).intoArray(a, at);
    }
  }

  @Override
  public void factor(float[] a, int n, float[] inverses) {
    int scratch = BatchedCholesky.scratch(n);
    for (int i = 0; i < n; i += 2 * STEP) {
      boolean pair = i + STEP < n;
      for (int j = 0; j < i; j += STEP) {
        block(a, inverses, i, j, scratch);
        if (pair) {
          block(a, inverses, i + STEP, j, scratch);
        }
      }
      diagonal(a, inverses, i, scratch);
      if (pair) {
        block(a, inverses, i + STEP, i, scratch);
        diagonal(a, inverses, i + STEP, scratch);
      }
    }
  }

  private static void block(float[] a, float[] inverses, int i, int j, int scratch) {
    if (j > 0) {
      sum(a, i, j, j, scratch);
      sum(a, i, j + 2, j, scratch + 2 * COUNT);
      subtract(a, i, j, scratch);
    }
    divide(a, inverses, i, j);
  }

  private static void diagonal(float[] a, float[] inverses, int i, int scratch) {
    if (i > 0) {
      sum(a, i, i, i, scratch);
      sum(a, i, i + 2, i, scratch + 2 * COUNT);
      subtract(a, i, i, scratch);
    }
    corner(a, inverses, i);
  }

  /** Rows [i, i + 4), columns [j, j + 4), minus what {@code scratch} holds. */
  private static void subtract(float[] a, int i, int j, int scratch) {
    int at = (start(i) + j) * COUNT;
    for (int r = 0; r < STEP; r++) {
      int to = at + r * (i + STEP) * COUNT;
      int from = scratch + r * STEP * COUNT;
      for (int c = 0; c < STEP * COUNT; c += COUNT) {
        FloatVector sum = FloatVector.fromArray(SPECIES, a, from + c);
        FloatVector.fromArray(SPECIES, a, to + c).sub(sum).intoArray(a, to + c);
      }
    }
  }

  /**
   * What columns [0, end) take from rows [i, i + 4), columns j and j + 1. Kept in scratch: with the
   * subtraction here the method has more operations than the compiler inlines.
   */
  private static void sum(float[] a, int i, int j, int end, int scratch) {
    int row = start(i) * COUNT;
    int next = (i + STEP) * COUNT;
    int row1 = row + next;
    int row2 = row1 + next;
    int row3 = row2 + next;
    int column = start(j) * COUNT;
    int column1 = start(j + 1) * COUNT;
    FloatVector s00 = FloatVector.broadcast(SPECIES, 0f);
    FloatVector s01 = s00;
    FloatVector s10 = s00;
    FloatVector s11 = s00;
    FloatVector s20 = s00;
    FloatVector s21 = s00;
    FloatVector s30 = s00;
    FloatVector s31 = s00;
    // Counted by columns, not by floats: the compiler then leaves the loop as it is, where it would
    // unroll the shorter one fourfold and spill most sums.
    for (int k = 0; k < end; k++) {
      int at = k * COUNT;
      FloatVector w0 = FloatVector.fromArray(SPECIES, a, column + at);
      FloatVector w1 = FloatVector.fromArray(SPECIES, a, column1 + at);
      FloatVector x0 = FloatVector.fromArray(SPECIES, a, row + at);
      s00 = x0.fma(w0, s00);
      s01 = x0.fma(w1, s01);
      FloatVector x1 = FloatVector.fromArray(SPECIES, a, row1 + at);
      s10 = x1.fma(w0, s10);
      s11 = x1.fma(w1, s11);
      FloatVector x2 = FloatVector.fromArray(SPECIES, a, row2 + at);
      s20 = x2.fma(w0, s20);
      s21 = x2.fma(w1, s21);
      FloatVector x3 = FloatVector.fromArray(SPECIES, a, row3 + at);
      s30 = x3.fma(w0, s30);
      s31 = x3.fma(w1, s31);
    }
    s00.intoArray(a, scratch);
    s01.intoArray(a, scratch + COUNT);
    s10.intoArray(a, scratch + 4 * COUNT);
    s11.intoArray(a, scratch + 5 * COUNT);
    s20.intoArray(a, scratch + 8 * COUNT);
    s21.intoArray(a, scratch + 9 * COUNT);
    s30.intoArray(a, scratch + 12 * COUNT);
    s31.intoArray(a, scratch + 13 * COUNT);
  }

  /** Rows [i, i + 4) over the factored corner of columns [j, j + 4). */
  private static void divide(float[] a, float[] inverses, int i, int j) {
    int row = (start(i) + j) * COUNT;
    int next = (i + STEP) * COUNT;
    divideRows(a, inverses, row, row + next, j);
    divideRows(a, inverses, row + 2 * next, row + 3 * next, j);
  }

  /** Two rows, from {@code row} and {@code other} on. */
  private static void divideRows(float[] a, float[] inverses, int row, int other, int j) {
    int corner1 = (start(j + 1) + j) * COUNT;
    int next = (j + STEP) * COUNT;
    int corner2 = corner1 + next;
    int corner3 = corner2 + next;
    int at = j * COUNT;
    FloatVector inverse0 = FloatVector.fromArray(SPECIES, inverses, at);
    FloatVector x0 = FloatVector.fromArray(SPECIES, a, row).mul(inverse0);
    FloatVector y0 = FloatVector.fromArray(SPECIES, a, other).mul(inverse0);
    x0.intoArray(a, row);
    y0.intoArray(a, other);
    FloatVector l10 = FloatVector.fromArray(SPECIES, a, corner1);
    FloatVector inverse1 = FloatVector.fromArray(SPECIES, inverses, at + COUNT);
    FloatVector x1 = FloatVector.fromArray(SPECIES, a, row + COUNT);
    x1 = x1.sub(x0.mul(l10)).mul(inverse1);
    FloatVector y1 = FloatVector.fromArray(SPECIES, a, other + COUNT);
    y1 = y1.sub(y0.mul(l10)).mul(inverse1);
    x1.intoArray(a, row + COUNT);
    y1.intoArray(a, other + COUNT);
    FloatVector l20 = FloatVector.fromArray(SPECIES, a, corner2);
    FloatVector l21 = FloatVector.fromArray(SPECIES, a, corner2 + COUNT);
    FloatVector inverse2 = FloatVector.fromArray(SPECIES, inverses, at + 2 * COUNT);
    FloatVector x2 = FloatVector.fromArray(SPECIES, a, row + 2 * COUNT);
    x2 = x2.sub(x0.mul(l20)).sub(x1.mul(l21)).mul(inverse2);
    FloatVector y2 = FloatVector.fromArray(SPECIES, a, other + 2 * COUNT);
    y2 = y2.sub(y0.mul(l20)).sub(y1.mul(l21)).mul(inverse2);
    x2.intoArray(a, row + 2 * COUNT);
    y2.intoArray(a, other + 2 * COUNT);
    FloatVector l30 = FloatVector.fromArray(SPECIES, a, corner3);
    FloatVector l31 = FloatVector.fromArray(SPECIES, a, corner3 + COUNT);
    FloatVector l32 = FloatVector.fromArray(SPECIES, a, corner3 + 2 * COUNT);
    FloatVector inverse3 = FloatVector.fromArray(SPECIES, inverses, at + 3 * COUNT);
    FloatVector x3 = FloatVector.fromArray(SPECIES, a, row + 3 * COUNT);
    x3 = x3.sub(x0.mul(l30)).sub(x1.mul(l31)).sub(x2.mul(l32)).mul(inverse3);
    FloatVector y3 = FloatVector.fromArray(SPECIES, a, other + 3 * COUNT);
    y3 = y3.sub(y0.mul(l30)).sub(y1.mul(l31)).sub(y2.mul(l32)).mul(inverse3);
    x3.intoArray(a, row + 3 * COUNT);
    y3.intoArray(a, other + 3 * COUNT);
  }

  /** Factors the 4 x 4 values on the diagonal from i on. */
  private static void corner(float[] a, float[] inverses, int i) {
    int row0 = (start(i) + i) * COUNT;
    int next = (i + STEP) * COUNT;
    int row1 = row0 + next;
    int row2 = row1 + next;
    int row3 = row2 + next;
    FloatVector d0 = FloatVector.fromArray(SPECIES, a, row0).sqrt();
    FloatVector inverse0 = FloatVector.broadcast(SPECIES, 1f).div(d0);
    d0.intoArray(a, row0);
    inverse0.intoArray(inverses, i * COUNT);
    FloatVector l10 = FloatVector.fromArray(SPECIES, a, row1).mul(inverse0);
    FloatVector l20 = FloatVector.fromArray(SPECIES, a, row2).mul(inverse0);
    FloatVector l30 = FloatVector.fromArray(SPECIES, a, row3).mul(inverse0);
    l10.intoArray(a, row1);
    l20.intoArray(a, row2);
    l30.intoArray(a, row3);
    FloatVector d1 = FloatVector.fromArray(SPECIES, a, row1 + COUNT).sub(l10.mul(l10)).sqrt();
    FloatVector inverse1 = FloatVector.broadcast(SPECIES, 1f).div(d1);
    d1.intoArray(a, row1 + COUNT);
    inverse1.intoArray(inverses, (i + 1) * COUNT);
    FloatVector l21 =
        FloatVector.fromArray(SPECIES, a, row2 + COUNT).sub(l20.mul(l10)).mul(inverse1);
    FloatVector l31 =
        FloatVector.fromArray(SPECIES, a, row3 + COUNT).sub(l30.mul(l10)).mul(inverse1);
    l21.intoArray(a, row2 + COUNT);
    l31.intoArray(a, row3 + COUNT);
    FloatVector d2 =
        FloatVector.fromArray(SPECIES, a, row2 + 2 * COUNT)
            .sub(l20.mul(l20))
            .sub(l21.mul(l21))
            .sqrt();
    FloatVector inverse2 = FloatVector.broadcast(SPECIES, 1f).div(d2);
    d2.intoArray(a, row2 + 2 * COUNT);
    inverse2.intoArray(inverses, (i + 2) * COUNT);
    FloatVector l32 =
        FloatVector.fromArray(SPECIES, a, row3 + 2 * COUNT)
            .sub(l30.mul(l20))
            .sub(l31.mul(l21))
            .mul(inverse2);
    l32.intoArray(a, row3 + 2 * COUNT);
    FloatVector d3 =
        FloatVector.fromArray(SPECIES, a, row3 + 3 * COUNT)
            .sub(l30.mul(l30))
            .sub(l31.mul(l31))
            .sub(l32.mul(l32))
            .sqrt();
    d3.intoArray(a, row3 + 3 * COUNT);
    FloatVector.broadcast(SPECIES, 1f).div(d3).intoArray(inverses, (i + 3) * COUNT);
  }

  @Override
  public void pivotRatios(float[] inverses, int n, float[] ratios) {
    FloatVector smallest = FloatVector.broadcast(SPECIES, Float.POSITIVE_INFINITY);
    FloatVector largest = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i++) {
      FloatVector inverse = FloatVector.fromArray(SPECIES, inverses, i * COUNT);
      smallest = smallest.min(inverse);
      largest = largest.max(inverse);
    }
    smallest.div(largest).intoArray(ratios, 0);
  }

  @Override
  public void solve(float[] r, int n, float[] inverses, float[] b) {
    for (int i = 0; i < n; i += STEP) {
      gather(r, i, b);
      forward(r, inverses, i, b);
    }
    for (int i = n - STEP; i >= 0; i -= STEP) {
      backward(r, inverses, i, b);
      scatter(r, i, b);
    }
  }

  /**
   * b [i, i + 4) minus what the unknowns before take, two of them a turn: the compiler leaves so
   * long a method by itself, and of sums in a loop that it puts into its caller it makes objects in
   * one JVM of many.
   */
  private static void gather(float[] r, int i, float[] b) {
    int row = start(i) * COUNT;
    int next = (i + STEP) * COUNT;
    int row1 = row + next;
    int row2 = row1 + next;
    int row3 = row2 + next;
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = FloatVector.zero(SPECIES);
    FloatVector s2 = FloatVector.zero(SPECIES);
    FloatVector s3 = FloatVector.zero(SPECIES);
    for (int k = 0; k < i; k += 2) {
      int at = k * COUNT;
      FloatVector y = FloatVector.fromArray(SPECIES, b, at);
      s0 = y.fma(FloatVector.fromArray(SPECIES, r, row + at), s0);
      s1 = y.fma(FloatVector.fromArray(SPECIES, r, row1 + at), s1);
      s2 = y.fma(FloatVector.fromArray(SPECIES, r, row2 + at), s2);
      s3 = y.fma(FloatVector.fromArray(SPECIES, r, row3 + at), s3);
      at += COUNT;
      FloatVector z = FloatVector.fromArray(SPECIES, b, at);
      s0 = z.fma(FloatVector.fromArray(SPECIES, r, row + at), s0);
      s1 = z.fma(FloatVector.fromArray(SPECIES, r, row1 + at), s1);
      s2 = z.fma(FloatVector.fromArray(SPECIES, r, row2 + at), s2);
      s3 = z.fma(FloatVector.fromArray(SPECIES, r, row3 + at), s3);
    }
    int to = i * COUNT;
    FloatVector.fromArray(SPECIES, b, to).sub(s0).intoArray(b, to);
    FloatVector.fromArray(SPECIES, b, to + COUNT).sub(s1).intoArray(b, to + COUNT);
    FloatVector.fromArray(SPECIES, b, to + 2 * COUNT).sub(s2).intoArray(b, to + 2 * COUNT);
    FloatVector.fromArray(SPECIES, b, to + 3 * COUNT).sub(s3).intoArray(b, to + 3 * COUNT);
  }

  /** Solves the corner of rows [i, i + 4) for b [i, i + 4). */
  private static void forward(float[] r, float[] inverses, int i, float[] b) {
    int next = (i + STEP) * COUNT;
    int row1 = (start(i + 1) + i) * COUNT;
    int row2 = row1 + next;
    int row3 = row2 + next;
    int at = i * COUNT;
    FloatVector y0 =
        FloatVector.fromArray(SPECIES, b, at).mul(FloatVector.fromArray(SPECIES, inverses, at));
    y0.intoArray(b, at);
    at += COUNT;
    FloatVector y1 =
        FloatVector.fromArray(SPECIES, b, at)
            .sub(y0.mul(FloatVector.fromArray(SPECIES, r, row1)))
            .mul(FloatVector.fromArray(SPECIES, inverses, at));
    y1.intoArray(b, at);
    at += COUNT;
    FloatVector y2 =
        FloatVector.fromArray(SPECIES, b, at)
            .sub(y0.mul(FloatVector.fromArray(SPECIES, r, row2)))
            .sub(y1.mul(FloatVector.fromArray(SPECIES, r, row2 + COUNT)))
            .mul(FloatVector.fromArray(SPECIES, inverses, at));
    y2.intoArray(b, at);
    at += COUNT;
    FloatVector.fromArray(SPECIES, b, at)
        .sub(y0.mul(FloatVector.fromArray(SPECIES, r, row3)))
        .sub(y1.mul(FloatVector.fromArray(SPECIES, r, row3 + COUNT)))
        .sub(y2.mul(FloatVector.fromArray(SPECIES, r, row3 + 2 * COUNT)))
        .mul(FloatVector.fromArray(SPECIES, inverses, at))
        .intoArray(b, at);
  }

  /** Solves the transposed corner of rows [i, i + 4) for b [i, i + 4). */
  private static void backward(float[] r, float[] inverses, int i, float[] b) {
    int next = (i + STEP) * COUNT;
    int row1 = (start(i + 1) + i) * COUNT;
    int row2 = row1 + next;
    int row3 = row2 + next;
    int at = (i + 3) * COUNT;
    FloatVector x3 =
        FloatVector.fromArray(SPECIES, b, at).mul(FloatVector.fromArray(SPECIES, inverses, at));
    x3.intoArray(b, at);
    at -= COUNT;
    FloatVector x2 =
        FloatVector.fromArray(SPECIES, b, at)
            .sub(x3.mul(FloatVector.fromArray(SPECIES, r, row3 + 2 * COUNT)))
            .mul(FloatVector.fromArray(SPECIES, inverses, at));
    x2.intoArray(b, at);
    at -= COUNT;
    FloatVector x1 =
        FloatVector.fromArray(SPECIES, b, at)
            .sub(x3.mul(FloatVector.fromArray(SPECIES, r, row3 + COUNT)))
            .sub(x2.mul(FloatVector.fromArray(SPECIES, r, row2 + COUNT)))
            .mul(FloatVector.fromArray(SPECIES, inverses, at));
    x1.intoArray(b, at);
    at -= COUNT;
    FloatVector.fromArray(SPECIES, b, at)
        .sub(x3.mul(FloatVector.fromArray(SPECIES, r, row3)))
        .sub(x2.mul(FloatVector.fromArray(SPECIES, r, row2)))
        .sub(x1.mul(FloatVector.fromArray(SPECIES, r, row1)))
        .mul(FloatVector.fromArray(SPECIES, inverses, at))
        .intoArray(b, at);
  }

  /** b [0, i) minus what the unknowns [i, i + 4) take. */
  private static void scatter(float[] r, int i, float[] b) {
    int row = start(i) * COUNT;
    int next = (i + STEP) * COUNT;
    int row1 = row + next;
    int row2 = row1 + next;
    int row3 = row2 + next;
    int from = i * COUNT;
    FloatVector x0 = FloatVector.fromArray(SPECIES, b, from).neg();
    FloatVector x1 = FloatVector.fromArray(SPECIES, b, from + COUNT).neg();
    FloatVector x2 = FloatVector.fromArray(SPECIES, b, from + 2 * COUNT).neg();
    FloatVector x3 = FloatVector.fromArray(SPECIES, b, from + 3 * COUNT).neg();
    for (int k = 0; k < i; k++) {
      int at = k * COUNT;
      FloatVector s =
          x0.fma(
              FloatVector.fromArray(SPECIES, r, row + at), FloatVector.fromArray(SPECIES, b, at));
      s = x1.fma(FloatVector.fromArray(SPECIES, r, row1 + at), s);
      s = x2.fma(FloatVector.fromArray(SPECIES, r, row2 + at), s);
      x3.fma(FloatVector.fromArray(SPECIES, r, row3 + at), s).intoArray(b, at);
    }
  }
}
