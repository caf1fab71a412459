package dev.kindred.engine.serve;

import dev.kindred.engine.rank.RetrievalSource;
import dev.kindred.engine.rerank.BoundReranking;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.rerank.Rule;
import dev.kindred.engine.serve.WhyNot.Stage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the stage that kept an item out of a list for a user: asks each in the order in which they
 * run. One object per question; its searcher is pinned meanwhile.
 */
final class PersonalInquest {
  private final RecommendSearcher searcher;
  private final RecommendQuery query;
  private final String target;

  PersonalInquest(RecommendSearcher searcher, RecommendQuery query, String target) {
    this.searcher = searcher;
    this.query = query;
    this.target = target;
  }

  WhyNot verdict(boolean isHidden) {
    int item = searcher.rankedOrdinalOf(target);
    if (item < 0) {
      return verdict(
          Stage.UNKNOWN_ITEM,
          "item '" + target + "' is not one of the snapshot's; check the id, or train again");
    }
    if (isHidden) {
      return verdict(Stage.HIDDEN, "it is hidden in the live state");
    }
    if (query.excluded().contains(target)) {
      return verdict(Stage.EXCLUDED, "the request excludes it");
    }
    RecommendAnswer answer = searcher.answer(query);
    int rank = RankingInquest.rank(places(answer), target);
    if (rank >= 0) {
      return verdict(Stage.LISTED, "it is in the list, at place " + (rank + 1));
    }
    BoundReranking bound = searcher.bound(query.reranking());
    long now = System.currentTimeMillis();
    if (!bound.passes(item)) {
      return verdict(Stage.FILTERED, "it doesn't meet " + query.reranking().where().orElseThrow());
    }
    Rule hides = bound.hiddenBy(-1, item, now);
    if (hides != null) {
      return verdict(Stage.HIDDEN_BY_RULE, "hidden by rule: " + hides.name());
    }
    if (searcher.disliked(item)) {
      return verdict(Stage.DISLIKED, "the user disliked it");
    }
    if (searcher.watched(item) && !query.allowsWatched()) {
      return verdict(Stage.WATCHED, "the user watched it, and the request leaves such items out");
    }
    Reranking conditions = Reranking.none().withWhere(query.reranking().where());
    RecommendAnswer all =
        searcher.answer(query.rerank(conditions).top(Math.max(1, answer.funnel().ranked())));
    if (RankingInquest.rank(places(all), target) < 0) {
      return verdict(Stage.NOT_RETRIEVED, "no source brought it: " + brought(all.funnel()));
    }
    RankingInquest.Finding finding =
        RankingInquest.of(
            query.reranking(),
            query.n(),
            target,
            (reranking, n) ->
                places(
                    searcher.answer(
                        query.rerank(reranking).top(Math.min(n, all.funnel().ranked())))),
            () -> searcher.bound(query.reranking()).buriedBy(-1, item, now));
    return verdict(finding.stage(), finding.reason());
  }

  private static List<RankingInquest.Place> places(RecommendAnswer answer) {
    return answer.items().stream()
        .map(item -> new RankingInquest.Place(item.id(), item.score()))
        .toList();
  }

  private static String brought(Funnel funnel) {
    StringBuilder text = new StringBuilder();
    for (RetrievalSource source : RetrievalSource.values()) {
      text.append(text.isEmpty() ? "" : ", ")
          .append(source.name().toLowerCase(Locale.ROOT))
          .append(' ')
          .append(funnel.kept().get(source));
    }
    return text + " allowed, " + funnel.ranked() + " distinct items ranked";
  }

  private WhyNot verdict(Stage stage, String reason) {
    String whom =
        query
            .user()
            .map(id -> "user " + id)
            .orElse(query.history().isEmpty() ? "anybody" : "a history");
    return new WhyNot(whom, target, stage, reason, Optional.empty());
  }
}
