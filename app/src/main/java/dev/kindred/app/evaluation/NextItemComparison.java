package dev.kindred.app.evaluation;

import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.data.RowFilter;
import dev.kindred.engine.eval.BaselineLists;
import dev.kindred.engine.eval.NextItemEvaluator;
import dev.kindred.engine.eval.RelatedLists;
import dev.kindred.engine.eval.Transitions;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
    int longest = ks.stream().mapToInt(Integer::intValue).max().orElseThrow();
    List<NextItemScore> scores = new ArrayList<>();
    for (int objective = 0; objective < history.objectives().size(); objective++) {
      if (history.objectives().get(objective).polarity() == Polarity.NEGATIVE) {
        continue;
      }
      Transitions steps = Transitions.into(history, held, objective);
      if (steps.size() == 0) {
        continue;
      }
      Interactions counts = history.interactions(objective, RowFilter.ALL);
      Map<String, RelatedLists> lists = new LinkedHashMap<>();
      lists.put(KINDRED, kindred);
      lists.put(COSINE, BaselineLists.cooccurrence(counts, true, longest, workers));
      lists.put(COOCCURRENCE, BaselineLists.cooccurrence(counts, false, longest, workers));
      lists.put(POPULARITY, BaselineLists.popularity(counts, longest));
      String name = history.objectives().get(objective).name();
      for (int k : ks) {
        lists.forEach(
            (source, list) ->
                scores.add(
                    NextItemScore.of(
                        name, source, NextItemEvaluator.evaluate(list, steps, k, workers))));
      }
    }
    if (scores.isEmpty()) {
      throw new IllegalArgumentException(
          "no user goes on from one item to another in the held-out part: hold out more of the"
              + " log, or give the log a time or an order");
    }
    return List.copyOf(scores);
  }

  /**
   * One line for each objective and k at which the pipeline has a lower hit rate than popularity.
   */
  public static List<String> losses(List<NextItemScore> scores) {
    List<String> losses = new ArrayList<>();
    for (NextItemScore kindred : scores) {
      for (NextItemScore other : scores) {
        if (kindred.lists().equals(KINDRED)
            && other.lists().equals(POPULARITY)
            && kindred.objective().equals(other.objective())
            && kindred.k() == other.k()
            && kindred.hitRate() < other.hitRate()) {
          losses.add(
              String.format(
                  Locale.ROOT,
                  "%s: hit rate %.4f at %d is below the %.4f of popularity (by item %.4f against"
                      + " %.4f)",
                  kindred.objective(),
                  kindred.hitRate(),
                  kindred.k(),
                  other.hitRate(),
                  kindred.itemHitRate(),
                  other.itemHitRate()));
        }
      }
    }
    return losses;
  }
}
