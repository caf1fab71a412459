package dev.kindred.app.evaluation;

import dev.kindred.engine.eval.TopNEvaluator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much of what users took to later stands in the list beside their last item. Immutable.
 *
 * @param objective that made items right answers
 * @param lists name of the source of the lists
 * @param report means over the users
 */
public record LaterItemsScore(String objective, String lists, TopNEvaluator.Report report) {

  /** The score as an object; the names of the metrics say at what k. */
  public Map<String, Object> json() {
    int k = report.k();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("part", "later-items");
    json.put("objective", objective);
    json.put("model", lists);
    json.put("k", k);
    json.put("users", report.users());
    json.put("precision@" + k, report.precision());
    json.put("recall@" + k, report.recall());
    json.put("f1@" + k, report.f1());
    json.put("map@" + k, report.averagePrecision());
    json.put("ndcg@" + k, report.ndcg());
    json.put("hr@" + k, report.hitRate());
    json.put("mrr@" + k, report.reciprocalRank());
    return json;
  }
}
