package dev.kindred.engine.eval;

/**
 * How good predicted probabilities and values are, one by one; for orders see {@link Auc} and
 * {@link RankingMetrics}. Stateless.
 */
public final class Predictions {
  /** Probabilities are kept this far from 0 and 1, or one sure mistake would cost infinitely. */
  private static final double EDGE = 1e-7;

  private Predictions() {}

  /**
   * Mean of -ln of the probability given to what came.
   *
   * @param probability in [0, 1], one per example; taken as at least 1e-7 away from both ends
   * @throws IllegalArgumentException if there are no examples or one is no probability
   */
  public static double logLoss(float[] probability, boolean[] happened) {
    check(probability, happened);
    double sum = 0;
    for (int i = 0; i < probability.length; i++) {
      double p = Math.min(Math.max(probability[i], EDGE), 1 - EDGE);
      sum -= Math.log(happened[i] ? p : 1 - p);
    }
    return sum / probability.length;
  }

  /**
   * Root of the mean squared error of probabilities, the root of Brier's score.
   *
   * @throws IllegalArgumentException if there are no examples or one is no probability
   */
  public static double rmse(float[] probability, boolean[] happened) {
    check(probability, happened);
    double sum = 0;
    for (int i = 0; i < probability.length; i++) {
      double error = probability[i] - (happened[i] ? 1 : 0);
      sum += error * error;
    }
    return Math.sqrt(sum / probability.length);
  }

  /**
   * Root of the mean squared error of values.
   *
   * @throws IllegalArgumentException if there are no examples or their numbers differ
   */
  public static double rmse(float[] predicted, float[] actual) {
    if (predicted.length != actual.length || predicted.length == 0) {
      throw new IllegalArgumentException(
          predicted.length
              + " predictions and "
              + actual.length
              + " values; give one prediction per value, at least one");
    }
    double sum = 0;
    for (int i = 0; i < predicted.length; i++) {
      double error = (double) predicted[i] - actual[i];
      sum += error * error;
    }
    return Math.sqrt(sum / predicted.length);
  }

  static void check(float[] probability, boolean[] happened) {
    if (probability.length != happened.length || probability.length == 0) {
      throw new IllegalArgumentException(
          probability.length
              + " probabilities and "
              + happened.length
              + " labels; give one probability per label, at least one");
    }
    for (int i = 0; i < probability.length; i++) {
      if (!(probability[i] >= 0 && probability[i] <= 1)) {
        throw new IllegalArgumentException(
            "probability " + i + " is " + probability[i] + ", must be in [0, 1]");
      }
    }
  }
}
