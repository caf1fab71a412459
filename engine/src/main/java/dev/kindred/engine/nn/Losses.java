package dev.kindred.engine.nn;

import dev.kindred.simd.Activations;

/**
 * Losses of a chunk and their gradients by the network's output.
 *
 * <p>Each returns the weighted sum over the chunk, in double precision and row order; gradients are
 * of that sum times {@code scale}, which is 1 / batch size for a mean. Stateless.
 */
public final class Losses {
  private Losses() {}

  /**
   * Cross-entropy of logits: -y log s(z) - (1 - y) log(1 - s(z)), s the logistic function.
   *
   * @param logits [n]
   * @param labels [n], in [0, 1]
   * @param weights [n]
   * @param gradient [n], overwritten; may be the logits' array
   */
  public static double crossEntropy(
      float[] logits, float[] labels, float[] weights, int n, float scale, float[] gradient) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double z = logits[i];
      double small = Math.exp(-Math.abs(z));
      sum += weights[i] * (Math.max(z, 0) - z * labels[i] + Math.log1p(small));
      double p = z >= 0 ? 1 / (1 + small) : small / (1 + small);
      gradient[i] = (float) (scale * weights[i] * (p - labels[i]));
    }
    return sum;
  }

  /**
   * Cross-entropy of probabilities, -y log p - (1 - y) log(1 - p), p kept within [1e-7, 1 - 1e-7].
   * Outside of that range the gradient is that of its end, so a value can find its way back.
   *
   * @param probabilities [n], any number; a raw cosine in the paper's two-tower
   * @param gradient [n], overwritten; may be the probabilities' array
   */
  public static double crossEntropyOfProbability(
      float[] probabilities,
      float[] labels,
      float[] weights,
      int n,
      float scale,
      float[] gradient) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double p =
          Math.clamp((double) probabilities[i], PROBABILITY_EPSILON, 1 - PROBABILITY_EPSILON);
      double y = labels[i];
      // NaN passes through clamp, so a diverged network shows in the sum.
      sum -= weights[i] * (y * Math.log(p) + (1 - y) * Math.log1p(-p));
      gradient[i] = (float) (scale * weights[i] * (p - y) / (p * (1 - p)));
    }
    return sum;
  }

  /** Keras' clipping of probabilities. */
  static final double PROBABILITY_EPSILON = 1e-7;

  /**
   * Cross-entropy of a product of two probabilities, p = s(a) s(b): seen at its place and clicked
   * once seen (Guo et al., "PAL: a position-bias aware learning framework", RecSys 2019, equation
   * 2).
   *
   * @param logits a, [n]
   * @param seenLogits b, [n]
   * @param gradient by a, [n], overwritten; may be the logits' array
   * @param seenGradient by b, [n], overwritten; may be the array of b
   */
  public static double productCrossEntropy(
      float[] logits,
      float[] seenLogits,
      float[] labels,
      float[] weights,
      int n,
      float scale,
      float[] gradient,
      float[] seenGradient) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double a = logits[i];
      double b = seenLogits[i];
      double notA = 1 / (1 + Math.exp(a));
      double notB = 1 / (1 + Math.exp(b));
      double p = (1 - notA) * (1 - notB);
      double notP = Math.max(notA + notB - notA * notB, Double.MIN_NORMAL);
      double y = labels[i];
      double logP = -softplus(-a) - softplus(-b);
      sum -= weights[i] * (y * logP + (1 - y) * Math.log(notP));
      double slope = scale * weights[i] * ((1 - y) * p / notP - y);
      gradient[i] = (float) (slope * notA);
      seenGradient[i] = (float) (slope * notB);
    }
    return sum;
  }

  /** log(1 + exp x) without overflow. */
  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /**
   * Bayesian personalised ranking: -log s(z+ - z-), s the logistic function (Rendle et al., UAI
   * 2009).
   *
   * @param positives scores of the positives, [n]
   * @param negatives score of a negative for each, [n]
   * @param gradient by the positives, [n], overwritten; by the negatives it is minus that; may be
   *     an array of the scores
   */
  public static double bayesianRanking(
      float[] positives, float[] negatives, float[] weights, int n, float scale, float[] gradient) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double ahead = (double) positives[i] - negatives[i];
      sum += weights[i] * softplus(-ahead);
      gradient[i] = (float) (-scale * weights[i] / (1 + Math.exp(ahead)));
    }
    return sum;
  }

  /**
   * Half the squared error: (z - y)^2 / 2.
   *
   * @param gradient [n], overwritten; may be the outputs' array
   */
  public static double squaredError(
      float[] outputs, float[] labels, float[] weights, int n, float scale, float[] gradient) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double error = (double) outputs[i] - labels[i];
      sum += weights[i] * error * error / 2;
      gradient[i] = (float) (scale * weights[i] * error);
    }
    return sum;
  }

  /**
   * Cross-entropy of a softmax over the classes at hand: -log(exp z_t / sum_j exp z_j).
   *
   * <p>With sampled classes the logits must be corrected by -log Q(j) first, Q the probability with
   * which class j gets into the sample (Bengio and Senecal 2008; Yi et al. 2019), or popular
   * classes are pushed down for being drawn often. Classes to leave out have logit {@link
   * #EXCLUDED}.
   *
   * @param logits [rows x columns]; overwritten by the gradient
   * @param targets [rows], the column of each row's true class, from {@code firstTarget} on
   * @param weights [rows], from {@code firstTarget} on
   */
  public static double softmaxCrossEntropy(
      float[] logits,
      int rows,
      int columns,
      int[] targets,
      float[] weights,
      int firstTarget,
      float scale) {
    double sum = 0;
    for (int r = 0; r < rows; r++) {
      int at = r * columns;
      int target = targets[firstTarget + r];
      if (target < 0 || target >= columns) {
        throw new IllegalArgumentException(
            "target class %d of row %d must be in [0, %d)".formatted(target, r, columns));
      }
      Activations.softmax(logits, at, columns);
      float weight = weights[firstTarget + r];
      sum -= weight * Math.log(Math.max(logits[at + target], Float.MIN_NORMAL));
      scale(logits, at, columns, weight * scale);
      logits[at + target] -= weight * scale;
    }
    return sum;
  }

  /**
   * Cosine contrastive loss over the classes at hand: (1 - c_t) + w * the mean over the other
   * classes j of max(0, c_j - m) (Mao et al., CIKM 2021, equation 2). A class to leave out has the
   * cosine {@link #EXCLUDED}; it counts in the mean as one that costs nothing.
   *
   * @param cosines c, [rows x columns]; overwritten by the gradient
   * @param targets [rows], the column of each row's positive, from {@code firstTarget} on
   * @param weights [rows], from {@code firstTarget} on
   * @param margin m
   * @param negativeWeight w
   */
  public static double cosineContrastive(
      float[] cosines,
      int rows,
      int columns,
      int[] targets,
      float[] weights,
      int firstTarget,
      float margin,
      float negativeWeight,
      float scale) {
    double sum = 0;
    float share = negativeWeight / Math.max(1, columns - 1);
    for (int r = 0; r < rows; r++) {
      int at = r * columns;
      int target = at + targets[firstTarget + r];
      float weight = weights[firstTarget + r];
      float positive = cosines[target];
      float slope = weight * scale * share;
      cosines[target] = EXCLUDED;
      double above = 0;
      for (int j = at; j < at + columns; j++) {
        float over = cosines[j] - margin;
        above += Math.max(0, over);
        cosines[j] = over > 0 ? slope : 0;
      }
      sum += weight * (1.0 - positive + share * above);
      cosines[target] = -weight * scale;
    }
    return sum;
  }

  /** The logit of a class that takes no part in a row's softmax. */
  public static final float EXCLUDED = Float.NEGATIVE_INFINITY;

  private static void scale(float[] x, int at, int n, float factor) {
    for (int i = at; i < at + n; i++) {
      x[i] *= factor;
    }
  }
}
