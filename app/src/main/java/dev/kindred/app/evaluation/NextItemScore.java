package dev.kindred.app.evaluation;

import dev.kindred.engine.eval.ClusterBootstrap;
import dev.kindred.engine.eval.NextItemEvaluator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How often one source of related lists holds the item that users went on to. Immutable.
 *
 * @param objective whose steps were asked: from an item that it happened with to the next one
 * @param lists name of the source of the lists
 * @param k length of the lists
 * @param steps how many steps were asked
 * @param hitRate share of the steps whose next item is in the list; with 95% interval, as users are
 *     drawn
 * @param ndcg 1 / log2(place + 1), averaged over the steps; with interval
 * @param mrr 1 / place, averaged over the steps
 * @param itemHitRate hit rate with every next item counted alike
 * @param answered share of the steps whose present item has a list
 * @param kindredMinus hit rate of the pipeline minus this one, step by step; empty for the pipeline
 *     itself
 */
public record NextItemScore(
    String objective,
    String lists,
    int k,
    int steps,
    ClusterBootstrap.Interval hitRate,
    ClusterBootstrap.Interval ndcg,
    double mrr,
    double itemHitRate,
    double answered,
    Optional<ClusterBootstrap.Difference> kindredMinus) {

  /** The score as an object; the names of the metrics say at what k. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("objective", objective);
    json.put("model", lists);
    json.put("k", k);
    json.put("steps", steps);
    put(json, "hr@" + k, hitRate);
    put(json, "ndcg@" + k, ndcg);
    json.put("mrr@" + k, mrr);
    json.put("itemHr@" + k, itemHitRate);
    json.put("answered", answered);
    kindredMinus.ifPresent(difference -> json.put("kindredMinus", difference));
    return json;
  }

  private static void put(Map<String, Object> json, String name, ClusterBootstrap.Interval value) {
    json.put(name, value.mean());
    json.put(name + "Low", value.low());
    json.put(name + "High", value.high());
  }

  static NextItemScore of(
      String objective,
      String lists,
      NextItemEvaluator.Report report,
      ClusterBootstrap.Interval hitRate,
      ClusterBootstrap.Interval ndcg,
      Optional<ClusterBootstrap.Difference> kindredMinus) {
    return new NextItemScore(
        objective,
        lists,
        report.k(),
        report.steps(),
        hitRate,
        ndcg,
        report.reciprocalRank(),
        report.itemHitRate(),
        report.answered(),
        kindredMinus);
  }
}
