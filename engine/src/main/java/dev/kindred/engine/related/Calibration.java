package dev.kindred.engine.related;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What a cosine of a channel is worth: log-odds = slope cosine + intercept, between "two items of
 * one user" and "items of two users" in equal numbers, so that 0 tells nothing.
 *
 * <p>Fitted after Platt ("Probabilistic outputs for support vector machines", 1999) with his
 * targets (n+ + 1) / (n+ + 2) and 1 / (n- + 2), or, with a curve, by isotonic regression. A channel
 * that does not separate the two on held-out pairs is inactive and has no say in a merge.
 * Immutable.
 *
 * @param slope change of log-odds from cosine 0 to 1; > 0 where active, else 0
 * @param intercept log-odds at cosine 0; 0 where inactive
 * @param active whether the channel takes part
 * @param curve in place of slope and intercept, which are then the nearest line to it
 * @param presence what a target without the channel counts
 * @param note one line: what the fit rests on, or why the channel is switched off
 */
public record Calibration(
    float slope,
    float intercept,
    boolean active,
    Optional<IsotonicCurve> curve,
    Presence presence,
    String note) {
  /** How a channel is calibrated. */
  public enum Method {
    /** A line: the score stays one inner product, and few pairs are enough. */
    PLATT,
    /** Any rising curve. */
    ISOTONIC
  }

  /** Fewer pairs of either kind than this are no basis. */
  static final int MIN_PAIRS = 40;

  /** Held-out slope over its standard error that an active channel needs. */
  private static final double MIN_Z = 3;

  public Calibration {
    Objects.requireNonNull(curve, "curve");
    Objects.requireNonNull(presence, "presence");
    Objects.requireNonNull(note, "note");
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

  /** By a line, where an absent channel tells nothing. */
  public Calibration(float slope, float intercept, boolean active, String note) {
    this(slope, intercept, active, Optional.empty(), Presence.NEUTRAL, note);
  }

  /** The same with another presence term. */
  public Calibration withPresence(Presence value) {
    return new Calibration(slope, intercept, active, curve, value, note);
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
    return curve.isPresent() ? curve.get().at(cosine) : slope * cosine + intercept;
  }

  /** Log-odds of a target that lacks the channel, by its profile similarity to the source. */
  public float absentLogOdds(float similarity) {
    return presence.logOdds(similarity);
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
    return fit(channel, pairs, Method.PLATT);
  }

  /** The same by another method. */
  public static Calibration fit(Channel channel, CalibrationPairs pairs, Method method) {
    float[] positive = new float[pairs.size()];
    float[] random = new float[pairs.size()];
    int positives = 0;
    int randoms = 0;
    for (int i = 0; i < pairs.size(); i++) {
      if (channel.covers(pairs.first(i), pairs.second(i))) {
        float cosine = channel.cosine(pairs.first(i), pairs.second(i));
        if (pairs.isPositive(i)) {
          positive[positives++] = cosine;
        } else {
          random[randoms++] = cosine;
        }
      }
    }
    return fit(
        channel.name(), Arrays.copyOf(positive, positives), Arrays.copyOf(random, randoms), method);
  }

  /**
   * Fits the cosines of positive and of random pairs, each in random order. Every second pair of a
   * kind is held out from a first fit; if the slope on these does not stand clear of 0 (three
   * standard errors) the channel is switched off. Else all pairs make the final fit.
   *
   * @param name of the channel, for the note
   */
  public static Calibration fit(String name, float[] positive, float[] random) {
    return fit(name, positive, random, Method.PLATT);
  }

  /** The same by another method; the guard is the same. */
  public static Calibration fit(String name, float[] positive, float[] random, Method method) {
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
    String note =
        String.format(
            Locale.ROOT,
            "%s: log-odds %.2f cosine %+.2f from %d pairs",
            name,
            slope,
            intercept,
            positive.length + random.length);
    if (method == Method.PLATT) {
      return new Calibration(slope, intercept, true, note);
    }
    IsotonicCurve halfCurve = IsotonicCurve.fit(positive, random, 0, 2);
    IsotonicCurve curve = IsotonicCurve.fit(positive, random, 0, 1);
    note +=
        String.format(
            Locale.ROOT,
            ", as a curve of %d points; log loss on held-out pairs %.4f, by the line %.4f",
            curve.size(),
            logLoss(positive, random, halfCurve::at),
            logLoss(positive, random, x -> half.coefficient(0) * x + half.intercept()));
    return new Calibration(slope, intercept, true, Optional.of(curve), Presence.NEUTRAL, note);
  }

  /** Log-odds of a cosine. */
  @FunctionalInterface
  private interface LogOdds {
    double of(float cosine);
  }

  /** Mean log loss on every second pair, both kinds of equal weight. */
  private static double logLoss(float[] positive, float[] random, LogOdds logOdds) {
    return (meanLoss(positive, 1, logOdds) + meanLoss(random, -1, logOdds)) / 2;
  }

  private static double meanLoss(float[] cosines, int sign, LogOdds logOdds) {
    double sum = 0;
    int count = 0;
    for (int i = 1; i < cosines.length; i += 2) {
      sum += Math.log1p(Math.exp(-sign * logOdds.of(cosines[i])));
      count++;
    }
    return sum / Math.max(1, count);
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
