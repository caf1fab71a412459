package dev.kindred.engine.als;

import dev.kindred.simd.Cholesky;
import dev.kindred.simd.Distances;
import dev.kindred.simd.Panels;
import dev.kindred.simd.SymmetricUpdate;
import java.util.Arrays;

/**
 * Block coordinate descent on the regression of one row: one Newton step, which is exact, for each
 * block of factors in turn. Since the shared part is diagonal, blocks meet in the row's own entries
 * only, through their predictions.
 *
 * <p>Scratch of one worker: not safe for use by several threads.
 */
final class BlockRow {
  private static final int BLOCK = 64;

  /** 256 KiB: a block of a row with a thousand entries is gathered once. */
  private static final int PANEL_FLOATS = 1 << 16;

  private static final int PANEL_ROWS = PANEL_FLOATS / BLOCK;

  private final int rank;
  private final float[] panel = new float[PANEL_FLOATS];
  private final float[] scales = new float[PANEL_ROWS];
  private final float[] shares = new float[PANEL_ROWS];
  private final float[] matrix = new float[BLOCK * BLOCK];
  private final float[] gradient = new float[BLOCK];
  private float[] predictions = new float[0];

  BlockRow(int rank) {
    this.rank = rank;
  }

  /**
   * Improves the factor in {@code target}.
   *
   * @param rootable whether all squares have a root that targets can be divided by
   * @param base the diagonal of the shared part and lambda
   * @return the row's loss without its constant; NaN if a block can't be factored
   */
  double solve(
      FixedSide fixed,
      int[] columns,
      float[] squares,
      float[] targets,
      int n,
      boolean rootable,
      double[] base,
      float[] target,
      int targetOffset) {
    predict(fixed, columns, n, target, targetOffset);
    for (int first = 0; first < rank; first += BLOCK) {
      int width = Math.min(BLOCK, rank - first);
      Arrays.fill(matrix, 0f);
      Arrays.fill(gradient, 0f);
      for (int k = 0; k < BLOCK; k++) {
        // The padding of a narrow block stays apart from it.
        matrix[k * BLOCK + k] = k < width ? (float) base[first + k] : 1;
        gradient[k] = k < width ? (float) (base[first + k] * target[targetOffset + first + k]) : 0;
      }
      for (int from = 0; from < n; from += PANEL_ROWS) {
        int count = Math.min(PANEL_ROWS, n - from);
        gather(fixed, columns, squares, rootable, first, width, from, count);
        for (int i = 0; i < count; i++) {
          float off = squares[from + i] * predictions[from + i] - targets[from + i];
          shares[i] = scales[i] == 0 ? 0 : off / scales[i];
        }
        Panels.addWeighted(panel, 0, BLOCK, count, shares, 0, gradient);
        if (rootable) {
          SymmetricUpdate.accumulate(panel, count, BLOCK, matrix, BLOCK);
        } else {
          SymmetricUpdate.accumulate(panel, count, BLOCK, squares, from, matrix, BLOCK);
        }
      }
      if (!Cholesky.factor(matrix, BLOCK, BLOCK)) {
        return Double.NaN;
      }
      Cholesky.solve(matrix, BLOCK, BLOCK, gradient, 0);
      Distances.axpy(-1f, gradient, 0, target, targetOffset + first, width);
      for (int from = 0; from < n; from += PANEL_ROWS) {
        int count = Math.min(PANEL_ROWS, n - from);
        if (n > PANEL_ROWS) {
          gather(fixed, columns, squares, rootable, first, width, from, count);
        }
        Distances.dotRange(gradient, 0, panel, 0, BLOCK, count, BLOCK, shares, 0);
        for (int i = 0; i < count; i++) {
          if (scales[i] != 0) {
            predictions[from + i] -= shares[i] / scales[i];
          }
        }
      }
    }
    double loss = 0;
    for (int i = 0; i < n; i++) {
      double e = predictions[i];
      loss += (squares[i] * e - 2.0 * targets[i]) * e;
    }
    for (int k = 0; k < rank; k++) {
      double x = target[targetOffset + k];
      loss += base[k] * x * x;
    }
    return loss;
  }

  /** Predictions of the present factor for all entries. */
  private void predict(FixedSide fixed, int[] columns, int n, float[] target, int targetOffset) {
    if (predictions.length < n) {
      predictions = new float[n + (n >> 1)];
    }
    boolean cold = Distances.norm(target, targetOffset, rank) == 0;
    for (int i = 0; i < n; i++) {
      predictions[i] =
          cold ? 0 : Distances.dot(fixed.factors, columns[i] * rank, target, targetOffset, rank);
    }
  }

  private void gather(
      FixedSide fixed,
      int[] columns,
      float[] squares,
      boolean rootable,
      int first,
      int width,
      int from,
      int count) {
    for (int i = 0; i < count; i++) {
      scales[i] = rootable ? (float) Math.sqrt(squares[from + i]) : 1;
    }
    Panels.gather(
        fixed.factors, rank, first, width, columns, from, count, scales, 0, panel, 0, BLOCK);
  }
}
