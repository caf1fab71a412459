package dev.kindred.app.evaluation;

import dev.kindred.engine.eval.ClusterBootstrap;
import java.util.LinkedHashMap;
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
 * @param hitRate with its 95% interval
 */
public record SegmentScore(
    String objective,
    String by,
    String segment,
    String lists,
    int k,
    int steps,
    ClusterBootstrap.Interval hitRate) {

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
    return json;
  }
}
