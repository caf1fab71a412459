package dev.kindred.engine.als;

/**
 * The same regression in doubles, for rows whose matrix is too ill-conditioned for floats: huge
 * confidences, lambda of 0, fewer rows than rank on the fixed side.
 *
 * <p>Where even doubles find the matrix singular, its diagonal is raised by 10^-12 of its mean,
 * then tenfold until it can be factored: the result is finite and close to the least-norm solution.
 *
 * <p>Immutable once made.
 */
final class DoubleRow {
  private final int rank;

  /** Lower factor of the matrix, [rank x rank], row-major. */
  private final double[] factor;

  private final double[] right;

  /** Forms and factors the matrix of a row with {@code n} entries of weights a and b. */
  DoubleRow(
      FixedSide fixed, int[] columns, double[] squares, double[] targets, int n, double lambda) {
    rank = fixed.rank;
    double[] a = fixed.turned ? new double[rank * rank] : fixed.gramian.clone();
    right = new double[rank];
    for (int e = 0; e < n; e++) {
      int row = columns[e] * rank;
      double square = squares[e];
      double linear = targets[e];
      for (int i = 0; i < rank; i++) {
        double y = fixed.factors[row + i];
        right[i] += linear * y;
        double scaled = square * y;
        for (int j = 0; j <= i; j++) {
          a[i * rank + j] += scaled * fixed.factors[row + j];
        }
      }
    }
    double trace = 0;
    for (int i = 0; i < rank; i++) {
      a[i * rank + i] += lambda + (fixed.turned ? fixed.diagonal[i] : 0);
      trace += a[i * rank + i];
    }
    if (!Double.isFinite(trace)) {
      throw new IllegalStateException("the factors have grown beyond all bounds: trace " + trace);
    }
    factor = new double[rank * rank];
    double added = 0;
    while (!factor(a, added)) {
      added = Math.max(added * 10, Math.max(trace / rank * 1e-12, Double.MIN_NORMAL));
    }
  }

  /** Writes the row's factor to {@code target}. */
  void solve(float[] target, int targetOffset) {
    double[] x = right.clone();
    solve(x);
    for (int i = 0; i < rank; i++) {
      target[targetOffset + i] = (float) x[i];
    }
  }

  /** Solves for any right-hand side, in place. */
  void solve(double[] x) {
    for (int i = 0; i < rank; i++) {
      for (int j = 0; j < i; j++) {
        x[i] -= factor[i * rank + j] * x[j];
      }
      x[i] /= factor[i * rank + i];
    }
    for (int i = rank - 1; i >= 0; i--) {
      for (int j = i + 1; j < rank; j++) {
        x[i] -= factor[j * rank + i] * x[j];
      }
      x[i] /= factor[i * rank + i];
    }
  }

  /** Lower factor of a + added I; false if that is not positive definite. */
  private boolean factor(double[] a, double added) {
    double[] l = factor;
    for (int i = 0; i < rank; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = a[i * rank + j] + (i == j ? added : 0);
        for (int k = 0; k < j; k++) {
          sum -= l[i * rank + k] * l[j * rank + k];
        }
        if (i == j) {
          // A pivot lost in the rounding of its own diagonal is noise.
          if (!(sum > 1e-14 * (a[i * rank + i] + added))) {
            return false;
          }
          l[i * rank + i] = Math.sqrt(sum);
        } else {
          l[i * rank + j] = sum / l[j * rank + j];
        }
      }
    }
    return true;
  }
}
