package dev.kindred.engine.als;

import dev.kindred.simd.Cholesky;
import dev.kindred.simd.Distances;
import dev.kindred.simd.SymmetricUpdate;
import java.util.Arrays;

/**
 * Solves the ridge regression of one row exactly: (w0 Y'Y + sum a y y' + lambda I) x = sum b y.
 *
 * <p>Scratch of one worker: not safe for use by several threads. Allocates only when a row is
 * longer than any before it, or in the double-precision fallback.
 */
final class RowSolver {
  /**
   * If the squared ratio of smallest to largest pivot falls below this, floats have lost too many
   * digits and the row is solved in doubles.
   */
  private static final float WORST_PIVOT_RATIO = 1e-4f;

  private static final int PANEL_FLOATS = 8192;

  private final int rank;
  private final Weighting weighting;
  private final int panelRows;
  private final float[] panel;
  private final float[] weights;
  private final float[] matrix;
  private final float[] right;
  private int[] columns = new int[256];
  private float[] strengths = new float[256];

  RowSolver(int rank, Weighting weighting) {
    this.rank = rank;
    this.weighting = weighting;
    panelRows = Math.max(8, PANEL_FLOATS / rank);
    panel = new float[panelRows * rank];
    weights = new float[panelRows];
    matrix = new float[rank * rank];
    right = new float[rank];
  }

  /** Scratch for the columns of a row with {@code n} entries. */
  int[] columns(int n) {
    if (columns.length < n) {
      columns = new int[n + (n >> 1)];
    }
    return columns;
  }

  /** Scratch for the strengths of a row with {@code n} entries. */
  float[] strengths(int n) {
    if (strengths.length < n) {
      strengths = new float[n + (n >> 1)];
    }
    return strengths;
  }

  /**
   * Solves for a row with {@code n} entries and writes its factor to {@code target}.
   *
   * @return the row's part of the loss: its observed and unobserved pairs and its own lambda
   */
  double solve(
      FixedSide fixed, int[] columns, float[] strengths, int n, float[] target, int targetOffset) {
    int positives = 0;
    double constant = 0;
    for (int i = 0; i < n; i++) {
      if (strengths[i] > 0) {
        positives++;
        constant += weighting.constant(strengths[i]);
      }
    }
    if (positives == 0) {
      // Every target is 0, so 0 is the optimum.
      Arrays.fill(target, targetOffset, targetOffset + rank, 0f);
      return 0;
    }
    double lambda = weighting.lambda(positives, fixed.rows);
    System.arraycopy(fixed.gramianFloats, 0, matrix, 0, matrix.length);
    Arrays.fill(right, 0f);
    for (int from = 0; from < n; from += panelRows) {
      int count = Math.min(panelRows, n - from);
      for (int i = 0; i < count; i++) {
        int source = columns[from + i] * rank; // fits: the factors are one array
        System.arraycopy(fixed.factors, source, panel, i * rank, rank);
        float strength = strengths[from + i];
        weights[i] = (float) weighting.square(strength);
        float b = (float) weighting.target(strength);
        if (b != 0) {
          Distances.axpy(b, panel, i * rank, right, 0, rank);
        }
      }
      SymmetricUpdate.accumulate(panel, count, rank, weights, 0, matrix, rank);
    }
    for (int i = 0; i < rank; i++) {
      matrix[i * rank + i] += (float) lambda;
    }
    if (!Cholesky.factor(matrix, rank, rank) || illConditioned()) {
      return DoubleRow.solve(
          fixed, weighting, columns, strengths, n, lambda, constant, target, targetOffset);
    }
    System.arraycopy(right, 0, target, targetOffset, rank);
    Cholesky.solve(matrix, rank, rank, target, targetOffset);
    // x'Ax through the factor: |L'x|^2, exact to rounding even where x is not. The factorisation
    // leaves L' in the upper triangle.
    double quadratic = 0;
    double linear = 0;
    for (int i = 0; i < rank; i++) {
      linear += (double) target[targetOffset + i] * right[i];
      double product = Distances.dot(matrix, i * rank + i, target, targetOffset + i, rank - i);
      quadratic += product * product;
    }
    return constant - 2 * linear + quadratic;
  }

  private boolean illConditioned() {
    float smallest = Float.MAX_VALUE;
    float largest = 0;
    for (int i = 0; i < rank; i++) {
      float pivot = matrix[i * rank + i];
      smallest = Math.min(smallest, pivot);
      largest = Math.max(largest, pivot);
    }
    float ratio = smallest / largest;
    return !(ratio * ratio >= WORST_PIVOT_RATIO);
  }
}
