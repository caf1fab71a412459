package dev.kindred.engine.als;

import dev.kindred.simd.Distances;
import dev.kindred.simd.Panels;
import java.util.Arrays;

/**
 * Conjugate gradients on the regression of one row, its shared part being diagonal, preconditioned
 * by the diagonal of the row's whole matrix.
 *
 * <p>Scratch of one worker: not safe for use by several threads.
 */
final class GradientRow {
  private static final int STEPS = 3;

  /** Below this share of its first value the residual is rounding. */
  private static final double SETTLED = 1e-12;

  /** 4 MiB: rows up to this size are gathered once, longer ones anew for every product. */
  private static final int PANEL_FLOATS = 1 << 20;

  /** 16 KiB: rows of a chunk are still in the first cache when they are used again. */
  private static final int CHUNK_FLOATS = 4096;

  private final int rank;
  private final int stride;
  private final int panelRows;
  private final int chunkRows;
  private float[] panel = new float[0];
  private final float[] scores;
  private final float[] ones;
  private final float[] diagonal;
  private final float[] direction;
  private final float[] product;
  private final float[] residual;
  private final float[] right;

  GradientRow(int rank, int stride) {
    this.rank = rank;
    this.stride = stride;
    panelRows = Math.max(16, PANEL_FLOATS / stride);
    chunkRows = Math.max(8, CHUNK_FLOATS / stride);
    scores = new float[chunkRows];
    ones = new float[chunkRows];
    Arrays.fill(ones, 1f);
    diagonal = new float[stride];
    direction = new float[stride];
    product = new float[stride];
    residual = new float[stride];
    right = new float[stride];
  }

  /**
   * Improves the factor in {@code target}.
   *
   * @param base the diagonal of the shared part and lambda
   * @return the row's loss without its constant
   */
  double solve(
      FixedSide fixed,
      int[] columns,
      float[] squares,
      float[] targets,
      int n,
      double[] base,
      float[] target,
      int targetOffset) {
    reserve(Math.min(n, panelRows));
    Arrays.fill(right, 0f);
    Arrays.fill(diagonal, 1f); // the padding divides zeros
    for (int k = 0; k < rank; k++) {
      diagonal[k] = (float) base[k];
    }
    System.arraycopy(target, targetOffset, direction, 0, rank);
    startProduct(base);
    for (int from = 0; from < n; from += panelRows) {
      int count = Math.min(panelRows, n - from);
      for (int at = 0; at < count; at += chunkRows) {
        int rows = Math.min(chunkRows, count - at);
        gather(fixed, columns, from, at, rows);
        Panels.addWeighted(panel, at * stride, stride, rows, targets, from + at, right);
        Panels.addSquares(panel, at * stride, stride, rows, squares, from + at, diagonal);
        addProduct(squares, from, at, rows);
      }
    }
    for (int k = 0; k < stride; k++) {
      residual[k] = right[k] - product[k];
    }
    double rz = precondition();
    double first = rz;
    System.arraycopy(product, 0, direction, 0, stride);
    for (int step = 0; step < STEPS && rz > SETTLED * first; step++) {
      multiply(fixed, columns, squares, n, base);
      double length = rz / dot(direction, product);
      if (!(length > 0) || length > Float.MAX_VALUE) {
        break;
      }
      Distances.axpy((float) length, direction, 0, target, targetOffset, rank);
      Distances.axpy((float) -length, product, 0, residual, 0, stride);
      double next = precondition();
      float turn = (float) (next / rz);
      rz = next;
      for (int k = 0; k < stride; k++) {
        direction[k] = product[k] + turn * direction[k];
      }
    }
    // With the residual r = b - A x the loss x'Ax - 2 b'x is -x'(b + r).
    double loss = 0;
    for (int k = 0; k < rank; k++) {
      loss -= target[targetOffset + k] * ((double) right[k] + residual[k]);
    }
    return loss;
  }

  /** product = M^(-1) residual; returns their inner product. */
  private double precondition() {
    for (int k = 0; k < stride; k++) {
      product[k] = residual[k] / diagonal[k];
    }
    return dot(residual, product);
  }

  /** product = A direction. */
  private void multiply(FixedSide fixed, int[] columns, float[] squares, int n, double[] base) {
    startProduct(base);
    for (int from = 0; from < n; from += panelRows) {
      int count = Math.min(panelRows, n - from);
      for (int at = 0; at < count; at += chunkRows) {
        int rows = Math.min(chunkRows, count - at);
        if (n > panelRows) {
          gather(fixed, columns, from, at, rows);
        }
        addProduct(squares, from, at, rows);
      }
    }
  }

  /** product = the shared part times direction. */
  private void startProduct(double[] base) {
    Arrays.fill(product, 0f);
    for (int k = 0; k < rank; k++) {
      product[k] = (float) (base[k] * direction[k]);
    }
  }

  /** product += what rows [at, at + rows) of the panel add, entries from + at and on. */
  private void addProduct(float[] squares, int from, int at, int rows) {
    Distances.dotRange(direction, 0, panel, at * stride, stride, rows, rank, scores, 0);
    for (int i = 0; i < rows; i++) {
      scores[i] *= squares[from + at + i];
    }
    Panels.addWeighted(panel, at * stride, stride, rows, scores, 0, product);
  }

  /** Gathers entries [from + at, from + at + rows) to rows [at, at + rows) of the panel. */
  private void gather(FixedSide fixed, int[] columns, int from, int at, int rows) {
    Panels.gather(
        fixed.factors,
        rank,
        0,
        rank,
        columns,
        from + at,
        rows,
        ones,
        0,
        panel,
        at * stride,
        stride);
  }

  private double dot(float[] a, float[] b) {
    double sum = 0;
    for (int k = 0; k < rank; k++) {
      sum += (double) a[k] * b[k];
    }
    return sum;
  }

  private void reserve(int rows) {
    if (panel.length < rows * stride) {
      panel = new float[Math.min(panelRows, rows + (rows >> 1)) * stride];
    }
  }
}
