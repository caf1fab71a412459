package dev.kindred.app.evaluation;

import dev.kindred.app.output.ConstantName;
import dev.kindred.engine.eval.PairEvaluator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How well an objective's score tells items of one user from items of two. Immutable.
 *
 * @param objective its name
 * @param report what came out
 */
public record PairScore(String objective, PairEvaluator.Report report) {

  /** The score as an object. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("part", "pairs");
    json.put("objective", objective);
    json.put("pairs", report.pairs());
    json.put("auc", report.auc().auc());
    json.put("aucLow", report.auc().low());
    json.put("aucHigh", report.auc().high());
    json.put("groupedAuc", report.grouped().auc());
    json.put("groups", report.grouped().groups());
    report
        .predictions()
        .ifPresent(
            p -> {
              json.put("logLoss", p.logLoss());
              json.put("rmse", p.rmse());
              json.put("calibrationError", p.reliability().error());
            });
    Map<String, Object> channels = new LinkedHashMap<>();
    report.channels().forEach(c -> channels.put(ConstantName.of(c.kind()), c.auc()));
    json.put("channelAuc", channels);
    Map<String, Object> baselines = new LinkedHashMap<>();
    baselines.put(NextItemComparison.POPULARITY, report.baselines().popularity());
    baselines.put(NextItemComparison.COSINE, report.baselines().cooccurrence());
    json.put("baselineAuc", baselines);
    return json;
  }
}
