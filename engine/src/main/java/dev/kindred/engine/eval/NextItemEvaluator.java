package dev.kindred.engine.eval;

import dev.kindred.index.run.Workers;

/**
 * Does the item a user went on to stand in the related list of the item before it?
 *
 * <p>Each step is one query with one right answer, so hit rate is recall, and NDCG is 1 /
 * log2(place + 1). Nothing is masked: the lists know no user. An item without a list is a miss.
 *
 * <p>Stateless; the same result for any number of threads.
 */
public final class NextItemEvaluator {
  private NextItemEvaluator() {}

  /**
   * Means over all steps.
   *
   * @param k length of the lists
   * @param steps number of steps
   * @param hitRate share of steps whose next item is in the list
   * @param answered share of steps whose present item has a list at all
   * @param itemHitRate the hit rate of the steps into one item, averaged over all items that are
   *     ever the next one: each counts the same however often the site showed it, so that a list of
   *     what is popular gains nothing by it
   */
  public record Report(
      int k,
      int steps,
      double hitRate,
      double ndcg,
      double reciprocalRank,
      double answered,
      double itemHitRate) {}

  /**
   * Evaluates the first k of each list.
   *
   * @throws IllegalArgumentException if k is below 1 or there are no steps
   */
  public static Report evaluate(
      RelatedLists lists, Transitions transitions, int k, Workers workers) {
    return report(places(lists, transitions, k, workers), transitions, k);
  }

  /** No list at all: see {@link #places}. */
  public static final int NO_LIST = -1;

  /**
   * Where the next item of each step stands.
   *
   * @return from 1; 0 = not in the first k; {@link #NO_LIST} = the present item has no list
   * @throws IllegalArgumentException if k is below 1 or there are no steps
   */
  public static int[] places(RelatedLists lists, Transitions transitions, int k, Workers workers) {
    if (k < 1) {
      throw new IllegalArgumentException("k is " + k + "; it must be at least 1");
    }
    int n = transitions.size();
    if (n == 0) {
      throw new IllegalArgumentException(
          "no user goes on from one item to another in the held-out part: hold out more of the"
              + " log");
    }
    int[] places = new int[n];
    workers.forEachRange(
        n,
        256,
        (from, to, worker) -> {
          int[] list = new int[k];
          for (int i = (int) from; i < to; i++) {
            int length = lists.related(transitions.from(i), k, list);
            places[i] = length == 0 ? NO_LIST : 0;
            for (int p = 0; p < length; p++) {
              if (list[p] == transitions.to(i)) {
                places[i] = p + 1;
                break;
              }
            }
          }
        });
    return places;
  }

  /**
   * Evaluates the first k of each list.
   *
   * @param places of {@link #places} for k or a larger one
   */
  public static Report report(int[] places, Transitions transitions, int k) {
    int n = places.length;
    long hits = 0;
    long answered = 0;
    double ndcg = 0;
    double reciprocal = 0;
    for (int place : places) {
      answered += place >= 0 ? 1 : 0;
      if (place > 0 && place <= k) {
        hits++;
        ndcg += RankingMetrics.discount(place - 1);
        reciprocal += 1.0 / place;
      }
    }
    return new Report(
        k,
        n,
        (double) hits / n,
        ndcg / n,
        reciprocal / n,
        (double) answered / n,
        itemHitRate(transitions, places, k));
  }

  /** For each step 1 if its next item stands in the first k, else 0. */
  public static double[] hits(int[] places, int k) {
    double[] hits = new double[places.length];
    for (int i = 0; i < hits.length; i++) {
      hits[i] = places[i] > 0 && places[i] <= k ? 1 : 0;
    }
    return hits;
  }

  /** For each step the NDCG at k: 1 / log2(place + 1), or 0. */
  public static double[] gains(int[] places, int k) {
    double[] gains = new double[places.length];
    for (int i = 0; i < gains.length; i++) {
      gains[i] = places[i] > 0 && places[i] <= k ? RankingMetrics.discount(places[i] - 1) : 0;
    }
    return gains;
  }

  /**
   * The mean of 1 / place within the first k, 0 beyond, over some steps.
   *
   * @param counted which steps count, at least one
   */
  public static double reciprocalRank(int[] places, boolean[] counted, int k) {
    int steps = 0;
    double sum = 0;
    for (int i = 0; i < places.length; i++) {
      if (counted[i]) {
        steps++;
        sum += places[i] > 0 && places[i] <= k ? 1.0 / places[i] : 0;
      }
    }
    return sum / steps;
  }

  private static double itemHitRate(Transitions transitions, int[] places, int k) {
    int items = 0;
    for (int i = 0; i < places.length; i++) {
      items = Math.max(items, transitions.to(i) + 1);
    }
    int[] steps = new int[items];
    int[] hits = new int[items];
    for (int i = 0; i < places.length; i++) {
      steps[transitions.to(i)]++;
      hits[transitions.to(i)] += places[i] > 0 && places[i] <= k ? 1 : 0;
    }
    double sum = 0;
    int reached = 0;
    for (int item = 0; item < items; item++) {
      if (steps[item] > 0) {
        sum += (double) hits[item] / steps[item];
        reached++;
      }
    }
    return sum / reached;
  }
}
