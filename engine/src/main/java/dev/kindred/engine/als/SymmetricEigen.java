package dev.kindred.engine.als;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, in doubles: Householder's reduction to
 * tridiagonal form, then implicit QL steps with Wilkinson's shift (Golub and Van Loan, "Matrix
 * Computations", 8.3).
 *
 * <p>Eigenvectors are kept as rows while they are turned, so that all inner loops run along memory.
 * About 7 n^3 operations. Not safe for use by several threads.
 */
public final class SymmetricEigen {
  private static final int MAX_STEPS = 60;

  private final int n;

  /** Row k is the eigenvector of {@link #values}[k]. */
  private final double[] vectors;

  private final double[] values;
  private final double[] off;

  /**
   * Takes a matrix apart.
   *
   * @param lower [n x n], row-major, of which the lower triangle is read
   */
  public SymmetricEigen(double[] lower, int n) {
    this.n = n;
    values = new double[n];
    off = new double[n];
    double[] a = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        a[i * n + j] = lower[i * n + j];
        a[j * n + i] = lower[i * n + j];
      }
    }
    vectors = new double[n * n];
    for (int i = 0; i < n; i++) {
      vectors[i * n + i] = 1;
    }
    tridiagonalize(a);
    iterate();
  }

  /** Eigenvalues, in no particular order; not copied. */
  public double[] values() {
    return values;
  }

  /** Eigenvectors as rows [n x n], orthonormal, in the order of the values; not copied. */
  public double[] vectors() {
    return vectors;
  }

  /**
   * For each column k, H = I - tau v v' with v below row k turns column k into one number beside
   * the diagonal; a becomes H a H, and the rows of {@code vectors} collect H_0 H_1 ... from the
   * last reflection back to the first, when each touches only the part that is not yet the
   * identity.
   */
  private void tridiagonalize(double[] a) {
    double size = 0;
    for (double value : a) {
      size += value * value;
    }
    // Shorter than this a column is rounding, and its square might underflow.
    double negligible = Math.sqrt(size) * 0x1p-60;
    double[] taus = new double[n];
    double[] p = new double[n];
    for (int k = 0; k < n - 2; k++) {
      // Column k equals row k; the reflector is kept in row k from k + 1 on.
      int row = k * n;
      double norm = 0;
      for (int j = k + 1; j < n; j++) {
        norm += a[row + j] * a[row + j];
      }
      norm = Math.sqrt(norm);
      if (norm <= negligible) {
        off[k] = 0;
        continue;
      }
      double alpha = a[row + k + 1] > 0 ? -norm : norm;
      off[k] = alpha;
      a[row + k + 1] -= alpha;
      double square = 0;
      for (int j = k + 1; j < n; j++) {
        square += a[row + j] * a[row + j];
      }
      double tau = 2 / square;
      taus[k] = tau;
      double vp = 0;
      for (int i = k + 1; i < n; i++) {
        double sum = 0;
        for (int j = k + 1; j < n; j++) {
          sum += a[i * n + j] * a[row + j];
        }
        p[i] = tau * sum;
        vp += p[i] * a[row + i];
      }
      double half = tau * vp / 2;
      for (int i = k + 1; i < n; i++) {
        p[i] -= half * a[row + i];
      }
      for (int i = k + 1; i < n; i++) {
        double vi = a[row + i];
        double pi = p[i];
        for (int j = k + 1; j < n; j++) {
          a[i * n + j] -= vi * p[j] + pi * a[row + j];
        }
      }
    }
    for (int i = 0; i < n; i++) {
      values[i] = a[i * n + i];
    }
    if (n > 1) {
      off[n - 2] = a[(n - 2) * n + n - 1];
    }
    for (int k = n - 3; k >= 0; k--) {
      reflect(a, k, taus[k], p);
    }
    transpose();
  }

  /** vectors = H_k vectors, on the block after row and column k. */
  private void reflect(double[] a, int k, double tau, double[] product) {
    if (tau == 0) {
      return;
    }
    int row = k * n;
    for (int j = k + 1; j < n; j++) {
      product[j] = 0;
    }
    for (int i = k + 1; i < n; i++) {
      double vi = a[row + i];
      for (int j = k + 1; j < n; j++) {
        product[j] += vi * vectors[i * n + j];
      }
    }
    for (int i = k + 1; i < n; i++) {
      double scaled = tau * a[row + i];
      for (int j = k + 1; j < n; j++) {
        vectors[i * n + j] -= scaled * product[j];
      }
    }
  }

  private void transpose() {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        double swapped = vectors[i * n + j];
        vectors[i * n + j] = vectors[j * n + i];
        vectors[j * n + i] = swapped;
      }
    }
  }

  /** QL steps on the tridiagonal matrix, each rotation also turning two rows of the vectors. */
  private void iterate() {
    double size = 0;
    for (int i = 0; i < n; i++) {
      size = Math.max(size, Math.abs(values[i]) + Math.abs(off[i]));
    }
    // Below this a number beside the diagonal is rounding: the matrix is known no better.
    double negligible = size * 0x1p-53;
    for (int first = 0; first < n; first++) {
      for (int step = 0; ; step++) {
        int last = first;
        while (last < n - 1 && Math.abs(off[last]) > negligible) {
          last++;
        }
        if (last == first) {
          break;
        }
        if (step == MAX_STEPS) {
          throw new IllegalStateException(
              "eigenvalue " + first + " of " + n + " did not settle in " + MAX_STEPS + " steps");
        }
        chase(first, last);
      }
    }
  }

  private void chase(int first, int last) {
    double g = (values[first + 1] - values[first]) / (2 * off[first]);
    double r = Math.hypot(g, 1);
    g = values[last] - values[first] + off[first] / (g + Math.copySign(r, g));
    double s = 1;
    double c = 1;
    double p = 0;
    for (int i = last - 1; i >= first; i--) {
      double f = s * off[i];
      double b = c * off[i];
      r = Math.hypot(f, g);
      off[i + 1] = r;
      if (r == 0) {
        values[i + 1] -= p;
        off[last] = 0;
        return;
      }
      s = f / r;
      c = g / r;
      g = values[i + 1] - p;
      r = (values[i] - g) * s + 2 * c * b;
      p = s * r;
      values[i + 1] = g + p;
      g = c * r - b;
      rotate(i, c, s);
    }
    values[first] -= p;
    off[first] = g;
    off[last] = 0;
  }

  private void rotate(int i, double c, double s) {
    int low = i * n;
    int high = low + n;
    for (int j = 0; j < n; j++) {
      double x = vectors[low + j];
      double y = vectors[high + j];
      vectors[high + j] = s * x + c * y;
      vectors[low + j] = c * x - s * y;
    }
  }
}
