package dev.kindred.engine.eval;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether what is given 30% happens in 30% of the cases: predictions in bins of equal width, and
 * the expected calibration error (Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated
 * Probabilities Using Bayesian Binning", 2015).
 *
 * @param bins those that hold predictions, by rising probability
 * @param error mean over all predictions of the distance between predicted and observed in their
 *     bin: 0 = calibrated
 */
public record Reliability(List<Bin> bins, double error) {
  /**
   * Predictions of about the same probability.
   *
   * @param count how many
   * @param predicted their mean
   * @param observed the share that happened
   */
  public record Bin(int count, double predicted, double observed) {}

  public Reliability {
    bins = List.copyOf(bins);
  }

  /**
   * Sorts predictions into bins.
   *
   * @param probability in [0, 1], one per example
   * @param bins their number, at least 1; 1.0 belongs to the last
   */
  public static Reliability of(float[] probability, boolean[] happened, int bins) {
    Predictions.check(probability, happened);
    if (bins < 1) {
      throw new IllegalArgumentException("the number of bins is " + bins + ", must be at least 1");
    }
    int[] counts = new int[bins];
    double[] predicted = new double[bins];
    int[] observed = new int[bins];
    for (int i = 0; i < probability.length; i++) {
      int bin = Math.min(bins - 1, (int) (probability[i] * bins));
      counts[bin]++;
      predicted[bin] += probability[i];
      observed[bin] += happened[i] ? 1 : 0;
    }
    List<Bin> filled = new ArrayList<>();
    double error = 0;
    for (int b = 0; b < bins; b++) {
      if (counts[b] > 0) {
        filled.add(new Bin(counts[b], predicted[b] / counts[b], (double) observed[b] / counts[b]));
        error += Math.abs(predicted[b] - observed[b]) / probability.length;
      }
    }
    return new Reliability(filled, error);
  }
}
