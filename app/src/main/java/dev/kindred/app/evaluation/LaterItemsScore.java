package dev.kindred.app.evaluation;

import dev.kindred.engine.eval.ClusterBootstrap;
import dev.kindred.engine.eval.RankingFigures;
import dev.kindred.engine.eval.TopNEvaluator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How much of what users took to later stands in the list beside their last item. Immutable.
 *
 * @param objective that made items right answers
 * @param lists name of the source of the lists
 * @param report means over the users
 * @param certainty how sure they are
 */
public record LaterItemsScore(
    String objective, String lists, TopNEvaluator.Report report, Certainty certainty) {

  /**
   * Intervals over users.
   *
   * @param recall its 95% interval
   * @param ndcg its 95% interval
   * @param kindredMinus Kindred's recall minus this one, user by user; empty for Kindred itself
   */
  public record Certainty(
      ClusterBootstrap.Interval recall,
      ClusterBootstrap.Interval ndcg,
      Optional<ClusterBootstrap.Difference> kindredMinus) {

    /**
     * Of one source beside another.
     *
     * @param bootstrap draws the queries of both
     * @param kindred Kindred's figures; the same object as {@code figures} for Kindred itself
     */
    static Certainty of(
        ClusterBootstrap bootstrap, RankingFigures figures, RankingFigures kindred) {
      return new Certainty(
          bootstrap.mean(figures.recalls()),
          bootstrap.mean(figures.ndcgs()),
          figures == kindred
              ? Optional.empty()
              : Optional.of(bootstrap.difference(kindred.recalls(), figures.recalls())));
    }
  }

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
    json.put("recall@" + k + "Low", certainty.recall().low());
    json.put("recall@" + k + "High", certainty.recall().high());
    json.put("ndcg@" + k + "Low", certainty.ndcg().low());
    json.put("ndcg@" + k + "High", certainty.ndcg().high());
    certainty.kindredMinus().ifPresent(difference -> json.put("kindredMinus", difference));
    return json;
  }
}
