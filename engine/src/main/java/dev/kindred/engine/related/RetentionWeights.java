package dev.kindred.engine.related;

import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Order;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The weights w_k learned from who comes back (paper, section 4.3, "Weights Learning Module":
 * logistic regression on the outputs of the coordinating network with one-week retention as label).
 *
 * <p>One observation is a week of a user who was there: for each objective the mean over the user's
 * samples of how much they belong to it, beside the controls log-activity and log-tenure, which get
 * no weight; the label is any visit in days 8 to 14. Features are standardised, the coefficients
 * shrunk by a ridge, their errors bootstrapped over users. An objective whose effect stands clear
 * of 0 by three standard errors takes part in proportion to it; one that does not keeps the equal
 * weight 1/K; one that clearly goes against its declared polarity gets 0, because the sign comes
 * from the declaration alone. Without any clear effect all weights stay equal, and the note says
 * why.
 *
 * <p>What it finds is association, not cause: trust an experiment over it. Immutable; the same for
 * any number of threads.
 */
public final class RetentionWeights {
  /** A last week that lacks no more than this counts as whole. */
  private static final long GRACE_MILLIS = UserWeeks.WEEK_MILLIS / 14;

  private static final double CLEAR_ERRORS = 3;

  /** How much a row belongs to an objective, in [0, 1]: a probability or a yes or no. */
  @FunctionalInterface
  public interface Membership {
    float of(int objective, int row);

    /** The labels themselves: 1 where the objective happened. */
    static Membership happened(Events events) {
      return (objective, row) -> events.value(objective, row) > 0 ? 1 : 0;
    }
  }

  /**
   * What the regression found for an objective, in its declared direction.
   *
   * @param objective name
   * @param effect change of the log-odds to come back per standard deviation, > 0 if the objective
   *     speaks as declared
   * @param low effect less three standard errors
   * @param high effect plus three standard errors
   */
  public record Effect(String objective, double effect, double low, double high) {
    /** Whether the interval leaves out 0. */
    public boolean isClear() {
      return low > 0 || high < 0;
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%s %+.3f [%+.3f, %+.3f]", objective, effect, low, high);
    }
  }

  /**
   * How far a learned weight can be trusted: what it would have been had other users been there.
   *
   * @param objective name
   * @param weight w_k
   * @param low 2.5th percentile of w_k over draws of the users with replacement
   * @param high 97.5th percentile
   */
  public record Interval(String objective, double weight, double low, double high) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%s %.3f [%.3f, %.3f]", objective, weight, low, high);
    }
  }

  private final ObjectiveWeights weights;
  private final List<Effect> effects;
  private final List<Interval> intervals;

  private RetentionWeights(
      ObjectiveWeights weights, List<Effect> effects, List<Interval> intervals) {
    this.weights = weights;
    this.effects = List.copyOf(effects);
    this.intervals = List.copyOf(intervals);
  }

  /** The weights of the objectives; their note says how they came about. */
  public ObjectiveWeights weights() {
    return weights;
  }

  /** One per objective, or none where nothing could be fitted. */
  public List<Effect> effects() {
    return effects;
  }

  /**
   * One per objective with a clear effect, mostly [0, 0] for one against its polarity; none of an
   * objective that alone is clearly for its polarity, as it has all that is learned whoever was
   * there, and none where all weights are equal. Which effects are clear is not drawn anew.
   */
  public List<Interval> intervals() {
    return intervals;
  }

  /**
   * Learns the weights of the events' objectives.
   *
   * @param membership of row and objective
   */
  public static RetentionWeights learn(
      Events events, Membership membership, RetentionOptions options, Workers workers) {
    List<Objective> objectives = events.objectives();
    if (events.order() != Order.TIME) {
      return equal(objectives, "the log has no timestamps");
    }
    long span = events.size() == 0 ? 0 : events.time(events.size() - 1) - events.time(0);
    long weeks = (span + GRACE_MILLIS) / UserWeeks.WEEK_MILLIS;
    if (weeks < 2) {
      return equal(
          objectives,
          String.format(
              Locale.ROOT,
              "the log spans %.1f days and retention needs 14",
              7.0 * span / UserWeeks.WEEK_MILLIS));
    }
    UserWeeks data = UserWeeks.collect(events, membership, (int) weeks, options);
    if (data.rows() < options.minUserWeeks()
        || data.retained() < options.minPerOutcome()
        || data.rows() - data.retained() < options.minPerOutcome()) {
      return equal(
          objectives,
          String.format(
              Locale.ROOT,
              "too few to learn from: %d user weeks (a week in which a user did something, the"
                  + " log's last aside), %d of them followed by a week with the same user; it takes"
                  + " %d, at least %d followed and %d not: train on a longer log or on more users,"
                  + " or weigh the objectives yourself",
              data.rows(),
              data.retained(),
              options.minUserWeeks(),
              options.minPerOutcome(),
              options.minPerOutcome()));
    }
    return fit(objectives, data, options, workers);
  }

  private static RetentionWeights equal(List<Objective> objectives, String reason) {
    return new RetentionWeights(
        ObjectiveWeights.equal(objectives, "equal weights: " + reason), List.of(), List.of());
  }

  private static RetentionWeights fit(
      List<Objective> objectives, UserWeeks data, RetentionOptions options, Workers workers) {
    int columns = objectives.size() + UserWeeks.CONTROLS;
    data.standardize(columns);
    double[] ones = new double[data.rows()];
    Arrays.fill(ones, 1);
    LogisticRegression.Fit fit =
        LogisticRegression.fit(
            data.features(),
            data.rows(),
            columns,
            data.labels(),
            ones,
            options.ridge(),
            new double[0]);
    double[] start = new double[columns + 1];
    for (int j = 0; j < columns; j++) {
      start[j] = fit.coefficient(j);
    }
    start[columns] = fit.intercept();
    double[][] samples = new double[options.bootstraps()][objectives.size()];
    workers.forEachRange(
        options.bootstraps(),
        1,
        (from, to, worker) -> {
          for (int b = (int) from; b < to; b++) {
            double[] weights = data.resample(Draws.of(options.seed(), "retention-bootstrap", b));
            LogisticRegression.Fit again =
                LogisticRegression.fit(
                    data.features(),
                    data.rows(),
                    columns,
                    data.labels(),
                    weights,
                    options.ridge(),
                    start);
            for (int k = 0; k < samples[b].length; k++) {
              samples[b][k] = objectives.get(k).polarity().sign() * again.coefficient(k);
            }
          }
        });
    List<Effect> effects = new ArrayList<>();
    for (int k = 0; k < objectives.size(); k++) {
      double effect = objectives.get(k).polarity().sign() * fit.coefficient(k);
      double error = CLEAR_ERRORS * deviation(samples, k);
      // + 0.0: a coefficient of 0 times a negative sign would read -0
      effects.add(
          new Effect(objectives.get(k).name(), effect + 0.0, effect - error, effect + error));
    }
    return weigh(objectives, data, effects, samples);
  }

  private static double deviation(double[][] samples, int column) {
    double mean = 0;
    for (double[] sample : samples) {
      mean += sample[column] / samples.length;
    }
    double square = 0;
    for (double[] sample : samples) {
      square += (sample[column] - mean) * (sample[column] - mean);
    }
    return Math.sqrt(square / (samples.length - 1));
  }

  private static RetentionWeights weigh(
      List<Objective> objectives, UserWeeks data, List<Effect> effects, double[][] samples) {
    int clear = 0;
    int sharing = 0; // with a clear effect as declared
    double positive = 0;
    for (Effect effect : effects) {
      if (effect.isClear()) {
        clear++;
        sharing += effect.effect() > 0 ? 1 : 0;
        positive += Math.max(0, effect.effect());
      }
    }
    String sample =
        String.format(
            Locale.ROOT, "%d user weeks of which %d came back", data.rows(), data.retained());
    String found = "effects per deviation, with three standard errors: " + effects;
    if (positive == 0) {
      String reason = "no objective is clearly tied to coming back in " + sample + "; " + found;
      return new RetentionWeights(
          ObjectiveWeights.equal(objectives, "equal weights: " + reason), effects, List.of());
    }
    int k = effects.size();
    double[] weights = new double[k];
    List<String> unclear = new ArrayList<>();
    List<String> against = new ArrayList<>();
    for (int i = 0; i < k; i++) {
      Effect effect = effects.get(i);
      if (!effect.isClear()) {
        weights[i] = 1.0 / k;
        unclear.add(effect.objective());
      } else {
        weights[i] = (double) clear / k * Math.max(0, effect.effect()) / positive;
        if (effect.effect() < 0) {
          against.add(effect.objective());
        }
      }
    }
    boolean alone = sharing == 1;
    List<Interval> intervals = intervals(effects, weights, samples, (double) clear / k, alone);
    String note =
        "learned from "
            + sample
            + (alone ? "; one objective takes part, so its w has no interval" : "")
            + (intervals.isEmpty() ? "" : "; w with 95% intervals: " + intervals)
            + "; "
            + found
            + (unclear.isEmpty() ? "" : "; not clear, so weight 1/" + k + ": " + unclear)
            + (against.isEmpty() ? "" : "; against the declared polarity, so weight 0: " + against)
            + "; association, not cause";
    return new RetentionWeights(
        ObjectiveWeights.of(objectives, weights, true, note), effects, intervals);
  }

  /**
   * Weighs again with the effects of every draw of the users.
   *
   * @param samples effects by draw and objective
   * @param share what the objectives with a clear effect have of all weight
   * @param alone whether one objective has all of it: rounding apart, in every draw
   */
  private static List<Interval> intervals(
      List<Effect> effects, double[] weights, double[][] samples, double share, boolean alone) {
    int draws = samples.length;
    double[][] drawn = new double[effects.size()][draws];
    for (int b = 0; b < draws; b++) {
      double positive = 0;
      for (int k = 0; k < weights.length; k++) {
        positive += effects.get(k).isClear() ? Math.max(0, samples[b][k]) : 0;
      }
      for (int k = 0; k < weights.length; k++) {
        // Where a draw has no positive effect at all the weights are equal.
        drawn[k][b] =
            positive == 0 ? 1.0 / weights.length : share * Math.max(0, samples[b][k]) / positive;
      }
    }
    List<Interval> intervals = new ArrayList<>();
    for (int k = 0; k < weights.length; k++) {
      Effect effect = effects.get(k);
      if (effect.isClear() && !(alone && effect.effect() > 0)) {
        Arrays.sort(drawn[k]);
        double low = drawn[k][(int) Math.floor(0.025 * (draws - 1))];
        double high = drawn[k][(int) Math.ceil(0.975 * (draws - 1))];
        intervals.add(new Interval(effect.objective(), weights[k], low, high));
      }
    }
    return intervals;
  }
}
