package dev.kindred.engine.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossesTest {
  private static final float[] LABELS = {1, 0, 0.3f, 1, 0};
  private static final float[] WEIGHTS = {1, 2, 0.5f, 3, 0};

  private interface Loss {
    double of(float[] x, float[] gradient);
  }

  private static void check(float[] x, Loss loss, float scale) {
    float[] gradient = new float[x.length];
    loss.of(x, gradient);
    for (int i = 0; i < x.length; i++) {
      float[] moved = x.clone();
      float step = 2e-3f;
      moved[i] = x[i] + step;
      float above = moved[i];
      double up = loss.of(moved, new float[x.length]);
      moved[i] = x[i] - step;
      double down = loss.of(moved, new float[x.length]);
      double difference = (up - down) / (above - moved[i]) * scale;
      assertEquals(difference, gradient[i], 1e-3 * Math.max(1, Math.abs(difference)), "at " + i);
    }
  }

  @Test
  void crossEntropyHasItsGradient() {
    float[] x = {0.3f, -1.2f, 4, -3, 0};
    check(x, (z, g) -> Losses.crossEntropy(z, LABELS, WEIGHTS, 5, 0.25f, g), 0.25f);
  }

  @Test
  void crossEntropyEqualsTheHandWorkedCaseAndStaysFiniteForHugeLogits() {
    float[] ones = {1, 1, 1};
    double loss =
        Losses.crossEntropy(
            new float[] {0, 100, -100}, new float[] {1, 0, 0}, ones, 3, 1, new float[3]);
    assertEquals(Math.log(2) + 100, loss, 1e-5);
  }

  @Test
  void crossEntropyOfProbabilitiesHasItsGradient() {
    float[] x = {0.3f, 0.9f, 0.5f, 0.05f, 0.4f};
    check(x, (z, g) -> Losses.crossEntropyOfProbability(z, LABELS, WEIGHTS, 5, 2, g), 2);
  }

  @Test
  void crossEntropyOfProbabilitiesPullsBackWhatLiesOutside() {
    float[] gradient = new float[2];
    double loss =
        Losses.crossEntropyOfProbability(
            new float[] {-0.5f, 1.5f}, new float[] {1, 0}, new float[] {1, 1}, 2, 1, gradient);
    assertEquals(2 * -Math.log(1e-7), loss, 1e-3);
    assertTrue(gradient[0] < 0 && gradient[1] > 0);
  }

  @Test
  void squaredErrorHasItsGradient() {
    float[] x = {0.3f, -1.2f, 4, -3, 0};
    check(x, (z, g) -> Losses.squaredError(z, LABELS, WEIGHTS, 5, 0.5f, g), 0.5f);
  }

  @Test
  void softmaxCrossEntropyHasItsGradient() {
    float[] x = new float[12];
    Draws draws = Draws.of(3, "x");
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) draws.nextGaussian();
    }
    int[] targets = {9, 3, 0, 1};
    float[] weights = {9, 1, 2, 0.5f};
    check(
        x,
        (z, g) -> {
          System.arraycopy(z, 0, g, 0, z.length);
          return Losses.softmaxCrossEntropy(g, 3, 4, targets, weights, 1, 0.5f);
        },
        0.5f);
  }

  @Test
  void anExcludedClassTakesNoPart() {
    float[] x = {1, 2, Losses.EXCLUDED};
    double loss = Losses.softmaxCrossEntropy(x, 1, 3, new int[] {0}, new float[] {1}, 0, 1);
    assertEquals(Math.log(1 + Math.E), loss, 1e-5);
    assertEquals(0, x[2]);
  }

  @Test
  void cosineContrastiveLossHasItsGradient() {
    // No cosine is near the margin, where the loss has a corner.
    float[] x = {0.9f, 0.1f, 0.6f, -0.2f, 0.3f, 0.7f, 0.8f, -0.9f, -0.5f, 0.55f, 0.2f, 0.65f};
    int[] targets = {9, 3, 0, 1};
    float[] weights = {9, 1, 2, 0.5f};
    check(
        x,
        (z, g) -> {
          System.arraycopy(z, 0, g, 0, z.length);
          return Losses.cosineContrastive(g, 3, 4, targets, weights, 1, 0.4f, 6, 0.5f);
        },
        0.5f);
  }

  @Test
  void cosineContrastiveLossEqualsTheHandWorkedCase() {
    float[] x = {0.75f, 0.5f, 0.25f, Losses.EXCLUDED, 1};
    double loss =
        Losses.cosineContrastive(x, 1, 5, new int[] {0}, new float[] {2}, 0, 0.375f, 8, 0.5f);
    // 2 * (1 - .75 + 8 * (.125 + 0 + 0 + .625) / 4)
    assertEquals(3.5, loss, 1e-6);
    assertArrayEquals(new float[] {-1, 2, 0, 0, 2}, x);
  }

  @Test
  void bayesianRankingHasItsGradient() {
    float[] x = {0.3f, -1.2f, 4, -3, 0};
    float[] negatives = {0.1f, 2, -1, 0.5f, 0};
    check(x, (z, g) -> Losses.bayesianRanking(z, negatives, WEIGHTS, 5, 0.5f, g), 0.5f);
  }

  @Test
  void productOfProbabilitiesHasItsGradientsAndStaysFinite() {
    float[] x = {0.3f, -1.2f, 4, -3, 0};
    float[] seen = {-1, 0.4f, 2, 1, 3};
    float[] other = new float[5];
    check(
        x, (z, g) -> Losses.productCrossEntropy(z, seen, LABELS, WEIGHTS, 5, 0.5f, g, other), 0.5f);
    check(
        seen, (z, g) -> Losses.productCrossEntropy(x, z, LABELS, WEIGHTS, 5, 0.5f, other, g), 0.5f);
    float[] one = {1, 1};
    float[] huge = {100, -100};
    float[] gradient = new float[2];
    double loss =
        Losses.productCrossEntropy(
            huge, huge, new float[] {0, 1}, one, 2, 1, gradient, new float[2]);
    // 1 - s(100)^2 is 2 exp -100 but for a part too small to matter.
    assertEquals(100 - Math.log(2) + 200, loss, 1e-3);
    assertEquals(1, gradient[0] * 2, 1e-3);
  }

  @Test
  void notANumberShowsInEveryLoss() {
    float[] nan = {Float.NaN};
    float[] one = {1};
    assertTrue(Double.isNaN(Losses.crossEntropy(nan, one, one, 1, 1, new float[1])));
    assertTrue(Double.isNaN(Losses.crossEntropyOfProbability(nan, one, one, 1, 1, new float[1])));
    assertTrue(Double.isNaN(Losses.squaredError(nan, one, one, 1, 1, new float[1])));
    assertTrue(
        Double.isNaN(
            Losses.softmaxCrossEntropy(new float[] {0, Float.NaN}, 1, 2, new int[1], one, 0, 1)));
    assertTrue(
        Double.isNaN(
            Losses.cosineContrastive(
                new float[] {0, Float.NaN}, 1, 2, new int[1], one, 0, 0, 1, 1)));
  }

  /**
   * The gradient of sampled softmax with the log-Q correction is in expectation close to that of
   * the full softmax; without it popular classes are pushed down for being drawn often.
   */
  @Test
  void correctedSampledSoftmaxFollowsTheFullOne() {
    int classes = 1000;
    int sample = 400;
    float[] scores = new float[classes];
    double[] q = new double[classes];
    Draws draws = Draws.of(5, "scores");
    double total = 0;
    for (int j = 0; j < classes; j++) {
      scores[j] = (float) draws.nextGaussian();
      q[j] = 1.0 / (j + 3);
      total += q[j];
    }
    double[] cumulative = new double[classes];
    for (int j = 0; j < classes; j++) {
      q[j] /= total;
      cumulative[j] = (j == 0 ? 0 : cumulative[j - 1]) + q[j];
    }
    int target = 57;
    float[] full = scores.clone();
    Losses.softmaxCrossEntropy(full, 1, classes, new int[] {target}, new float[] {1}, 0, 1);
    double[][] means = new double[2][classes];
    int trials = 2000;
    for (int trial = 0; trial < trials; trial++) {
      int[] drawn = new int[sample + 1];
      float[][] logits = new float[2][sample + 1];
      drawn[0] = target;
      logits[0][0] = scores[target];
      logits[1][0] = scores[target];
      for (int i = 1; i <= sample; i++) {
        int j;
        do {
          j = drawn(cumulative, draws);
        } while (j == target);
        drawn[i] = j;
        logits[0][i] = (float) (scores[j] - Math.log(sample * q[j] / (1 - q[target])));
        logits[1][i] = scores[j];
      }
      for (int way = 0; way < 2; way++) {
        Losses.softmaxCrossEntropy(logits[way], 1, sample + 1, new int[1], new float[] {1}, 0, 1);
        for (int i = 0; i <= sample; i++) {
          means[way][drawn[i]] += logits[way][i] / trials;
        }
      }
    }
    double corrected = 0;
    double raw = 0;
    for (int j = 0; j < classes; j++) {
      corrected += Math.abs(means[0][j] - full[j]);
      raw += Math.abs(means[1][j] - full[j]);
    }
    assertTrue(corrected < 0.1, "corrected gradient is off by " + corrected);
    assertTrue(raw > 4 * corrected, "raw is off by " + raw + ", corrected by " + corrected);
    assertTrue(means[1][0] > 2 * full[0], "without correction the top class is pushed down");
  }

  private static int drawn(double[] cumulative, Draws draws) {
    int at = Arrays.binarySearch(cumulative, draws.nextDouble());
    return Math.min(at < 0 ? -at - 1 : at, cumulative.length - 1);
  }

  /**
   * A thousand classes with a logit each, trained on targets drawn by popularity: the full softmax
   * ends at the log of the popularity. So does the sampled one with correction; without, popular
   * classes come out too low.
   */
  @Test
  void trainedOnSamplesTheLogitsOfAThousandClassesRankAsWithTheFullSoftmax() {
    int classes = 1000;
    double[] popularity = new double[classes];
    double[] cumulative = new double[classes];
    double total = 0;
    for (int j = 0; j < classes; j++) {
      popularity[j] = 1.0 / (j + 10);
      total += popularity[j];
    }
    for (int j = 0; j < classes; j++) {
      popularity[j] /= total;
      cumulative[j] = (j == 0 ? 0 : cumulative[j - 1]) + popularity[j];
    }
    double[] corrected = trained(popularity, cumulative, 1);
    double[] raw = trained(popularity, cumulative, 0);
    // From the most popular ten to the hundred in the middle the log popularity falls by 3.6.
    double span = Math.log(popularity[5]) - Math.log(popularity[550]);
    assertEquals(span, mean(corrected, 0, 10) - mean(corrected, 500, 600), 0.5);
    assertTrue(mean(raw, 0, 10) - mean(raw, 500, 600) < span / 2, "popular ones are pushed down");
    for (int from = 0; from < 900; from += 100) {
      assertTrue(mean(corrected, from, from + 100) > mean(corrected, from + 100, from + 200));
    }
    // Neighbours differ by less than the noise of training: almost 1, and almost 0 without.
    double inOrder = rankCorrelation(corrected);
    assertTrue(inOrder > 0.93, "ranks of the corrected logits agree by " + inOrder);
    double uncorrected = rankCorrelation(raw);
    assertTrue(uncorrected < 0.3, "ranks of the raw logits agree by " + uncorrected);
  }

  /** Spearman's: of the classes' logits and their popularity, which falls from class to class. */
  private static double rankCorrelation(double[] logits) {
    List<Integer> order = new ArrayList<>();
    for (int j = 0; j < logits.length; j++) {
      order.add(j);
    }
    order.sort(Comparator.comparingDouble(j -> -logits[j]));
    double squares = 0;
    for (int place = 0; place < logits.length; place++) {
      double apart = place - order.get(place);
      squares += apart * apart;
    }
    double n = logits.length;
    return 1 - 6 * squares / (n * (n * n - 1));
  }

  private static double mean(double[] values, int from, int to) {
    return Arrays.stream(values, from, to).average().orElseThrow();
  }

  /** Logits after Adagrad steps on batches of targets, each against 100 drawn classes. */
  private static double[] trained(double[] popularity, double[] cumulative, double correction) {
    int classes = popularity.length;
    int batch = 32;
    int columns = 101;
    double[] z = new double[classes];
    double[] squares = new double[classes];
    Arrays.fill(squares, 1e-3);
    Draws draws = Draws.of(11, "trained");
    float[] logits = new float[columns];
    int[] shown = new int[columns];
    for (int step = 0; step < 4000; step++) {
      double[] gradient = new double[classes];
      for (int r = 0; r < batch; r++) {
        shown[0] = drawn(cumulative, draws);
        logits[0] = (float) z[shown[0]];
        for (int i = 1; i < columns; i++) {
          int j = drawn(cumulative, draws);
          shown[i] = j;
          double expected = (columns - 1) * popularity[j];
          logits[i] =
              j == shown[0] ? Losses.EXCLUDED : (float) (z[j] - correction * Math.log(expected));
        }
        Losses.softmaxCrossEntropy(logits, 1, columns, new int[1], new float[] {1}, 0, 1f / batch);
        for (int i = 0; i < columns; i++) {
          gradient[shown[i]] += logits[i];
        }
      }
      for (int j = 0; j < classes; j++) {
        squares[j] += gradient[j] * gradient[j];
        z[j] -= 0.1 * gradient[j] / Math.sqrt(squares[j]);
      }
    }
    return z;
  }
}
