package dev.kindred.engine.related;

import java.util.Arrays;
import java.util.Locale;

/**
 * What a cosine of a channel is worth: log-odds = slope cosine + intercept, between "two items of
 * one user" and "items of two users" in equal numbers, so that 0 tells nothing.
 *
 * <p>Fitted after Platt ("Probabilistic outputs for support vector machines", 1999) with his
 * targets (n+ + 1) / (n+ + 2) and 1 / (n- + 2). A channel that does not separate the two on
 * held-out pairs is inactive and has no say in a merge. Immutable.
 *
 * @param slope change of log-odds from cosine 0 to 1; > 0 where active, else 0
 * @param intercept log-odds at cosine 0; 0 where inactive
 * @param active whether the channel takes part
 * @param note one line: what the fit rests on, or why the channel is switched off
 */
public record Calibration(float slope, float intercept, boolean active, String note) {
  /** Fewer pairs of either kind than this are no basis. */
  static final int MIN_PAIRS = 40;

  /** Held-out slope over its standard error that an active channel needs. */
  private static final double MIN_Z = 3;

  public Calibration {
    boolean finite = Float.isFinite(slope) && Float.isFinite(intercept);
    if (!finite || (active ? slope <= 0 : slope != 0 || intercept != 0)) {
      throw new IllegalArgumentException(
          "a calibration with slope "
              + slope
              + " and intercept "
              + intercept
              + (active
                  ? ": needs finite numbers and a slope above 0"
                  : " is inactive: both must be 0"));
    }
  }

  /** A channel that is left out. */
  public static Calibration inactive(String reason) {
    return new Calibration(0, 0, false, reason);
  }

  /** For {@link Merge#MAX}, which takes cosines as they are. */
  public static Calibration identity() {
    return new Calibration(1, 0, true, "raw cosine");
  }

  /** For a channel that holds log-odds already, such as {@link ItemPrior}. */
  public static Calibration ofLogOdds(String note) {
    return new Calibration(1, 0, true, note);
  }

  /** Log-odds of a cosine. */
  public float logOdds(float cosine) {
    return slope * cosine + intercept;
  }

  /** Probability of a cosine, were both kinds of pairs equally frequent. */
  public float probability(float cosine) {
    return (float) LogisticRegression.sigmoid(logOdds(cosine));
  }

  /**
   * Fits a channel on pairs that its model was not trained on. Pairs of which an item lacks the
   * channel are left out.
   */
  public static Calibration fit(Channel channel, CalibrationPairs pairs) {
    float[] positive = new float[pairs.size()];
    float[] random = new float[pairs.size()];
    int positives = 0;
    int randoms = 0;
    for (int i = 0; i < pairs.size(); i++) {
      if (channel.has(pairs.first(i)) && channel.has(pairs.second(i))) {
        float cosine = channel.cosine(pairs.first(i), pairs.second(i));
        if (pairs.isPositive(i)) {
          positive[positives++] = cosine;
        } else {
          random[randoms++] = cosine;
        }
      }
    }
    String name = channel.objective() + " " + channel.kind().label();
    return fit(name, Arrays.copyOf(positive, positives), Arrays.copyOf(random, randoms));
  }

  /**
   * Fits the cosines of positive and of random pairs, each in random order. Every second pair of a
   * kind is held out from a first fit; if the slope on these does not stand clear of 0 (three
   * standard errors) the channel is switched off. Else all pairs make the final fit.
   *
   * @param name of the channel, for the note
   */
  public static Calibration fit(String name, float[] positive, float[] random) {
    if (Math.min(positive.length, random.length) < MIN_PAIRS) {
      return inactive(
          name
              + " switched off: "
              + positive.length
              + " positive and "
              + random.length
              + " random pairs to calibrate on, needs "
              + MIN_PAIRS
              + " of each");
    }
    LogisticRegression.Fit half = platt(positive, random, 0, 2);
    LogisticRegression.Fit heldOut = platt(positive, random, 1, 2);
    double z = heldOut.coefficient(0) / heldOut.standardError(0);
    if (!(half.coefficient(0) > 0 && z >= MIN_Z)) {
      return inactive(
          String.format(
              Locale.ROOT,
              "%s switched off: it does not tell positive pairs from the others (slope %.2f,"
                  + " standard error %.2f, on %d held-out pairs)",
              name,
              heldOut.coefficient(0),
              heldOut.standardError(0),
              positive.length / 2 + random.length / 2));
    }
    LogisticRegression.Fit all = platt(positive, random, 0, 1);
    float slope = (float) all.coefficient(0);
    float intercept = (float) all.intercept();
    return new Calibration(
        slope,
        intercept,
        true,
        String.format(
            Locale.ROOT,
            "%s: log-odds %.2f cosine %+.2f from %d pairs",
            name,
            slope,
            intercept,
            positive.length + random.length));
  }

  /**
   * Platt's fit of every {@code step}-th pair from {@code first} on, both kinds of equal weight.
   */
  private static LogisticRegression.Fit platt(
      float[] positive, float[] random, int first, int step) {
    int positives = (positive.length - first + step - 1) / step;
    int randoms = (random.length - first + step - 1) / step;
    int rows = positives + randoms;
    double[] x = new double[rows];
    double[] targets = new double[rows];
    double[] weights = new double[rows];
    for (int i = 0; i < rows; i++) {
      boolean isPositive = i < positives;
      x[i] = isPositive ? positive[first + i * step] : random[first + (i - positives) * step];
      targets[i] = isPositive ? (positives + 1.0) / (positives + 2.0) : 1 / (randoms + 2.0);
      weights[i] = rows / 2.0 / (isPositive ? positives : randoms);
    }
    return LogisticRegression.fit(x, rows, 1, targets, weights, 0, new double[0]);
  }
}
