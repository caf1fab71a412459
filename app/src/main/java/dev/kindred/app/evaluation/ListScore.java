package dev.kindred.app.evaluation;

import dev.kindred.engine.eval.BeyondAccuracy;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the lists of a source are like, right or not. Immutable.
 *
 * @param lists name of the source
 * @param qualities coverage and so on
 */
public record ListScore(String lists, BeyondAccuracy qualities) {

  /** The score as an object. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("part", "lists");
    json.put("model", lists);
    json.put("k", qualities.k());
    json.put("lists", qualities.lists());
    json.put("coverage", qualities.coverage());
    json.put("gini", qualities.gini());
    json.put("novelty", qualities.novelty());
    if (!Double.isNaN(qualities.diversity())) {
      json.put("intraListDiversity", qualities.diversity());
    }
    return json;
  }
}
