package dev.kindred.app.evaluation;

import dev.kindred.engine.als.AlsModel;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.als.ImplicitAls;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.data.RowFilter;
import dev.kindred.engine.eval.BaselineLists;
import dev.kindred.engine.eval.ClusterBootstrap;
import dev.kindred.engine.eval.NextItemEvaluator;
import dev.kindred.engine.eval.RelatedLists;
import dev.kindred.engine.eval.Segments;
import dev.kindred.engine.eval.Transitions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Related lists beside popularity and co-occurrence, on the steps that users took in the held-out
 * part of a log. Stateless; the same result for any number of threads.
 */
public final class NextItemComparison {
  /** The lists of the pipeline. */
  public static final String KINDRED = "kindred";

  /** The most popular items, for every item the same. */
  public static final String POPULARITY = "popularity";

  /** Items by users shared. */
  public static final String COOCCURRENCE = "co-occurrence";

  /** Items by users shared, divided by the root of both items' users. */
  public static final String COSINE = "co-occurrence cosine";

  /** The nearest items by one ALS on the samples of the objective alone. */
  public static final String ALS = "als";

  /** Of the draws of intervals and tests. */
  private static final long SEED = 1;

  private NextItemComparison() {}

  /**
   * Scores for every positive objective with steps in {@code held}, for every k and for the
   * pipeline and each baseline, in this order. The baselines count the objective's own samples.
   *
   * @param kindred the lists of the pipeline
   * @param history what everything was trained on, in order
   * @param held what came later, over the same ids
   * @param ks lengths of lists, at least one
   * @throws IllegalArgumentException if there is no step for any of them
   */
  public static List<NextItemScore> compare(
      RelatedLists kindred, Events history, Events held, List<Integer> ks, Workers workers) {
    List<NextItemScore> scores = new ArrayList<>();
    for (int objective : objectives(history, held)) {
      scores.addAll(
          new Asked(kindred, history, held, objective, longest(ks), Optional.empty(), workers)
              .scores(ks));
    }
    return List.copyOf(scores);
  }

  static int longest(List<Integer> ks) {
    return ks.stream().mapToInt(Integer::intValue).max().orElseThrow();
  }

  /** The positive objectives with steps. */
  static List<Integer> objectives(Events history, Events held) {
    List<Integer> objectives = new ArrayList<>();
    for (int objective = 0; objective < history.objectives().size(); objective++) {
      if (history.objectives().get(objective).polarity() == Polarity.POSITIVE
          && Transitions.into(history, held, objective).size() > 0) {
        objectives.add(objective);
      }
    }
    if (objectives.isEmpty()) {
      throw new IllegalArgumentException(
          "no user goes on from one item to another in the held-out part: hold out more of the"
              + " log, or give the log a time or an order");
    }
    return objectives;
  }

  /** One objective's steps, and where each source of lists has the next item. */
  static final class Asked {
    final String objective;
    final Transitions steps;
    final Interactions counts;
    final Map<String, RelatedLists> lists = new LinkedHashMap<>();
    private final Map<String, int[]> places = new LinkedHashMap<>();
    private final ClusterBootstrap bootstrap;

    Asked(
        RelatedLists kindred,
        Events history,
        Events held,
        int objective,
        int longest,
        Optional<AlsOptions> als,
        Workers workers) {
      this.objective = history.objectives().get(objective).name();
      steps = Transitions.into(history, held, objective);
      counts = history.interactions(objective, RowFilter.ALL);
      lists.put(KINDRED, kindred);
      als.ifPresent(options -> lists.put(ALS, nearest(counts, options, longest, workers)));
      lists.put(COSINE, BaselineLists.cooccurrence(counts, true, longest, workers));
      lists.put(COOCCURRENCE, BaselineLists.cooccurrence(counts, false, longest, workers));
      lists.put(POPULARITY, BaselineLists.popularity(counts, longest));
      lists.forEach(
          (name, list) ->
              places.put(name, NextItemEvaluator.places(list, steps, longest, workers)));
      int[] users = new int[steps.size()];
      for (int i = 0; i < users.length; i++) {
        users[i] = steps.user(i);
      }
      bootstrap = new ClusterBootstrap(users, SEED);
    }

    private static RelatedLists nearest(
        Interactions counts, AlsOptions options, int longest, Workers workers) {
      AlsModel model = ImplicitAls.train(counts, options, workers, Progress.none());
      return BaselineLists.nearest(model.itemFactors(), model.rank(), longest, workers);
    }

    List<NextItemScore> scores(List<Integer> ks) {
      List<NextItemScore> scores = new ArrayList<>();
      for (int k : ks) {
        double[] kindred = NextItemEvaluator.hits(places.get(KINDRED), k);
        places.forEach(
            (name, where) -> {
              double[] hits = NextItemEvaluator.hits(where, k);
              scores.add(
                  NextItemScore.of(
                      objective,
                      name,
                      NextItemEvaluator.report(where, steps, k),
                      bootstrap.mean(hits),
                      bootstrap.mean(NextItemEvaluator.gains(where, k)),
                      name.equals(KINDRED)
                          ? Optional.empty()
                          : Optional.of(bootstrap.difference(kindred, hits))));
            });
      }
      return scores;
    }

    /** The parts of a division that have steps, for every source. */
    List<SegmentScore> scores(Segments segments, int k) {
      List<SegmentScore> scores = new ArrayList<>();
      for (int label = 0; label < segments.labels().size(); label++) {
        boolean[] members = segments.members(label);
        int size = 0;
        for (boolean member : members) {
          size += member ? 1 : 0;
        }
        if (size == 0) {
          continue;
        }
        for (Map.Entry<String, int[]> source : places.entrySet()) {
          int[] where = source.getValue();
          scores.add(
              new SegmentScore(
                  objective,
                  segments.name(),
                  segments.labels().get(label),
                  source.getKey(),
                  k,
                  size,
                  bootstrap.mean(NextItemEvaluator.hits(where, k), members),
                  bootstrap.mean(NextItemEvaluator.gains(where, k), members),
                  NextItemEvaluator.reciprocalRank(where, members, k)));
        }
      }
      return scores;
    }
  }

  /**
   * One line for each objective and k at which the pipeline has a lower hit rate than popularity,
   * or clearly a lower one than co-occurrence.
   */
  public static List<String> losses(List<NextItemScore> scores) {
    List<String> losses = new ArrayList<>();
    for (NextItemScore kindred : scores) {
      for (NextItemScore other : scores) {
        if (kindred.lists().equals(KINDRED)
            && kindred.objective().equals(other.objective())
            && kindred.k() == other.k()
            && kindred.hitRate().mean() < other.hitRate().mean()
            && (other.lists().equals(POPULARITY)
                || other.kindredMinus().map(ClusterBootstrap.Difference::clear).orElse(false))) {
          losses.add(
              String.format(
                  Locale.ROOT,
                  "%s: hit rate %.4f at %d is below the %.4f of %s (by item %.4f against"
                      + " %.4f)",
                  kindred.objective(),
                  kindred.hitRate().mean(),
                  kindred.k(),
                  other.hitRate().mean(),
                  other.lists(),
                  kindred.itemHitRate(),
                  other.itemHitRate()));
        }
      }
    }
    return losses;
  }
}
