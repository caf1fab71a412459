package dev.kindred.app.evaluation;

import dev.kindred.engine.eval.NextItemEvaluator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often one source of related lists holds the item that users went on to. Immutable.
 *
 * @param objective whose steps were asked: from an item that it happened with to the next one
 * @param lists name of the source of the lists
 * @param k length of the lists
 * @param steps how many steps were asked
 * @param hitRate share of the steps whose next item is in the list
 * @param ndcg 1 / log2(place + 1), averaged over the steps
 * @param mrr 1 / place, averaged over the steps
 * @param itemHitRate hit rate with every next item counted alike
 * @param answered share of the steps whose present item has a list
 */
public record NextItemScore(
    String objective,
    String lists,
    int k,
    int steps,
    double hitRate,
    double ndcg,
    double mrr,
    double itemHitRate,
    double answered) {

  /** The score as an object; the names of the metrics say at what k. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("objective", objective);
    json.put("model", lists);
    json.put("k", k);
    json.put("steps", steps);
    json.put("hr@" + k, hitRate);
    json.put("ndcg@" + k, ndcg);
    json.put("mrr@" + k, mrr);
    json.put("itemHr@" + k, itemHitRate);
    json.put("answered", answered);
    return json;
  }

  static NextItemScore of(String objective, String lists, NextItemEvaluator.Report report) {
    return new NextItemScore(
        objective,
        lists,
        report.k(),
        report.steps(),
        report.hitRate(),
        report.ndcg(),
        report.reciprocalRank(),
        report.itemHitRate(),
        report.answered());
  }
}
