package dev.kindred.engine.als;

/**
 * The same regression in doubles, for rows whose matrix is too ill-conditioned for floats: huge
 * confidences, lambda of 0, fewer rows than rank on the fixed side.
 *
 * <p>Where even doubles find the matrix singular, its diagonal is raised by 10^-12 of its mean,
 * then tenfold until it can be factored: the result is finite and close to the least-norm solution.
 *
 * <p>Stateless.
 */
final class DoubleRow {
  private DoubleRow() {}

  static void solve(
      FixedSide fixed,
      float[] squares,
      float[] targets,
      int[] columns,
      int n,
      double lambda,
      float[] target,
      int targetOffset) {
    int rank = fixed.rank;
    double[] a = fixed.turned ? new double[rank * rank] : fixed.gramian.clone();
    double[] b = new double[rank];
    for (int e = 0; e < n; e++) {
      int row = columns[e] * rank;
      double square = squares[e];
      double linear = targets[e];
      for (int i = 0; i < rank; i++) {
        double y = fixed.factors[row + i];
        b[i] += linear * y;
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
    double[] l = new double[rank * rank];
    if (!Double.isFinite(trace)) {
      throw new IllegalStateException("the factors have grown beyond all bounds: trace " + trace);
    }
    double added = 0;
    while (!factor(a, added, l, rank)) {
      added = Math.max(added * 10, Math.max(trace / rank * 1e-12, Double.MIN_NORMAL));
    }
    double[] x = b.clone();
    for (int i = 0; i < rank; i++) {
      for (int j = 0; j < i; j++) {
        x[i] -= l[i * rank + j] * x[j];
      }
      x[i] /= l[i * rank + i];
    }
    for (int i = rank - 1; i >= 0; i--) {
      for (int j = i + 1; j < rank; j++) {
        x[i] -= l[j * rank + i] * x[j];
      }
      x[i] /= l[i * rank + i];
    }
    for (int i = 0; i < rank; i++) {
      target[targetOffset + i] = (float) x[i];
    }
  }

  /** Lower factor of a + added I; false if that is not positive definite. */
  private static boolean factor(double[] a, double added, double[] l, int rank) {
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
