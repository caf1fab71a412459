package dev.kindred.engine.als;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindred.engine.data.Interactions;

/**
 * The conventions written out over every pair, dense and in doubles, from the formulas of each
 * source and not from {@link Weighting}: confidence c and preference p for SPARK, IMPLICIT and LOG.
 */
final class DenseReference {
  private DenseReference() {}

  static double score(AlsModel model, int user, int item) {
    double sum = 0;
    for (int k = 0; k < model.rank(); k++) {
      sum +=
          (double) model.userFactors()[user * model.rank() + k]
              * model.itemFactors()[item * model.rank() + k];
    }
    return sum;
  }

  /** Weight and target of the two squares that a pair has: {c1, p1, c2, p2}. */
  private static double[] terms(double r, double share, AlsOptions o) {
    double p = r > 0 ? 1 : 0;
    double size = Math.abs(r);
    return switch (o.convention()) {
      case SPARK -> new double[] {1 + o.alpha() * size, p, 0, 0};
      case IMPLICIT -> new double[] {r == 0 ? 1 : o.alpha() * size, p, 0, 0};
      case LOG -> new double[] {1 + o.alpha() * Math.log(1 + size), p, 0, 0};
      case IALS -> new double[] {share * o.alpha() * size, p, o.unobservedWeight(), 0};
    };
  }

  private static double lambda(int positives, int others, AlsOptions o) {
    return switch (o.convention()) {
      case SPARK -> o.regularization() * positives;
      case IMPLICIT, LOG -> o.regularization();
      case IALS ->
          o.regularization()
              * Math.pow(positives + o.unobservedWeight() * others, o.frequencyExponent());
    };
  }

  private static double[][] dense(Interactions data) {
    double[][] r = new double[data.rows()][data.columns()];
    for (int u = 0; u < data.rows(); u++) {
      for (long i = data.start(u); i < data.end(u); i++) {
        r[u][data.column(i)] = data.value(i);
      }
    }
    return r;
  }

  /** count^-exponent over entries, scaled so that the mean entry has 1. */
  private static double[] shares(double[][] r, AlsOptions o) {
    double[] shares = new double[r[0].length];
    double sum = 0;
    double entries = 0;
    for (int i = 0; i < shares.length; i++) {
      int count = 0;
      for (double[] row : r) {
        count += row[i] != 0 ? 1 : 0;
      }
      shares[i] = count == 0 ? 1 : Math.pow(count, -o.popularityExponent());
      sum += count * shares[i];
      entries += count;
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] *= entries / sum;
    }
    return shares;
  }

  static double loss(Interactions data, AlsModel model, AlsOptions o) {
    double[][] r = dense(data);
    double[] shares = shares(r, o);
    int users = data.rows();
    int items = data.columns();
    double loss = 0;
    int[] itemCount = new int[items];
    for (int u = 0; u < users; u++) {
      int count = 0;
      for (int i = 0; i < items; i++) {
        double x = score(model, u, i);
        double[] t = terms(r[u][i], shares[i], o);
        loss += t[0] * (t[1] - x) * (t[1] - x) + t[2] * (t[3] - x) * (t[3] - x);
        if (r[u][i] > 0) {
          count++;
          itemCount[i]++;
        }
      }
      loss += lambda(count, items, o) * norm(model.userFactors(), u, model.rank());
    }
    for (int i = 0; i < items; i++) {
      loss += lambda(itemCount[i], users, o) * norm(model.itemFactors(), i, model.rank());
    }
    return loss;
  }

  private static double norm(float[] factors, int row, int rank) {
    double sum = 0;
    for (int k = row * rank; k < (row + 1) * rank; k++) {
      sum += (double) factors[k] * factors[k];
    }
    return sum;
  }

  /** Every item's factor is what a dense solve against the users' factors gives. */
  static void assertItemsSolve(Interactions data, AlsModel model, AlsOptions o, double tolerance) {
    double[][] r = dense(data);
    double[] shares = shares(r, o);
    int d = model.rank();
    for (int i = 0; i < data.columns(); i++) {
      double[][] a = new double[d][d + 1];
      int count = 0;
      for (int u = 0; u < data.rows(); u++) {
        double[] t = terms(r[u][i], shares[i], o);
        count += r[u][i] > 0 ? 1 : 0;
        for (int j = 0; j < d; j++) {
          double x = model.userFactors()[u * d + j];
          for (int k = 0; k < d; k++) {
            a[j][k] += (t[0] + t[2]) * x * model.userFactors()[u * d + k];
          }
          a[j][d] += t[0] * t[1] * x;
        }
      }
      for (int j = 0; j < d; j++) {
        a[j][j] += lambda(count, data.rows(), o);
      }
      double[] expected = count == 0 ? new double[d] : eliminate(a);
      double scale = 0;
      for (double e : expected) {
        scale = Math.max(scale, Math.abs(e));
      }
      for (int j = 0; j < d; j++) {
        assertEquals(
            expected[j],
            model.itemFactors()[i * d + j],
            tolerance * scale,
            o.convention() + ", alpha " + o.alpha() + ", item " + i + ", factor " + j);
      }
    }
  }

  /** Gauss with column pivots. */
  private static double[] eliminate(double[][] a) {
    int n = a.length;
    for (int c = 0; c < n; c++) {
      int pivot = c;
      for (int r = c + 1; r < n; r++) {
        if (Math.abs(a[r][c]) > Math.abs(a[pivot][c])) {
          pivot = r;
        }
      }
      double[] swapped = a[c];
      a[c] = a[pivot];
      a[pivot] = swapped;
      for (int r = c + 1; r < n; r++) {
        double f = a[r][c] / a[c][c];
        for (int k = c; k <= n; k++) {
          a[r][k] -= f * a[c][k];
        }
      }
    }
    double[] x = new double[n];
    for (int r = n - 1; r >= 0; r--) {
      x[r] = a[r][n];
      for (int k = r + 1; k < n; k++) {
        x[r] -= a[r][k] * x[k];
      }
      x[r] /= a[r][r];
    }
    return x;
  }
}
