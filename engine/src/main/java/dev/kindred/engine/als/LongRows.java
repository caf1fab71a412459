package dev.kindred.engine.als;

import dev.kindred.simd.Panels;
import dev.kindred.simd.SymmetricUpdate;
import dev.kindred.simd.TiledPanels;
import java.util.Arrays;

/**
 * Solves rows by their [rank x rank] matrix, B + sum a y y', a batch of them at a time.
 *
 * <p>Scratch of one worker: not safe for use by several threads.
 */
final class LongRows {
  /** Rows of a panel: more would not fit the first cache, fewer update the matrix too often. */
  private static final int PANEL_ROWS = 64;

  /** 32 KiB. */
  private static final int PANEL_FLOATS = 8192;

  private final int rank;
  private final int stride;
  private final SystemBatch batch;
  private final int panelRows;
  private final float[] panel;
  private final float[][] rights;
  private final float[][] solutions;
  private final float[][] residuals;
  private final double[] sums;
  private final float[] diagonal;
  private final float[] lambdas;
  private final Weighting weighting;
  private FixedSide diagonalOf;
  private float[] ones = new float[0];
  private float[] rootless = new float[0]; // the matrix of a row without roots

  LongRows(int rank, Weighting weighting, SystemBatch batch) {
    this.rank = rank;
    this.weighting = weighting;
    this.batch = batch;
    stride = batch.stride;
    panelRows = Math.max(16, Math.min(PANEL_ROWS, PANEL_FLOATS / stride));
    panel = new float[panelRows * stride];
    rights = new float[batch.size][stride];
    solutions = new float[batch.size][stride];
    residuals = new float[batch.size][stride];
    sums = new double[stride];
    diagonal = new float[stride];
    lambdas = new float[batch.size];
  }

  /** Sums up the system of a weighed row, the {@code index}-th of its batch. */
  void add(FixedSide fixed, RowEntries row, int index) {
    batch.setSize(index, rank);
    float[] right = rights[index];
    Arrays.fill(right, 0f);
    if (row.rootable) {
      for (int from = 0; from < row.n; from += panelRows) {
        int count = Math.min(panelRows, row.n - from);
        TiledPanels.gather(
            fixed.factors, rank, row.columns, from, count, row.roots, from, panel, panelRows);
        TiledPanels.addWeighted(panel, panelRows, count, stride, row.rootTargets, from, right);
        TiledPanels.accumulate(
            panel, panelRows, count, stride, batch.matrices, batch.matrix(index), stride);
      }
    } else {
      addWithoutRoots(fixed, row, index);
    }
    if (!fixed.turned) {
      for (int i = 0; i < rank; i++) {
        int at = batch.matrix(index) + i * stride;
        for (int j = 0; j <= i; j++) {
          batch.matrices[at + j] += (float) fixed.gramian[i * rank + j];
        }
      }
    }
    lambdas[index] = (float) row.lambda;
  }

  private void addWithoutRoots(FixedSide fixed, RowEntries row, int index) {
    if (ones.length == 0) {
      ones = new float[panelRows];
      Arrays.fill(ones, 1f);
      rootless = new float[stride * stride];
    }
    row.weighSquares(fixed, weighting);
    Arrays.fill(rootless, 0f);
    for (int from = 0; from < row.n; from += panelRows) {
      int count = Math.min(panelRows, row.n - from);
      Panels.gather(
          fixed.factors, rank, 0, rank, row.columns, from, count, ones, 0, panel, 0, stride);
      Panels.addWeighted(panel, 0, stride, count, row.targets, from, rights[index]);
      SymmetricUpdate.accumulate(panel, count, stride, row.squares, from, rootless, stride);
    }
    for (int i = 0; i < rank; i++) {
      System.arraycopy(
          rootless, i * stride, batch.matrices, batch.matrix(index) + i * stride, i + 1);
    }
  }

  /**
   * Solves the first {@code count} rows of the batch and writes their factors.
   *
   * @param losses gets each row's loss without its constant; NaN if floats don't do
   */
  void solve(FixedSide fixed, RowEntries[] rows, int count, double[] losses) {
    if (fixed != diagonalOf) {
      setDiagonal(fixed);
    }
    batch.factor(count, diagonal, lambdas);
    batch.solve(rights, solutions, count);
    boolean refined = false;
    for (int index = 0; index < count; index++) {
      RowEntries row = rows[index];
      float ratio = batch.pivotRatio(index);
      losses[index] = ratio >= RowSolver.DOUBLES_BELOW ? 0 : Double.NaN;
      System.arraycopy(solutions[index], 0, row.target, row.targetOffset, rank);
      if (ratio >= RowSolver.DOUBLES_BELOW && ratio < RowSolver.REFINED_BELOW) {
        findResidual(fixed, row, residuals[index]);
        refined = true;
      } else {
        Arrays.fill(residuals[index], 0f);
      }
    }
    if (refined) {
      batch.solve(residuals, residuals, count);
    }
    for (int index = 0; index < count; index++) {
      RowEntries row = rows[index];
      if (refined) {
        for (int k = 0; k < rank; k++) {
          row.target[row.targetOffset + k] += residuals[index][k];
        }
      }
      // At the solution x'Ax = b'x, so the loss is -b'x beside its constant.
      losses[index] -= RowSolver.dot(rights[index], 0, row.target, row.targetOffset, rank);
    }
  }

  /** What the diagonals of all rows have in common; 1 in the padding. */
  private void setDiagonal(FixedSide fixed) {
    Arrays.fill(diagonal, 1f);
    for (int k = 0; k < rank; k++) {
      diagonal[k] = fixed.turned ? (float) fixed.diagonal[k] : 0;
    }
    diagonalOf = fixed;
  }

  /** residual = b - A x, summed in doubles. */
  private void findResidual(FixedSide fixed, RowEntries row, float[] residual) {
    row.weighSquares(fixed, weighting);
    fixed.base(row.target, row.targetOffset, row.lambda, sums);
    for (int k = 0; k < rank; k++) {
      sums[k] = -sums[k];
    }
    for (int i = 0; i < row.n; i++) {
      int source = row.columns[i] * rank;
      double s = RowSolver.dot(fixed.factors, source, row.target, row.targetOffset, rank);
      double off = row.targets[i] - row.squares[i] * s;
      for (int k = 0; k < rank; k++) {
        sums[k] += off * fixed.factors[source + k];
      }
    }
    for (int k = 0; k < rank; k++) {
      residual[k] = (float) sums[k];
    }
  }
}
