package dev.kindred.engine.related;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LogisticRegressionTest {
  private static double logit(double p) {
    return Math.log(p / (1 - p));
  }

  private static double[] ones(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Test
  void withoutFeaturesTheInterceptIsTheLogitOfTheMean() {
    double[] targets = {1, 0, 0, 0};
    var fit = LogisticRegression.fit(new double[0], 4, 0, targets, ones(4), 0, new double[0]);
    assertEquals(logit(0.25), fit.intercept(), 1e-9);
  }

  @Test
  void oneBinaryFeatureHasAClosedForm() {
    // 100 rows of each group as two weighted rows: 30% and 80% positive
    double[] x = {0, 0, 1, 1};
    double[] targets = {1, 0, 1, 0};
    double[] weights = {30, 70, 80, 20};
    var fit = LogisticRegression.fit(x, 4, 1, targets, weights, 0, new double[0]);
    assertEquals(logit(0.3), fit.intercept(), 1e-9);
    assertEquals(logit(0.8) - logit(0.3), fit.coefficient(0), 1e-9);
    double error = Math.sqrt(1 / (100 * 0.3 * 0.7) + 1 / (100 * 0.8 * 0.2));
    assertEquals(error, fit.standardError(0), 1e-9);
  }

  /** Hours of study and exams passed, an often printed example with a known fit. */
  @Test
  void hoursOfStudyGiveThePublishedFit() {
    double[] hours = {
      0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5,
      5.5
    };
    double[] passed = {0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1};
    var fit = LogisticRegression.fit(hours, 20, 1, passed, ones(20), 0, new double[0]);
    assertEquals(1.5046, fit.coefficient(0), 5e-5);
    assertEquals(-4.0777, fit.intercept(), 5e-5);
    assertEquals(8.02988, fit.loss(), 5e-6);
    assertEquals(0.6287, fit.standardError(0), 5e-5);
  }

  @Test
  void theGradientVanishesAtTheFitWhateverTheRidge() {
    int rows = 200;
    int columns = 3;
    Draws draws = Draws.of(1, "logistic-test");
    double[] x = new double[rows * columns];
    double[] targets = new double[rows];
    double[] weights = new double[rows];
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < columns; j++) {
        x[r * columns + j] = draws.nextGaussian();
      }
      targets[r] = draws.nextDouble();
      weights[r] = draws.nextDouble();
    }
    for (double ridge : new double[] {0, 0.5, 30}) {
      var fit = LogisticRegression.fit(x, rows, columns, targets, weights, ridge, new double[0]);
      double[] gradient = new double[columns + 1];
      for (int r = 0; r < rows; r++) {
        double z = fit.intercept();
        for (int j = 0; j < columns; j++) {
          z += x[r * columns + j] * fit.coefficient(j);
        }
        double residual = weights[r] * (LogisticRegression.sigmoid(z) - targets[r]);
        for (int j = 0; j < columns; j++) {
          gradient[j] += residual * x[r * columns + j];
        }
        gradient[columns] += residual;
      }
      for (int j = 0; j < columns; j++) {
        assertEquals(0, gradient[j] + ridge * fit.coefficient(j), 1e-6, "ridge " + ridge);
      }
      assertEquals(0, gradient[columns], 1e-6, "ridge " + ridge);
    }
  }

  @Test
  void aStartNearOrFarLeadsToTheSameFit() {
    double[] x = {0, 1, 2, 3, 4, 5};
    double[] targets = {0, 1, 0, 1, 0, 1};
    var cold = LogisticRegression.fit(x, 6, 1, targets, ones(6), 0.1, new double[0]);
    var far = LogisticRegression.fit(x, 6, 1, targets, ones(6), 0.1, new double[] {40, -90});
    assertEquals(cold.coefficient(0), far.coefficient(0), 1e-8);
  }

  @Test
  void separableDataStayFiniteAndAConstantColumnDoesNoHarm() {
    double[] x = {0, 1, 1, 1};
    var separable =
        LogisticRegression.fit(x, 4, 1, new double[] {0, 1, 1, 1}, ones(4), 0, new double[0]);
    assertTrue(Double.isFinite(separable.coefficient(0)));
    assertTrue(separable.intercept() < -10, "tells the classes apart");
    assertTrue(separable.intercept() + separable.coefficient(0) > 10, "tells the classes apart");
    double[] constant = {2, 2, 2, 2};
    var flat =
        LogisticRegression.fit(
            constant, 4, 1, new double[] {0, 1, 0, 1}, ones(4), 1, new double[0]);
    assertEquals(0, flat.coefficient(0), 1e-6);
    assertFalse(Double.isNaN(flat.intercept()));
  }
}
