package dev.kindred.engine.als;

import dev.kindred.engine.data.Interactions;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Options of {@link ImplicitAls}; what each means in the loss stands at {@link Convention}.
 *
 * @param rank length of a factor, 1 to 4096
 * @param iterations full iterations (users, then items), at least 1
 * @param regularization lambda, at least 0
 * @param alpha weight of observed strengths, greater than 0
 * @param convention how strengths become confidences and lambda is scaled
 * @param unobservedWeight weight of unobserved pairs, only used by {@link Convention#IALS}; -1 =
 *     from the density of the data
 * @param frequencyExponent exponent of the frequency in lambda, only used by {@link
 *     Convention#IALS}; 0 = plain lambda, 1 = proportional to the row's frequency
 * @param popularityExponent entries of an item with n of them weigh n^-exponent, scaled to a mean
 *     of 1: with 0 all weigh the same; more of it gives rare items more say. Only used by {@link
 *     Convention#IALS}
 * @param tolerance stop early once the loss falls by less than this fraction in an iteration; 0 =
 *     never
 * @param solver how rows are solved
 * @param seed of the initial item factors
 */
public record AlsOptions(
    int rank,
    int iterations,
    double regularization,
    double alpha,
    Convention convention,
    double unobservedWeight,
    double frequencyExponent,
    double popularityExponent,
    double tolerance,
    Solver solver,
    long seed) {

  /** As unobservedWeight: {@link #unobservedWeight(Interactions)}. */
  public static final double FROM_DENSITY = -1;

  /** Refuses what is out of range. */
  public AlsOptions {
    check(rank >= 1 && rank <= 4096, "rank", rank, "1 to 4096");
    check(iterations >= 1, "iterations", iterations, "at least 1");
    check(
        regularization >= 0 && regularization <= Float.MAX_VALUE,
        "regularization",
        regularization,
        "at least 0");
    check(alpha > 0 && alpha <= Float.MAX_VALUE, "alpha", alpha, "greater than 0");
    check(
        (unobservedWeight >= 0 && unobservedWeight <= Float.MAX_VALUE)
            || unobservedWeight == FROM_DENSITY,
        "unobservedWeight",
        unobservedWeight,
        "at least 0, or -1 = from the density of the data");
    check(
        frequencyExponent >= 0 && frequencyExponent <= 2,
        "frequencyExponent",
        frequencyExponent,
        "0 to 2");
    check(
        popularityExponent >= 0 && popularityExponent <= 1,
        "popularityExponent",
        popularityExponent,
        "0 to 1");
    check(tolerance >= 0 && tolerance < 1, "tolerance", tolerance, "at least 0 and below 1");
    Objects.requireNonNull(convention, "convention");
    Objects.requireNonNull(solver, "solver");
  }

  private static void check(boolean holds, String name, Number value, String range) {
    if (!holds) {
      throw new IllegalArgumentException(name + " is " + value + "; allowed: " + range);
    }
  }

  /** Good for plain clicks of some thousand to some million users. */
  public static AlsOptions defaults() {
    return new AlsOptions(
        64, 12, 0.005, 1, Convention.IALS, FROM_DENSITY, 1, 0.2, 0, Solver.AUTO, 42);
  }

  /**
   * The published hyper-parameters of one objective: "A Multi-Task Learning Algorithm for
   * Non-personalized Recommendations", experiments; names and meaning are those of Spark.
   *
   * @param objective click, time, like, share or dislike
   */
  public static AlsOptions paper(String objective) {
    return switch (objective) {
      case "click" -> spark(30, 20, 0.001, 100);
      case "time" -> spark(20, 17, 0.01, 90);
      case "like" -> spark(31, 26, 0.015, 30);
      case "share" -> spark(15, 20, 0.02, 50);
      case "dislike" -> spark(18, 10, 0.005, 10);
      default ->
          throw new IllegalArgumentException(
              "no published hyper-parameters for the objective \""
                  + objective
                  + "\"; there are click, time, like, share and dislike");
    };
  }

  private static AlsOptions spark(int rank, int iterations, double regularization, double alpha) {
    return new AlsOptions(
        rank, iterations, regularization, alpha, Convention.SPARK, 1, 1, 0, 0, Solver.AUTO, 42);
  }

  /**
   * The weight of unobserved pairs that suits the density of the data: the sparser, the less.
   * Fitted on validation parts of two public data sets, of densities 0.0007 and 0.04.
   */
  public static double unobservedWeight(Interactions data) {
    double density = (double) data.size() / Math.max(1, (double) data.rows() * data.columns());
    return Math.min(1, 3.7 * Math.pow(density, 0.7));
  }

  /** These options with what is left to the data filled in. */
  AlsOptions resolvedFor(Interactions data) {
    return unobservedWeight == FROM_DENSITY ? withUnobservedWeight(unobservedWeight(data)) : this;
  }

  public AlsOptions withRank(int value) {
    return with(draft -> draft.rank = value);
  }

  public AlsOptions withIterations(int value) {
    return with(draft -> draft.iterations = value);
  }

  public AlsOptions withRegularization(double value) {
    return with(draft -> draft.regularization = value);
  }

  public AlsOptions withAlpha(double value) {
    return with(draft -> draft.alpha = value);
  }

  public AlsOptions withConvention(Convention value) {
    return with(draft -> draft.convention = value);
  }

  public AlsOptions withUnobservedWeight(double value) {
    return with(draft -> draft.unobservedWeight = value);
  }

  public AlsOptions withFrequencyExponent(double value) {
    return with(draft -> draft.frequencyExponent = value);
  }

  public AlsOptions withPopularityExponent(double value) {
    return with(draft -> draft.popularityExponent = value);
  }

  public AlsOptions withTolerance(double value) {
    return with(draft -> draft.tolerance = value);
  }

  public AlsOptions withSolver(Solver value) {
    return with(draft -> draft.solver = value);
  }

  public AlsOptions withSeed(long value) {
    return with(draft -> draft.seed = value);
  }

  private AlsOptions with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.options();
  }

  /** A copy of which something is about to be changed. */
  private static final class Draft {
    int rank;
    int iterations;
    double regularization;
    double alpha;
    Convention convention;
    double unobservedWeight;
    double frequencyExponent;
    double popularityExponent;
    double tolerance;
    Solver solver;
    long seed;

    Draft(AlsOptions of) {
      rank = of.rank;
      iterations = of.iterations;
      regularization = of.regularization;
      alpha = of.alpha;
      convention = of.convention;
      unobservedWeight = of.unobservedWeight;
      frequencyExponent = of.frequencyExponent;
      popularityExponent = of.popularityExponent;
      tolerance = of.tolerance;
      solver = of.solver;
      seed = of.seed;
    }

    AlsOptions options() {
      return new AlsOptions(
          rank,
          iterations,
          regularization,
          alpha,
          convention,
          unobservedWeight,
          frequencyExponent,
          popularityExponent,
          tolerance,
          solver,
          seed);
    }
  }
}
