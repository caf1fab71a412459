package dev.kindred.engine.serve;

import dev.kindred.engine.rerank.Diversity;
import dev.kindred.engine.rerank.Exploration;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.rerank.Rule;
import dev.kindred.engine.serve.WhyNot.Stage;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Finds which part of scoring and re-ranking kept a candidate out of a list: the list is asked for
 * again and again, each time with one more part switched on, until the candidate is lost.
 * Stateless.
 */
final class RankingInquest {
  private RankingInquest() {}

  /** A place in a list. */
  record Place(String id, float score) {}

  /** The list as it would be with another re-ranking and of another length. */
  interface Lists {
    List<Place> of(Reranking reranking, int n);
  }

  /** What was found. */
  record Finding(Stage stage, String reason) {}

  /**
   * Asks.
   *
   * @param all the re-ranking of the request
   * @param n length of the request's list
   * @param target a candidate that may be shown and isn't
   * @param buriedBy the rule that buries it, or null
   */
  static Finding of(Reranking all, int n, String target, Lists lists, Supplier<Rule> buriedBy) {
    List<Rule> boosts = rules(all, Rule.Action.HIDE, Rule.Action.BOOST);
    List<Rule> buries = rules(all, Rule.Action.HIDE, Rule.Action.BOOST, Rule.Action.BURY);
    Reranking scores =
        new Reranking(
            all.where(),
            boosts,
            Diversity.off(),
            List.of(),
            all.freshness(),
            Exploration.off(),
            all.pool());
    List<Place> full = lists.of(scores, Integer.MAX_VALUE / 4);
    int rank = rank(full, target);
    if (rank >= n || rank < 0) {
      String place =
          rank < 0
              ? "it has no score"
              : format(
                  "it stands at place %d of %d with a score of %.4f; the list of %d ends at %.4f",
                  rank + 1,
                  full.size(),
                  full.get(rank).score(),
                  n,
                  n == 0 ? Float.NaN : full.get(n - 1).score());
      return new Finding(Stage.BELOW_LIST, place);
    }
    String byScore = "by score it stands at place " + (rank + 1);
    if (rank(lists.of(scores.withRules(buries), n), target) < 0) {
      Rule rule = buriedBy.get();
      return new Finding(
          Stage.BURIED, byScore + ", buried" + (rule == null ? "" : " by rule: " + rule.name()));
    }
    if (rank(lists.of(scores.withRules(all.rules()), n), target) < 0) {
      return new Finding(Stage.DISPLACED_BY_PINS, byScore + "; pinned items took its place");
    }
    Reranking capped =
        new Reranking(
            all.where(),
            all.rules(),
            Diversity.off(),
            all.caps(),
            all.freshness(),
            Exploration.off(),
            all.pool());
    if (rank(lists.of(capped, n), target) < 0) {
      return new Finding(
          Stage.CAPPED, byScore + "; as many as allowed share one of its values: " + all.caps());
    }
    if (rank(lists.of(capped.withDiversity(all.diversity()), n), target) < 0) {
      return new Finding(
          Stage.DIVERSITY,
          byScore + "; diversity of lambda " + all.diversity().lambda() + " took others");
    }
    return new Finding(Stage.NOT_DRAWN, byScore + "; exploration drew others");
  }

  /** The target's place from 0, or -1. */
  static int rank(List<Place> list, String target) {
    for (int rank = 0; rank < list.size(); rank++) {
      if (list.get(rank).id().equals(target)) {
        return rank;
      }
    }
    return -1;
  }

  private static List<Rule> rules(Reranking reranking, Rule.Action... actions) {
    return reranking.rules().stream()
        .filter(rule -> List.of(actions).contains(rule.action()))
        .toList();
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
