package dev.kindred.engine.related;

import java.util.Arrays;
import java.util.Objects;

/**
 * Ridge logistic regression by Newton's method with step halving, in double precision.
 *
 * <p>Minimises sum_r weight_r * crossEntropy(target_r, sigmoid(intercept + x_r . b)) + ridge/2
 * |b|^2. The intercept is not penalised. Meant for few columns (tens): each iteration costs rows x
 * columns^2. Static; results are immutable.
 */
final class LogisticRegression {
  private static final int MAX_ITERATIONS = 100;
  private static final int MAX_HALVINGS = 30;

  private LogisticRegression() {}

  /** A fitted model. Immutable; the arrays are owned by it. */
  static final class Fit {
    private final double[] parameters; // coefficients, then the intercept
    private final double[] standardErrors;
    private final double loss;

    private Fit(double[] parameters, double[] standardErrors, double loss) {
      this.parameters = parameters;
      this.standardErrors = standardErrors;
      this.loss = loss;
    }

    double coefficient(int column) {
      return parameters[Objects.checkIndex(column, parameters.length - 1)];
    }

    double intercept() {
      return parameters[parameters.length - 1];
    }

    /** Square root of the diagonal of the inverse Hessian, the usual large-sample error. */
    double standardError(int column) {
      return standardErrors[Objects.checkIndex(column, parameters.length - 1)];
    }

    /** The minimised sum, penalty included. */
    double loss() {
      return loss;
    }
  }

  /**
   * Fits a model.
   *
   * @param x features [rows x columns], row-major
   * @param targets [rows], each in [0, 1]
   * @param weights [rows], each >= 0
   * @param ridge penalty, >= 0; with 0 separable data has no minimum, and the fit is where the
   *     iterations end, far out but finite
   * @param start parameters to begin from (coefficients, then intercept), or an empty array
   */
  static Fit fit(
      double[] x,
      int rows,
      int columns,
      double[] targets,
      double[] weights,
      double ridge,
      double[] start) {
    Objects.checkFromIndexSize(0, Math.multiplyExact(rows, columns), x.length);
    Objects.checkFromIndexSize(0, rows, targets.length);
    Objects.checkFromIndexSize(0, rows, weights.length);
    int n = columns + 1;
    double[] parameters = start.length == 0 ? new double[n] : Arrays.copyOf(start, n);
    double[] gradient = new double[n];
    double[] hessian = new double[n * n];
    double[] step = new double[n];
    double[] trial = new double[n];
    double loss = loss(x, rows, columns, targets, weights, ridge, parameters);
    for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
      derivatives(x, rows, columns, targets, weights, ridge, parameters, gradient, hessian);
      factor(hessian, n);
      System.arraycopy(gradient, 0, step, 0, n);
      solve(hessian, n, step);
      double scale = 1;
      double next = Double.POSITIVE_INFINITY;
      for (int halving = 0; halving < MAX_HALVINGS; halving++, scale /= 2) {
        for (int j = 0; j < n; j++) {
          trial[j] = parameters[j] - scale * step[j];
        }
        next = loss(x, rows, columns, targets, weights, ridge, trial);
        if (next <= loss) {
          break;
        }
      }
      if (!(next <= loss)) {
        break; // no step lowers the loss: at the minimum up to rounding
      }
      double largest = 0;
      for (int j = 0; j < n; j++) {
        largest = Math.max(largest, Math.abs(trial[j] - parameters[j]) / (1 + Math.abs(trial[j])));
      }
      System.arraycopy(trial, 0, parameters, 0, n);
      loss = next;
      if (largest < 1e-10) {
        break;
      }
    }
    derivatives(x, rows, columns, targets, weights, ridge, parameters, gradient, hessian);
    factor(hessian, n);
    double[] errors = new double[columns];
    for (int j = 0; j < columns; j++) {
      Arrays.fill(step, 0);
      step[j] = 1;
      solve(hessian, n, step);
      errors[j] = Math.sqrt(Math.max(0, step[j]));
    }
    return new Fit(parameters, errors, loss);
  }

  private static double loss(
      double[] x,
      int rows,
      int columns,
      double[] targets,
      double[] weights,
      double ridge,
      double[] parameters) {
    double sum = 0;
    for (int r = 0; r < rows; r++) {
      double z = margin(x, r, columns, parameters);
      // log(1 + e^z) - t z, written so that neither sign of z overflows
      sum += weights[r] * (Math.max(z, 0) - targets[r] * z + Math.log1p(Math.exp(-Math.abs(z))));
    }
    double penalty = 0;
    for (int j = 0; j < columns; j++) {
      penalty += parameters[j] * parameters[j];
    }
    return sum + ridge / 2 * penalty;
  }

  private static void derivatives(
      double[] x,
      int rows,
      int columns,
      double[] targets,
      double[] weights,
      double ridge,
      double[] parameters,
      double[] gradient,
      double[] hessian) {
    int n = columns + 1;
    Arrays.fill(gradient, 0);
    Arrays.fill(hessian, 0);
    for (int r = 0; r < rows; r++) {
      double p = sigmoid(margin(x, r, columns, parameters));
      double first = weights[r] * (p - targets[r]);
      double second = weights[r] * p * (1 - p);
      int row = r * columns;
      for (int j = 0; j < columns; j++) {
        double xj = x[row + j];
        gradient[j] += first * xj;
        double scaled = second * xj;
        for (int l = 0; l <= j; l++) {
          hessian[j * n + l] += scaled * x[row + l];
        }
        hessian[columns * n + j] += scaled;
      }
      gradient[columns] += first;
      hessian[columns * n + columns] += second;
    }
    for (int j = 0; j < columns; j++) {
      gradient[j] += ridge * parameters[j];
      hessian[j * n + j] += ridge;
    }
  }

  private static double margin(double[] x, int r, int columns, double[] parameters) {
    double z = parameters[columns];
    for (int j = 0, i = r * columns; j < columns; j++, i++) {
      z += x[i] * parameters[j];
    }
    return z;
  }

  static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  /**
   * Cholesky in place, lower triangle; a pivot that vanished is lifted so that the step stays
   * finite.
   */
  private static void factor(double[] a, int n) {
    double largest = 0;
    for (int j = 0; j < n; j++) {
      largest = Math.max(largest, a[j * n + j]);
    }
    double least = Math.max(largest * 1e-14, Double.MIN_NORMAL);
    for (int j = 0; j < n; j++) {
      for (int i = j; i < n; i++) {
        double sum = a[i * n + j];
        for (int l = 0; l < j; l++) {
          sum -= a[i * n + l] * a[j * n + l];
        }
        a[i * n + j] = i == j ? Math.sqrt(Math.max(sum, least)) : sum / a[j * n + j];
      }
    }
  }

  private static void solve(double[] l, int n, double[] b) {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        b[i] -= l[i * n + j] * b[j];
      }
      b[i] /= l[i * n + i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int j = i + 1; j < n; j++) {
        b[i] -= l[j * n + i] * b[j];
      }
      b[i] /= l[i * n + i];
    }
  }
}
