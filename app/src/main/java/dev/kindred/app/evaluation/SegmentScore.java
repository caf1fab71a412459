package dev.kindred.app.evaluation;

import dev.kindred.engine.eval.ClusterBootstrap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The next-item test on a part of the steps. Immutable.
 *
 * @param objective whose steps were asked
 * @param by what the steps are divided by
 * @param segment the part
 * @param lists name of the source of the lists
 * @param k length of the lists
 * @param steps in this part
 * @param hitRate with its 95% interval; recall too, for a step has one right answer
 * @param ndcg with its 95% interval
 * @param reciprocalRank mean over the steps
 */
public record SegmentScore(
    String objective,
    String by,
    String segment,
    String lists,
    int k,
    int steps,
    ClusterBootstrap.Interval hitRate,
    ClusterBootstrap.Interval ndcg,
    double reciprocalRank) {

  /** What the scores of its division are, in words. */
  public String title() {
    return objective + " by " + by + ": hit rate@" + k + " / NDCG@" + k;
  }

  /** The score in one cell of a table. */
  public String cell() {
    return String.format(Locale.ROOT, "%.4f / %.4f", hitRate.mean(), ndcg.mean());
  }

  /** The score as an object. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("part", "segment");
    json.put("objective", objective);
    json.put("by", by);
    json.put("segment", segment);
    json.put("model", lists);
    json.put("k", k);
    json.put("steps", steps);
    json.put("hr@" + k, hitRate.mean());
    json.put("hr@" + k + "Low", hitRate.low());
    json.put("hr@" + k + "High", hitRate.high());
    json.put("ndcg@" + k, ndcg.mean());
    json.put("ndcg@" + k + "Low", ndcg.low());
    json.put("ndcg@" + k + "High", ndcg.high());
    json.put("mrr@" + k, reciprocalRank);
    return json;
  }
}
