package dev.kindred.engine.als;

import dev.kindred.simd.TiledPanels;
import java.util.Arrays;

/**
 * Solves rows of n &lt; rank entries, B being diagonal, by a matrix [n x n], a batch of them at a
 * time. With T = diag(sqrt a) Y B^(-1/2) and t = b / sqrt a,
 *
 * <pre>
 *   x = B^(-1/2) T' (I + T T')^(-1) t        (Sherman, Morrison and Woodbury)
 * </pre>
 *
 * which also keeps its digits where a is huge.
 *
 * <p>Scratch of one worker: not safe for use by several threads.
 */
final class ShortRows {
  private final int rank;
  private final int stride;
  private final int longest;
  private final SystemBatch batch;
  private final float[][] panels; // diag(sqrt a) Y
  private final float[][] bases; // B^(-1/2)
  private final float[][] rights;
  private final float[][] solutions;
  private final float[][] residuals;
  private final float[] ones;
  private final float[] noShifts;
  private final float[] turned;
  private final float[] sum;
  private final double[] sums;
  private final float[] base; // of the last lambda
  private double lastLambda = Double.NaN;
  private FixedSide lastFixed;
  private boolean lastSound;

  /**
   * @param longest entries of a row, at most; the batch has room for so many
   */
  ShortRows(int rank, int longest, SystemBatch batch) {
    this.rank = rank;
    this.longest = longest;
    this.batch = batch;
    stride = TiledPanels.padded(rank);
    int width = batch.stride;
    panels = new float[batch.size][longest * stride];
    bases = new float[batch.size][stride];
    rights = new float[batch.size][width];
    solutions = new float[batch.size][width];
    residuals = new float[batch.size][width];
    ones = new float[width];
    Arrays.fill(ones, 1f);
    noShifts = new float[batch.size];
    turned = new float[width * stride];
    base = new float[stride];
    sum = new float[stride];
    sums = new double[width];
  }

  /**
   * Sets base = B^(-1/2) for a row that has roots, the fixed side being turned; false if B is
   * singular to rounding.
   */
  boolean take(FixedSide fixed, RowEntries row) {
    double lambda = row.lambda;
    if (lambda == lastLambda && fixed == lastFixed) {
      return lastSound;
    }
    double smallest = Double.MAX_VALUE;
    double largest = 0;
    for (int k = 0; k < rank; k++) {
      double b = fixed.diagonal[k] + lambda;
      smallest = Math.min(smallest, b);
      largest = Math.max(largest, b);
      base[k] = (float) (1 / Math.sqrt(b));
    }
    lastLambda = lambda;
    lastFixed = fixed;
    lastSound = smallest > 1e-10 * largest;
    return lastSound;
  }

  /** Sums up the system of a row that {@link #take} has just agreed to. */
  void add(FixedSide fixed, RowEntries row, int index) {
    int n = row.n;
    batch.setSize(index, n);
    System.arraycopy(base, 0, bases[index], 0, rank);
    float[] panel = panels[index];
    TiledPanels.gather(fixed.factors, rank, row.columns, 0, n, row.roots, 0, panel, longest);
    TiledPanels.turn(panel, longest, n, stride, base, turned, stride);
    TiledPanels.accumulate(
        turned,
        stride,
        rank,
        TiledPanels.padded(n),
        batch.matrices,
        batch.matrix(index),
        batch.stride);
    System.arraycopy(row.rootTargets, 0, rights[index], 0, n);
    Arrays.fill(rights[index], n, rights[index].length, 0f);
  }

  /**
   * Solves the first {@code count} rows of the batch and writes their factors.
   *
   * @param losses gets each row's loss without its constant and what of that is explained; NaN if
   *     floats don't do
   */
  void solve(RowEntries[] rows, int count, double[] losses) {
    batch.factor(count, ones, noShifts);
    batch.solve(rights, solutions, count);
    boolean refined = false;
    for (int index = 0; index < count; index++) {
      float ratio = batch.pivotRatio(index);
      losses[index] = ratio >= RowSolver.DOUBLES_BELOW ? 0 : Double.NaN;
      if (ratio >= RowSolver.DOUBLES_BELOW && ratio < RowSolver.REFINED_BELOW) {
        findResidual(index, rows[index].n);
        refined = true;
      } else {
        Arrays.fill(residuals[index], 0f);
      }
    }
    if (refined) {
      batch.solve(residuals, residuals, count);
    }
    for (int index = 0; index < count; index++) {
      float[] y = solutions[index];
      for (int i = 0; i < rows[index].n; i++) {
        y[i] += residuals[index][i];
      }
      losses[index] += finish(rows[index], index);
    }
  }

  /**
   * x = B^(-1/2) z with z = T' y. The scaled predictions T B^(1/2) x are t - y, so that the
   * observed pairs cost |y|^2 - |t|^2 beside their constant.
   */
  private double finish(RowEntries row, int index) {
    float[] y = solutions[index];
    Arrays.fill(sum, 0f);
    TiledPanels.addWeighted(panels[index], longest, row.n, stride, y, 0, sum);
    double loss = 0;
    for (int i = 0; i < row.n; i++) {
      loss += (double) y[i] * y[i];
    }
    for (int k = 0; k < rank; k++) {
      float b = bases[index][k];
      float z = b * sum[k];
      row.target[row.targetOffset + k] = b * z;
      loss += (double) z * z;
    }
    return loss;
  }

  /** residual = t - y - T (T' y), in doubles. */
  private void findResidual(int index, int n) {
    float[] y = solutions[index];
    float[] panel = panels[index];
    for (int i = 0; i < n; i++) {
      sums[i] = (double) rights[index][i] - y[i];
    }
    int tile = TiledPanels.COLUMNS;
    for (int k = 0; k < rank; k++) {
      int column = k / tile * longest * tile + k % tile;
      double b = bases[index][k];
      double z = 0;
      for (int i = 0; i < n; i++) {
        z += panel[column + i * tile] * (double) y[i];
      }
      z *= b * b;
      for (int i = 0; i < n; i++) {
        sums[i] -= z * panel[column + i * tile];
      }
    }
    float[] residual = residuals[index];
    for (int i = 0; i < n; i++) {
      residual[i] = (float) sums[i];
    }
    Arrays.fill(residual, n, residual.length, 0f);
  }
}
