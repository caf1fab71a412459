package dev.kindred.engine.als;

import dev.kindred.engine.data.Interactions;
import dev.kindred.simd.Cholesky;
import dev.kindred.simd.Distances;
import dev.kindred.simd.Panels;
import dev.kindred.simd.SymmetricUpdate;
import dev.kindred.simd.TiledPanels;
import java.util.Arrays;

/**
 * Solves the ridge regression of one row: (B + sum a y y') x = sum b y, where B = w0 Y'Y + lambda
 * I.
 *
 * <p>Two exact ways. A long row forms the [rank x rank] matrix from a panel of gathered factors and
 * factors it. A short row of n &lt; rank entries, with B diagonal, needs only an [n x n] matrix:
 * with T = diag(sqrt a) Y B^(-1/2) and t = b / sqrt a,
 *
 * <pre>
 *   x = B^(-1/2) T' (I + T T')^(-1) t        (Sherman, Morrison and Woodbury)
 * </pre>
 *
 * which also keeps its digits where a is huge.
 *
 * <p>Scratch of one worker: not safe for use by several threads. Allocates only when a row is
 * longer than any before it, or in the double-precision fallback.
 */
final class RowSolver {
  /**
   * If the squared ratio of smallest to largest pivot falls below this, the float solution is
   * improved once by its residual in doubles.
   */
  private static final float REFINED_BELOW = 2e-3f;

  /** Below this floats have lost too many digits and the row is solved in doubles. */
  private static final float DOUBLES_BELOW = 1e-5f;

  /** Below this share of the loss of a zero factor, a loss in floats is mostly rounding. */
  private static final double RELATIVE_LOSS_BELOW = 0.02;

  /** 16 KiB: a panel stays in the first cache beside the matrix while that is updated from it. */
  private static final int PANEL_FLOATS = 4096;

  /** Widths are padded to this many floats, so that no kernel has a tail. */
  private static final int PAD = TiledPanels.COLUMNS;

  private final int rank;
  private final int stride;
  private final Weighting weighting;
  private final int panelRows;
  private final int shortest;
  private final float[] panel;
  private final float[] gathered; // of short rows
  private final float[] ones;
  private final float[] matrix;
  private final float[] right;
  private final float[] base;
  private final float[] residual;
  private final double[] sums;
  private int lastPositives = -1;
  private int lastOthers;
  private double lastLambda;
  private final GradientRow gradientRow; // null unless used
  private final BlockRow blockRow; // null unless used
  private int[] columns = new int[256];
  private float[] strengths = new float[256];
  private Interactions uniformOf; // whose one strength fills strengths; null = none
  private float[] squares = new float[256];
  private float[] targets = new float[256];
  private float[] roots = new float[256]; // of squares
  private float[] rootTargets = new float[256]; // targets / roots
  private double[] exactSquares = new double[256];
  private double[] exactTargets = new double[256];

  /**
   * @param solver what long rows are solved by; anything but CHOLESKY needs a turned side
   */
  RowSolver(int rank, Weighting weighting, Solver solver) {
    this.rank = rank;
    this.weighting = weighting;
    stride = pad(rank);
    // Measured: the small system wins up to about half the rank.
    shortest = rank / 2;
    panelRows = Math.max(16, PANEL_FLOATS / stride);
    panel = new float[Math.max(panelRows, pad(shortest)) * stride];
    gathered = new float[shortest * stride];
    ones = new float[panelRows];
    Arrays.fill(ones, 1f);
    matrix = new float[stride * stride];
    right = new float[stride];
    base = new float[stride];
    residual = new float[stride];
    sums = new double[stride];
    gradientRow = solver == Solver.CONJUGATE_GRADIENT ? new GradientRow(rank, stride) : null;
    blockRow = solver == Solver.BLOCK ? new BlockRow(rank) : null;
  }

  private static int pad(int width) {
    return (width + PAD - 1) / PAD * PAD;
  }

  /** Scratch for the columns of a row with {@code n} entries. */
  int[] columns(int n) {
    if (columns.length < n) {
      columns = new int[n + (n >> 1)];
    }
    return columns;
  }

  /** The strengths of entries [start, start + n) of {@code data}, in scratch. */
  float[] strengths(Interactions data, long start, int n) {
    boolean large = strengths.length < n;
    if (large) {
      strengths = new float[n + (n >> 1)];
    }
    if (!data.uniform()) {
      data.copyValues(start, n, strengths, 0);
      uniformOf = null;
    } else if (n > 0 && (large || uniformOf != data)) {
      Arrays.fill(strengths, data.value(start));
      uniformOf = data;
    }
    return strengths;
  }

  /**
   * Solves for a row with {@code n} entries and writes its factor to {@code target}.
   *
   * @param rowWeight the row's share in the weight of its entries
   * @return the row's part of the loss: its observed and unobserved pairs and its own lambda
   */
  double solve(
      FixedSide fixed,
      int[] columns,
      float[] strengths,
      int n,
      float rowWeight,
      float[] target,
      int targetOffset) {
    if (squares.length < n) {
      squares = new float[n + (n >> 1)];
      targets = new float[squares.length];
      roots = new float[squares.length];
      rootTargets = new float[squares.length];
    }
    int positives = 0;
    double constant = 0;
    double explained = 0;
    boolean rootable = true;
    // Neighbours often have one strength, and all plain clicks do: runs are worked off together.
    for (int i = 0; i < n; ) {
      float strength = strengths[i];
      int end = i + 1;
      while (end < n && strengths[end] == strength) {
        end++;
      }
      double square = weighting.square(strength);
      double linear = weighting.target(strength);
      double root = square > 0 ? Math.sqrt(square) : 0;
      double rootLinear = square > 0 ? linear / root : 0;
      rootable &= square > 0 || (square == 0 && linear == 0);
      double weight = weigh(fixed, columns, i, end, rowWeight, square, linear, root, rootLinear);
      positives += strength > 0 ? end - i : 0;
      constant += weight * linear;
      explained += weight * rootLinear * rootLinear;
      i = end;
    }
    if (positives == 0) {
      // Every target is 0, so 0 is the optimum.
      Arrays.fill(target, targetOffset, targetOffset + rank, 0f);
      return 0;
    }
    double lambda = lambda(positives, fixed.rows);
    double loss;
    if (fixed.turned && rootable && n <= shortest && setBase(fixed, lambda)) {
      loss = constant - explained + solveShort(fixed, columns, n, target, targetOffset);
    } else if (gradientRow != null) {
      setDiagonal(fixed, lambda);
      loss =
          constant
              + gradientRow.solve(fixed, columns, squares, targets, n, sums, target, targetOffset);
    } else if (blockRow != null) {
      setDiagonal(fixed, lambda);
      loss =
          constant
              + blockRow.solve(
                  fixed, columns, squares, targets, n, rootable, sums, target, targetOffset);
    } else {
      loss = constant + solveLong(fixed, columns, n, rootable, lambda, target, targetOffset);
      if (loss < RELATIVE_LOSS_BELOW * constant) {
        setExact(fixed, columns, strengths, n, rowWeight);
        loss = loss(fixed, columns, n, lambda, target, targetOffset);
      }
    }
    if (!Double.isNaN(loss)) {
      return loss;
    }
    setExact(fixed, columns, strengths, n, rowWeight);
    new DoubleRow(fixed, columns, exactSquares, exactTargets, n, lambda)
        .solve(target, targetOffset);
    return loss(fixed, columns, n, lambda, target, targetOffset);
  }

  /**
   * Sets the weights of entries [from, to), which have one strength.
   *
   * @return the sum of their shares
   */
  private double weigh(
      FixedSide fixed,
      int[] columns,
      int from,
      int to,
      float rowWeight,
      double square,
      double linear,
      double root,
      double rootLinear) {
    double rowRoot = Math.sqrt(rowWeight);
    if (!fixed.weighted) {
      Arrays.fill(squares, from, to, (float) (rowWeight * square));
      Arrays.fill(targets, from, to, (float) (rowWeight * linear));
      Arrays.fill(roots, from, to, (float) (rowRoot * root));
      Arrays.fill(rootTargets, from, to, (float) (rowRoot * rootLinear));
      return (double) rowWeight * (to - from);
    }
    double sum = 0;
    for (int i = from; i < to; i++) {
      double weight = rowWeight * (double) fixed.weight(columns[i]);
      double weightRoot = rowRoot * fixed.weightRoot(columns[i]);
      squares[i] = (float) (weight * square);
      targets[i] = (float) (weight * linear);
      roots[i] = (float) (weightRoot * root);
      rootTargets[i] = (float) (weightRoot * rootLinear);
      sum += weight;
    }
    return sum;
  }

  /** Lambda of a row; rows of one length follow each other, so the last one is kept. */
  private double lambda(int positives, int others) {
    if (positives != lastPositives || others != lastOthers) {
      lastPositives = positives;
      lastOthers = others;
      lastLambda = weighting.lambda(positives, others);
    }
    return lastLambda;
  }

  /** The weights in doubles, for the few rows that need them. */
  private void setExact(FixedSide fixed, int[] columns, float[] strengths, int n, float rowWeight) {
    if (exactSquares.length < n) {
      exactSquares = new double[squares.length];
      exactTargets = new double[squares.length];
    }
    for (int i = 0; i < n; i++) {
      double weight = (double) rowWeight * fixed.weight(columns[i]);
      exactSquares[i] = weight * weighting.square(strengths[i]);
      exactTargets[i] = weight * weighting.target(strengths[i]);
    }
  }

  private void setDiagonal(FixedSide fixed, double lambda) {
    for (int k = 0; k < rank; k++) {
      sums[k] = fixed.diagonal[k] + lambda;
    }
  }

  /** base = B^(-1/2); false if B is singular to rounding. */
  private boolean setBase(FixedSide fixed, double lambda) {
    double smallest = Double.MAX_VALUE;
    double largest = 0;
    for (int k = 0; k < rank; k++) {
      double b = fixed.diagonal[k] + lambda;
      smallest = Math.min(smallest, b);
      largest = Math.max(largest, b);
      base[k] = (float) (1 / Math.sqrt(b));
    }
    return smallest > 1e-10 * largest;
  }

  /** The [n x n] way; NaN if floats don't do. Returns the loss without constant and |t|^2. */
  private double solveShort(
      FixedSide fixed, int[] columns, int n, float[] target, int targetOffset) {
    int width = pad(n);
    // Row k of the panel is column k of T, padded with zeros.
    System.arraycopy(rootTargets, 0, right, 0, n);
    // By way of a tiled panel: gathered with many rows in flight, then turned in the first cache.
    TiledPanels.gather(fixed.factors, rank, columns, 0, n, roots, 0, gathered, shortest);
    for (int k = 0; k < rank; k++) {
      int from = (k / PAD * shortest) * PAD + k % PAD;
      float scale = base[k];
      int to = k * width;
      for (int i = 0; i < n; i++) {
        panel[to + i] = scale * gathered[from + i * PAD];
      }
      Arrays.fill(panel, to + n, to + width, 0f);
    }
    Arrays.fill(matrix, 0, width * width, 0f);
    for (int i = 0; i < width; i++) {
      matrix[i * width + i] = 1;
    }
    SymmetricUpdate.accumulate(panel, rank, width, matrix, width);
    if (!Cholesky.factor(matrix, n, width)) {
      return Double.NaN;
    }
    float ratio = pivotRatio(n, width);
    if (!(ratio >= DOUBLES_BELOW)) {
      return Double.NaN;
    }
    System.arraycopy(right, 0, residual, 0, n);
    Cholesky.solve(matrix, n, width, right, 0);
    if (ratio < REFINED_BELOW) {
      refineShort(n, width);
    }
    // With y = (I + T T')^(-1) t the scaled predictions T B^(1/2) x are t - y, so that the observed
    // pairs cost |y|^2 - |t|^2 beside their constant.
    double loss = 0;
    for (int i = 0; i < n; i++) {
      loss += (double) right[i] * right[i];
    }
    for (int k = 0; k < rank; k++) {
      float z = Distances.dot(panel, k * width, right, 0, n);
      target[targetOffset + k] = base[k] * z;
      loss += (double) z * z;
    }
    return loss;
  }

  /** right += K^(-1) (t - right - T (T' right)), with t in residual. */
  private void refineShort(int n, int width) {
    for (int i = 0; i < n; i++) {
      sums[i] = (double) residual[i] - right[i];
    }
    for (int k = 0; k < rank; k++) {
      double z = 0;
      for (int i = 0; i < n; i++) {
        z += (double) panel[k * width + i] * right[i];
      }
      for (int i = 0; i < n; i++) {
        sums[i] -= z * panel[k * width + i];
      }
    }
    for (int i = 0; i < n; i++) {
      residual[i] = (float) sums[i];
    }
    Cholesky.solve(matrix, n, width, residual, 0);
    for (int i = 0; i < n; i++) {
      right[i] += residual[i];
    }
  }

  /** The [rank x rank] way; NaN if floats don't do. Returns the loss without its constant. */
  private double solveLong(
      FixedSide fixed,
      int[] columns,
      int n,
      boolean rootable,
      double lambda,
      float[] target,
      int targetOffset) {
    startMatrix(fixed, lambda);
    Arrays.fill(right, 0f);
    for (int from = 0; from < n; from += panelRows) {
      int count = Math.min(panelRows, n - from);
      if (rootable) {
        TiledPanels.gather(
            fixed.factors, rank, columns, from, count, roots, from, panel, panelRows);
        TiledPanels.addWeighted(panel, panelRows, count, stride, rootTargets, from, right);
        TiledPanels.accumulate(panel, panelRows, count, stride, matrix, stride);
      } else {
        Panels.gather(
            fixed.factors, rank, 0, rank, columns, from, count, ones, 0, panel, 0, stride);
        Panels.addWeighted(panel, 0, stride, count, targets, from, right);
        SymmetricUpdate.accumulate(panel, count, stride, squares, from, matrix, stride);
      }
    }
    if (!Cholesky.factor(matrix, rank, stride)) {
      return Double.NaN;
    }
    float ratio = pivotRatio(rank, stride);
    if (!(ratio >= DOUBLES_BELOW)) {
      return Double.NaN;
    }
    System.arraycopy(right, 0, target, targetOffset, rank);
    Cholesky.solve(matrix, rank, stride, target, targetOffset);
    if (ratio < REFINED_BELOW) {
      refineLong(fixed, columns, n, lambda, target, targetOffset);
    }
    // At the solution x'Ax = b'x, so the loss is -b'x beside its constant.
    return -dot(right, 0, target, targetOffset, rank);
  }

  private void startMatrix(FixedSide fixed, double lambda) {
    Arrays.fill(matrix, 0f);
    if (fixed.turned) {
      for (int i = 0; i < rank; i++) {
        matrix[i * stride + i] = (float) (fixed.diagonal[i] + lambda);
      }
      return;
    }
    for (int i = 0; i < rank; i++) {
      for (int j = 0; j <= i; j++) {
        matrix[i * stride + j] = (float) fixed.gramian[i * rank + j];
      }
      matrix[i * stride + i] = (float) (fixed.gramian[i * rank + i] + lambda);
    }
  }

  /** target += A^(-1) (b - A target), the residual in doubles. */
  private void refineLong(
      FixedSide fixed, int[] columns, int n, double lambda, float[] target, int targetOffset) {
    fixed.base(target, targetOffset, lambda, sums);
    for (int k = 0; k < rank; k++) {
      sums[k] = -sums[k];
    }
    for (int i = 0; i < n; i++) {
      int source = columns[i] * rank;
      double off = targets[i] - squares[i] * prediction(fixed, source, target, targetOffset);
      for (int k = 0; k < rank; k++) {
        sums[k] += off * fixed.factors[source + k];
      }
    }
    for (int k = 0; k < rank; k++) {
      residual[k] = (float) sums[k];
    }
    Cholesky.solve(matrix, rank, stride, residual, 0);
    for (int k = 0; k < rank; k++) {
      target[targetOffset + k] += residual[k];
    }
  }

  /** The row's loss from its definition, in doubles. */
  private double loss(
      FixedSide fixed, int[] columns, int n, double lambda, float[] target, int targetOffset) {
    fixed.base(target, targetOffset, lambda, sums);
    double loss = 0;
    for (int k = 0; k < rank; k++) {
      loss += sums[k] * target[targetOffset + k];
    }
    for (int i = 0; i < n; i++) {
      double s = prediction(fixed, columns[i] * rank, target, targetOffset);
      double b = exactTargets[i];
      loss += (exactSquares[i] * s - 2 * b) * s + b;
    }
    return loss;
  }

  private double prediction(FixedSide fixed, int source, float[] target, int targetOffset) {
    return dot(fixed.factors, source, target, targetOffset, rank);
  }

  /** In doubles, by four sums: one alone waits for its own last addition. */
  private static double dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int k = 0;
    for (; k + 4 <= n; k += 4) {
      s0 += (double) a[aOffset + k] * b[bOffset + k];
      s1 += (double) a[aOffset + k + 1] * b[bOffset + k + 1];
      s2 += (double) a[aOffset + k + 2] * b[bOffset + k + 2];
      s3 += (double) a[aOffset + k + 3] * b[bOffset + k + 3];
    }
    for (; k < n; k++) {
      s0 += (double) a[aOffset + k] * b[bOffset + k];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** Smallest over largest pivot, squared: an upper bound of 1 / condition. */
  private float pivotRatio(int n, int lda) {
    // Comparisons, not Math.min: pivots are above 0 and no NaN. Two chains, for every row has this.
    float smallest = matrix[0];
    float largest = smallest;
    float smallest1 = smallest;
    float largest1 = smallest;
    int step = lda + 1;
    int end = n * step;
    for (int i = (n & 1) * step; i < end; i += 2 * step) {
      float pivot = matrix[i];
      smallest = pivot < smallest ? pivot : smallest;
      largest = pivot > largest ? pivot : largest;
      float pivot1 = matrix[i + step];
      smallest1 = pivot1 < smallest1 ? pivot1 : smallest1;
      largest1 = pivot1 > largest1 ? pivot1 : largest1;
    }
    float ratio = Math.min(smallest, smallest1) / Math.max(largest, largest1);
    return ratio * ratio;
  }
}
