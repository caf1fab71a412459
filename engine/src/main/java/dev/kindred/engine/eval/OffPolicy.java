package dev.kindred.engine.eval;

import java.util.Objects;
import java.util.Optional;

/**
 * What another policy would have earned, from a log of choices whose chances were written down.
 *
 * <p>Each example is a choice that the logging policy made with a known probability (its
 * propensity), what it earned, and the probability with which the other policy makes the same
 * choice. Inverse propensity scoring (Horvitz and Thompson, 1952), self-normalised (Swaminathan and
 * Joachims, "The Self-Normalized Estimator for Counterfactual Learning", 2015), and doubly robust
 * (Dudík, Langford and Li, "Doubly Robust Policy Evaluation and Learning", 2011). Immutable.
 */
public final class OffPolicy {
  /** Two-sided 95% of a normal distribution. */
  private static final double Z = 1.959964;

  private final double[] reward;
  private final double[] weight;
  private final double weights;
  private final double squares;
  private final double largest;
  private final int clipped;

  /**
   * An estimate.
   *
   * @param value mean reward of a choice
   * @param standardError of the value, examples taken as independent
   * @param low of the 95% interval
   * @param high of the 95% interval
   */
  public record Estimate(double value, double standardError, double low, double high) {
    static Estimate of(double value, double standardError) {
      return new Estimate(
          value, standardError, value - Z * standardError, value + Z * standardError);
    }
  }

  /**
   * A value that no estimate can rest on.
   *
   * @param thing reward, propensity or target probability
   * @param choice whose, from 0
   * @param problem the value and what is allowed, to be read after "propensity"
   */
  public record Unusable(String thing, int choice, String problem) {}

  /**
   * The first value of a log that is out of range, as of the constructor; empty: none is.
   *
   * @throws IllegalArgumentException unless there are as many of each, at least one
   */
  public static Optional<Unusable> unusable(double[] reward, double[] propensity, double[] target) {
    checkLengths(reward, propensity, target);
    for (int i = 0; i < reward.length; i++) {
      if (!Double.isFinite(reward[i])) {
        return Optional.of(new Unusable("reward", i, "is " + reward[i] + ", must be finite"));
      }
      if (!(propensity[i] > 0 && propensity[i] <= 1)) {
        String problem =
            "is "
                + propensity[i]
                + ", must be in (0, 1]: log the chance of every choice that was made";
        return Optional.of(new Unusable("propensity", i, problem));
      }
      if (!(target[i] >= 0 && target[i] <= 1)) {
        return Optional.of(
            new Unusable("target probability", i, "is " + target[i] + ", must be in [0, 1]"));
      }
    }
    return Optional.empty();
  }

  /**
   * Takes a log.
   *
   * @param reward of each choice, finite
   * @param propensity with which the logging policy chose it, in (0, 1]
   * @param target probability with which the other policy chooses it, in [0, 1]
   * @param clip importance weights target / propensity above this are cut to it: less variance for
   *     some bias; infinity = none is
   * @throws IllegalArgumentException naming the first value that is out of range
   */
  public OffPolicy(double[] reward, double[] propensity, double[] target, double clip) {
    if (!(clip > 0)) {
      throw new IllegalArgumentException("clip is " + clip + ", must be more than 0");
    }
    unusable(reward, propensity, target)
        .ifPresent(
            bad -> {
              throw new IllegalArgumentException(bad.thing + " " + bad.choice + " " + bad.problem);
            });
    int n = reward.length;
    this.reward = reward.clone();
    weight = new double[n];
    double sum = 0;
    double sumOfSquares = 0;
    double max = 0;
    int cut = 0;
    for (int i = 0; i < n; i++) {
      double w = target[i] / propensity[i];
      cut += w > clip ? 1 : 0;
      weight[i] = Math.min(w, clip);
      sum += weight[i];
      sumOfSquares += weight[i] * weight[i];
      max = Math.max(max, weight[i]);
    }
    weights = sum;
    squares = sumOfSquares;
    largest = max;
    clipped = cut;
  }

  /** Number of logged choices. */
  public int size() {
    return reward.length;
  }

  /** Mean reward of the logging policy itself. */
  public Estimate logged() {
    return meanOf(i -> reward[i]);
  }

  /** Inverse propensity scoring: unbiased where nothing is clipped, of high variance. */
  public Estimate ips() {
    return meanOf(i -> weight[i] * reward[i]);
  }

  /**
   * Self-normalised: rewards weighted and divided by the sum of the weights. A little biased, of
   * less variance; never outside the range of the rewards. NaN if no logged choice can be the other
   * policy's.
   */
  public Estimate snips() {
    double value = 0;
    for (int i = 0; i < reward.length; i++) {
      value += weight[i] * reward[i] / weights;
    }
    double variance = 0;
    for (int i = 0; i < reward.length; i++) {
      double part = weight[i] / weights * (reward[i] - value);
      variance += part * part;
    }
    return Estimate.of(value, Math.sqrt(variance));
  }

  /**
   * The model's value of the other policy, corrected by the weighted errors of the model on the
   * log: right if either the propensities or the model are.
   *
   * @param modelOfLogged what a model expects the logged choice to earn
   * @param modelOfTarget what it expects the other policy to earn in the same situation: its
   *     expectations averaged by that policy's probabilities
   */
  public Estimate doublyRobust(double[] modelOfLogged, double[] modelOfTarget) {
    checkModel(modelOfLogged);
    checkModel(modelOfTarget);
    return meanOf(i -> modelOfTarget[i] + weight[i] * (reward[i] - modelOfLogged[i]));
  }

  /** The model's value alone, as wrong as the model. */
  public Estimate directMethod(double[] modelOfTarget) {
    checkModel(modelOfTarget);
    return meanOf(i -> modelOfTarget[i]);
  }

  /**
   * How many choices of the other policy itself would be as telling: (sum of weights)^2 / sum of
   * their squares. Far below {@link #size}, the estimates rest on few examples.
   */
  public double effectiveSampleSize() {
    return squares == 0 ? 0 : weights * weights / squares;
  }

  /** Mean importance weight: near 1 if propensities and target probabilities are right. */
  public double meanWeight() {
    return weights / reward.length;
  }

  /** The largest weight after clipping. */
  public double largestWeight() {
    return largest;
  }

  /** How many weights were cut. */
  public int clipped() {
    return clipped;
  }

  private static void checkLengths(double[] reward, double[] propensity, double[] target) {
    int n = reward.length;
    if (n == 0 || propensity.length != n || target.length != n) {
      throw new IllegalArgumentException(
          n
              + " rewards, "
              + propensity.length
              + " propensities and "
              + target.length
              + " target probabilities; give as many of each, at least one");
    }
  }

  private void checkModel(double[] model) {
    if (Objects.requireNonNull(model, "model").length != reward.length) {
      throw new IllegalArgumentException(
          model.length + " expectations of a model for " + reward.length + " choices");
    }
  }

  @FunctionalInterface
  private interface Value {
    double of(int i);
  }

  private Estimate meanOf(Value value) {
    int n = reward.length;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += value.of(i);
    }
    double mean = sum / n;
    double squared = 0;
    for (int i = 0; i < n; i++) {
      double d = value.of(i) - mean;
      squared += d * d;
    }
    return Estimate.of(mean, Math.sqrt(squared / Math.max(1, n - 1) / n));
  }
}
