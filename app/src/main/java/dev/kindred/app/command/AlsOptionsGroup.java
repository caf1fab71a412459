package dev.kindred.app.command;

import dev.kindred.app.output.ConstantName;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.als.Convention;
import dev.kindred.engine.als.Solver;
import dev.kindred.engine.data.Interactions.Duplicates;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** The options of one ALS model, shared by {@code als} and {@code tune als}. */
final class AlsOptionsGroup {
  @Option(names = "--rank", paramLabel = "D", description = "Length of a factor (default: 64).")
  private Integer rank;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      description = "Full iterations: users, then items.")
  private Integer iterations;

  @Option(names = "--regularization", paramLabel = "L", description = "Lambda.")
  private Double regularization;

  @Option(names = "--alpha", paramLabel = "A", description = "Weight of observed strengths.")
  private Double alpha;

  @Option(
      names = "--convention",
      paramLabel = "C",
      completionCandidates = ConstantNames.Conventions.class,
      description = "How strengths become confidences: ${COMPLETION-CANDIDATES}; see docs/als.md.")
  private Convention convention;

  @Option(
      names = "--unobserved-weight",
      paramLabel = "W",
      description =
          "Weight of unobserved pairs, convention ials only (default: from the data's density).")
  private Double unobservedWeight;

  @Option(
      names = "--frequency-exponent",
      paramLabel = "E",
      description = "Of a row's frequency in lambda, convention ials only.")
  private Double frequencyExponent;

  @Option(
      names = "--popularity-exponent",
      paramLabel = "E",
      description = "Entries of an item with n of them weigh n^-E, convention ials only.")
  private Double popularityExponent;

  @Option(
      names = "--tolerance",
      paramLabel = "T",
      description = "Stop once an iteration lowers the loss by less than this share; 0 = never.")
  private Double tolerance;

  @Option(
      names = "--solver",
      paramLabel = "S",
      completionCandidates = ConstantNames.Solvers.class,
      description = "How rows are solved: ${COMPLETION-CANDIDATES}.")
  private Solver solver;

  @Option(
      names = "--duplicates",
      paramLabel = "D",
      defaultValue = "sum",
      completionCandidates = ConstantNames.Duplicates.class,
      description =
          "What the values of a pair on several lines become: ${COMPLETION-CANDIDATES} (default:"
              + " ${DEFAULT-VALUE}).")
  private Duplicates duplicates;

  /** What a pair on several lines of a split becomes. */
  Duplicates duplicates() {
    return duplicates;
  }

  /** The options over the defaults; throws IllegalArgumentException where one is out of range. */
  AlsOptions over(AlsOptions defaults, OptionalLong seed) {
    AlsOptions o = defaults;
    o = rank == null ? o : o.withRank(rank);
    o = iterations == null ? o : o.withIterations(iterations);
    o = regularization == null ? o : o.withRegularization(regularization);
    o = alpha == null ? o : o.withAlpha(alpha);
    o = convention == null ? o : o.withConvention(convention);
    o = unobservedWeight == null ? o : o.withUnobservedWeight(unobservedWeight);
    o = frequencyExponent == null ? o : o.withFrequencyExponent(frequencyExponent);
    o = popularityExponent == null ? o : o.withPopularityExponent(popularityExponent);
    o = tolerance == null ? o : o.withTolerance(tolerance);
    o = solver == null ? o : o.withSolver(solver);
    checkUsed("--unobserved-weight", unobservedWeight, o.convention());
    checkUsed("--frequency-exponent", frequencyExponent, o.convention());
    checkUsed("--popularity-exponent", popularityExponent, o.convention());
    return seed.isPresent() ? o.withSeed(seed.getAsLong()) : o;
  }

  /** The other conventions have no place for it: they would train as if it hadn't been given. */
  private static void checkUsed(String option, Double given, Convention convention) {
    if (given != null && convention != Convention.IALS) {
      throw new IllegalArgumentException(
          option
              + " is "
              + given
              + ", but only the convention ials has one, not "
              + ConstantName.of(convention)
              + "; leave it out or give --convention ials");
    }
  }
}
