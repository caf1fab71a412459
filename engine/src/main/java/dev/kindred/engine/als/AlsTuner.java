package dev.kindred.engine.als;

import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Interactions.Duplicates;
import dev.kindred.engine.eval.FactorScores;
import dev.kindred.engine.eval.TopNEvaluator;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Searches hyper-parameters on a validation part of the training data: the given setting, then
 * steps around the best trials so far and, at first every other time, a look anywhere within a
 * factor of ten of the given setting.
 *
 * <p>A rank above the scout rank is too dear to look anywhere with: up to half of the trials and
 * 40% of the budget go to the scout rank, and the rest start from the best of these. Only trials at
 * the wished rank can win.
 *
 * <p>Trial n is drawn from (seed, n) and the results before it alone, so a search that is resumed
 * with its earlier trials goes on as if it had never stopped. A trial's score is the sum of recall
 * and NDCG at k on the held-out items.
 *
 * <p>Holds the split of one data set; immutable, driven by one thread.
 */
public final class AlsTuner {
  /** Up to this trial every other one looks anywhere. */
  private static final int EXPLORE = 12;

  /** Of the later trials every so many looks anywhere. */
  private static final int LOOK_UP = 5;

  /** How far from the given setting a look anywhere goes, as a factor. */
  private static final double REACH = 10;

  /** Of the budget, at most, at the scout rank. */
  private static final double SCOUT_SHARE = 0.4;

  /**
   * Larger ranks want unobserved pairs to weigh more: from rank 64 to 512 the best weight on
   * validation items grew about like the root of the rank.
   */
  private static final double WEIGHT_BY_RANK = 0.5;

  /** So many of the best trials are stepped from. */
  private static final int PARENTS = 3;

  private final AlsTunerOptions options;
  private final Interactions train;
  private final Interactions validation;

  /**
   * One setting and what it reached.
   *
   * @param number from 0
   * @param recall at k on the validation items
   * @param ndcg at k on the validation items
   * @param seconds that the trial took
   */
  public record Trial(int number, AlsOptions options, double recall, double ndcg, double seconds) {
    /** What the search maximises. */
    public double score() {
      return recall + ndcg;
    }
  }

  /**
   * Splits {@code data} [users x items]; every user with at least two items keeps at least one.
   *
   * @throws IllegalArgumentException if no user has two items
   */
  public AlsTuner(Interactions data, AlsTunerOptions options) {
    this.options = options;
    this.train = part(data, options, false);
    Interactions held = part(data, options, true);
    if (held.size() == 0) {
      throw new IllegalArgumentException(
          "no user has two items, so none can be held out to choose hyper-parameters on");
    }
    this.validation = sampleUsers(held, options);
  }

  /** What trials train on. */
  public Interactions train() {
    return train;
  }

  /** What trials are scored on: held-out items of a sample of the users. */
  public Interactions validation() {
    return validation;
  }

  /**
   * Runs trials until their number or the budget is reached.
   *
   * @param done trials of an earlier search with the same data and options, in order
   * @param listener is given each new trial as it ends, for a log that a search can resume from
   * @return all trials, those done included
   */
  public List<Trial> search(
      List<Trial> done, Consumer<Trial> listener, Workers workers, Progress progress) {
    List<Trial> trials = new ArrayList<>(done);
    double budget = options.budget().toNanos() / 1e9;
    double spent = 0;
    double longest = 0;
    for (Trial trial : trials) {
      spent += trial.seconds();
      longest = Math.max(longest, trial.seconds());
    }
    try (Progress.Stage stage = progress.stage("Tune ALS", options.trials())) {
      stage.add(trials.size());
      while (trials.size() < options.trials()
          && (noneAtRank(trials) || spent + longest <= budget)) {
        Trial trial = run(trials.size(), propose(trials.size(), trials), workers);
        trials.add(trial);
        spent += trial.seconds();
        longest = Math.max(longest, trial.seconds());
        listener.accept(trial);
        stage.add(1);
        stage.note("best score " + best(trials).score());
      }
    }
    return trials;
  }

  private boolean noneAtRank(List<Trial> trials) {
    int rank = options.base().rank();
    return trials.stream().noneMatch(t -> t.options().rank() == rank);
  }

  /** Of the trials at the highest rank the one with the best score, of equal ones the earliest. */
  public static Trial best(List<Trial> trials) {
    int rank = trials.stream().mapToInt(t -> t.options().rank()).max().orElse(0);
    return trials.stream()
        .filter(t -> t.options().rank() == rank)
        .max(Comparator.comparingDouble(Trial::score).thenComparing(t -> -t.number()))
        .orElseThrow(() -> new IllegalArgumentException("there are no trials"));
  }

  private Trial run(int number, AlsOptions trial, Workers workers) {
    long start = System.nanoTime();
    AlsModel model = ImplicitAls.train(train, trial, workers, Progress.none());
    TopNEvaluator.Report report =
        TopNEvaluator.evaluate(
            new FactorScores(model.userFactors(), model.itemFactors(), model.rank()),
            train,
            validation,
            options.k(),
            workers,
            Progress.none());
    return new Trial(
        number, trial, report.recall(), report.ndcg(), (System.nanoTime() - start) / 1e9);
  }

  /** The setting of trial {@code number}, given those before it. */
  AlsOptions propose(int number, List<Trial> before) {
    int rank = options.base().rank();
    boolean scouts = rank > options.scoutRank();
    List<Trial> earlier = before.subList(0, number);
    if (scouts && scouting(earlier)) {
      return propose(number, earlier, draws(number)).withRank(options.scoutRank());
    }
    List<Trial> same = earlier.stream().filter(t -> t.options().rank() == rank).toList();
    if (!scouts || same.size() == number) {
      return propose(number, same, draws(number));
    }
    // Iterations are not taken over: a small rank can overfit where a large one has yet to settle.
    AlsOptions scouted =
        best(earlier.subList(0, number - same.size()))
            .options()
            .withRank(rank)
            .withIterations(options.base().iterations());
    return switch (same.size()) {
      case 0 -> heavier(scouted);
      case 1 -> scouted;
      default -> near(same, draws(number));
    };
  }

  private Draws draws(int number) {
    return Draws.of(options.seed(), "als.tuner", number);
  }

  /** Whether the next trial still is one at the scout rank. */
  private boolean scouting(List<Trial> before) {
    double spent = before.stream().mapToDouble(Trial::seconds).sum();
    boolean begun =
        before.isEmpty()
            || (before.getLast().options().rank() == options.scoutRank()
                && spent < SCOUT_SHARE * options.budget().toNanos() / 1e9);
    return begun && before.size() < options.trials() / 2;
  }

  private AlsOptions propose(int number, List<Trial> before, Draws draws) {
    if (number == 0) {
      return options.base().resolvedFor(train);
    }
    if (number <= EXPLORE ? number % 2 == 0 : number % LOOK_UP == 0) {
      return anywhere(draws);
    }
    return near(before, draws);
  }

  /** The options with unobserved pairs weighing more, as a larger rank wants it. */
  private AlsOptions heavier(AlsOptions o) {
    if (o.convention() != Convention.IALS) {
      return o;
    }
    double ratio = (double) options.base().rank() / options.scoutRank();
    double unobserved = o.unobservedWeight() * Math.pow(ratio, WEIGHT_BY_RANK);
    return o.withUnobservedWeight(unobserved)
        .withRegularization(asStrong(o.regularization(), o, o.frequencyExponent(), unobserved));
  }

  private AlsOptions near(List<Trial> before, Draws draws) {
    List<Trial> ranked = new ArrayList<>(before);
    ranked.sort(Comparator.comparingDouble((Trial t) -> -t.score()).thenComparing(Trial::number));
    Trial parent = ranked.get(draws.nextInt(Math.min(PARENTS, ranked.size())));
    return near(parent.options(), draws);
  }

  private AlsOptions anywhere(Draws draws) {
    AlsOptions base = options.base().resolvedFor(train);
    int fewest = Math.max(1, base.iterations() / 2);
    AlsOptions o = base.withIterations(fewest + draws.nextInt(base.iterations() + 1));
    double lambda = base.regularization() * aside(draws);
    if (o.convention() != Convention.IALS) {
      return o.withRegularization(lambda).withAlpha(base.alpha() * aside(draws));
    }
    double unobserved = base.unobservedWeight() * aside(draws);
    double exponent = 0.2 + draws.nextDouble();
    return o.withUnobservedWeight(unobserved)
        .withFrequencyExponent(exponent)
        .withPopularityExponent(0.5 * draws.nextDouble())
        .withRegularization(asStrong(lambda, base, exponent, unobserved));
  }

  private static double aside(Draws draws) {
    return Math.pow(REACH, 2 * draws.nextDouble() - 1);
  }

  /**
   * Lambda as strong at a mean row with the new exponent and weight as {@code lambda} is with the
   * old: else every step of the weight would be one of lambda too.
   */
  private double asStrong(double lambda, AlsOptions old, double exponent, double unobserved) {
    double before = Math.pow(frequency(old.unobservedWeight()), old.frequencyExponent());
    return lambda * before / Math.pow(frequency(unobserved), exponent);
  }

  private AlsOptions near(AlsOptions from, Draws draws) {
    double step = 0.35;
    int most = options.base().iterations() + options.base().iterations() / 2;
    AlsOptions o =
        from.withIterations(Math.clamp(from.iterations() + draws.nextInt(7) - 3L, 1, most))
            .withRegularization(from.regularization() * Math.exp(step * draws.nextGaussian()));
    if (o.convention() != Convention.IALS) {
      return o.withAlpha(from.alpha() * Math.exp(step * draws.nextGaussian()));
    }
    double exponent = Math.clamp(from.frequencyExponent() + 0.15 * draws.nextGaussian(), 0.0, 1.5);
    double unobserved = from.unobservedWeight() * Math.exp(step * draws.nextGaussian());
    double lambda = asStrong(o.regularization(), from, exponent, unobserved);
    double popularity =
        Math.clamp(from.popularityExponent() + 0.07 * draws.nextGaussian(), 0.0, 1.0);
    return o.withFrequencyExponent(exponent)
        .withUnobservedWeight(unobserved)
        .withPopularityExponent(popularity)
        .withRegularization(lambda);
  }

  private double frequency(double unobserved) {
    return (double) train.size() / Math.max(1, train.rows()) + unobserved * train.columns();
  }

  /** The entries that are held out, or the rest. */
  private static Interactions part(Interactions data, AlsTunerOptions options, boolean held) {
    return Interactions.of(
        data.rows(),
        data.columns(),
        sink -> {
          Draws draws = Draws.of(options.seed(), "als.tuner.split");
          for (int user = 0; user < data.rows(); user++) {
            draws.reset(user);
            long start = data.start(user);
            int n = (int) data.count(user);
            int kept = n == 0 ? -1 : draws.nextInt(n);
            for (int i = 0; i < n; i++) {
              boolean out = draws.nextDouble() < options.validationShare() && i != kept;
              if (out == held) {
                sink.add(user, data.column(start + i), data.value(start + i));
              }
            }
          }
        },
        Duplicates.LAST);
  }

  /** Positive held-out entries of at most the wished number of users. */
  private static Interactions sampleUsers(Interactions held, AlsTunerOptions options) {
    int[] users = new int[held.rows()];
    int n = 0;
    for (int user = 0; user < held.rows(); user++) {
      if (held.count(user) > 0) {
        users[n++] = user;
      }
    }
    Draws.of(options.seed(), "als.tuner.users").shuffle(users, 0, n);
    int sampled = Math.min(n, options.validationUsers());
    return Interactions.of(
        held.rows(),
        held.columns(),
        sink -> {
          for (int u = 0; u < sampled; u++) {
            for (long i = held.start(users[u]); i < held.end(users[u]); i++) {
              if (held.value(i) > 0) {
                sink.add(users[u], held.column(i), held.value(i));
              }
            }
          }
        },
        Duplicates.LAST);
  }
}
