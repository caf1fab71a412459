package dev.kindred.engine.serve;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.content.ContentGate;
import dev.kindred.engine.rerank.BoundReranking;
import dev.kindred.engine.rerank.Rule;
import dev.kindred.engine.serve.WhyNot.Stage;
import dev.kindred.engine.snapshot.Snapshot;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the stage of a query that kept an item out of a list: asks each in the order in which they
 * run, and of re-ranking which part, switched on after the others, loses it. One object per
 * question.
 */
final class Inquest {
  private final RelatedSearcher searcher;
  private final Generation generation;
  private final Snapshot snapshot;
  private final AddedItems added;
  private final RelatedQuery query;
  private final String target;
  private final long deadline; // as System.nanoTime; of no meaning if the query has none

  Inquest(RelatedSearcher searcher, Generation generation, RelatedQuery query, String target) {
    this.searcher = searcher;
    this.generation = generation;
    this.query = query;
    this.target = target;
    deadline = System.nanoTime() + query.within().orElse(Duration.ZERO).toNanos();
    snapshot = generation.snapshot();
    added = generation.additions().items();
  }

  WhyNot verdict(boolean isHidden) {
    int from = generation.ordinalOf(query.item());
    int to = generation.ordinalOf(target);
    if (from < 0 || to < 0) {
      return verdict(
          Stage.UNKNOWN_ITEM,
          "item '" + (from < 0 ? query.item() : target) + "' is not known; check the id");
    }
    if (from == to) {
      return verdict(Stage.SAME_ITEM, "an item is not related to itself");
    }
    if (isHidden) {
      return verdict(Stage.HIDDEN, "it is hidden in the live state");
    }
    if (query.excluded().contains(target)) {
      return verdict(Stage.EXCLUDED, "the request excludes it");
    }
    BoundReranking bound = generation.bind(query.reranking());
    long now = System.currentTimeMillis();
    if (!bound.passes(to)) {
      return verdict(Stage.FILTERED, "it doesn't meet " + query.reranking().where().orElseThrow());
    }
    Rule hides = bound.hiddenBy(from, to, now);
    if (hides != null) {
      return verdict(Stage.HIDDEN_BY_RULE, "hidden by rule: " + hides.name());
    }
    boolean isPinned = bound.pinnedBy(from, to, now) != null;
    if (!isPinned && query.gated() && !isCandidate(from, to)) {
      return gate(from, to);
    }
    int rank = rank(query);
    if (rank >= 0) {
      return verdict(Stage.LISTED, "it is in the list, at place " + (rank + 1));
    }
    return ranking(from, to);
  }

  private boolean isCandidate(int from, int to) {
    int size = snapshot.items().size();
    if (from < size && to < size) {
      return snapshot.candidates().find(from, to) >= 0;
    }
    RelatedQuery all = RelatedQuery.item(query.item()).top(Integer.MAX_VALUE / 4);
    return rank(all) >= 0;
  }

  /** Why it is no candidate. */
  private WhyNot gate(int from, int to) {
    CandidateLists candidates = snapshot.candidates();
    int size = snapshot.items().size();
    if (snapshot.gate().isEmpty()) {
      return verdict(
          Stage.NO_CANDIDATE,
          from < size
              ? "it is none of the " + candidates.count(from) + " candidates of the item"
              : "the snapshot can't place items that were added");
    }
    ContentGate gate = snapshot.gate().get();
    for (int item : new int[] {from, to}) {
      if (item < size && !gate.hasProfile(item)) {
        return verdict(
            Stage.NO_PROFILE,
            "item '" + generation.idOf(item) + "' has no profile value that others have too");
      }
    }
    float cosine = from < size && to < size ? gate.cosine(from, to) : added.cosine(from, to);
    int count = from < size ? candidates.count(from) : added.nearCount(from);
    if (from < size && count > 0) {
      long last = candidates.end(from) - 1;
      float least = candidates.similarity(last);
      if (cosine >= (float) gate.threshold()
          || (count >= gate.maxPerItem() && cosine >= (float) gate.floor())) {
        return verdict(
            Stage.OUTSIDE_CAP,
            format(
                "profile similarity %.3f, outside the %d candidates kept, which go down to %.3f",
                cosine, count, least));
      }
      if (candidates.source(last) == CandidateSource.CONTENT_RELAXED) {
        return verdict(
            Stage.BELOW_THRESHOLD,
            format(
                "profile similarity %.3f, below e = %.2f and below %.3f, to which it was lowered"
                    + " for the item's %d candidates",
                cosine, gate.threshold(), least, count));
      }
    }
    return verdict(
        Stage.BELOW_THRESHOLD,
        format(
            "profile similarity %.3f, below e = %.2f; the item has %d candidates",
            cosine, gate.threshold(), count));
  }

  /** A candidate that may be shown, but is not in the list. */
  private WhyNot ranking(int from, int to) {
    RankingInquest.Finding finding =
        RankingInquest.of(
            query.reranking(),
            query.n(),
            target,
            (reranking, n) ->
                answer(query.rerank(reranking).top(n)).items().stream()
                    .map(item -> new RankingInquest.Place(item.id(), item.score()))
                    .toList(),
            () ->
                generation.bind(query.reranking()).buriedBy(from, to, System.currentTimeMillis()));
    return verdict(finding.stage(), finding.reason());
  }

  private int rank(RelatedQuery asked) {
    return rank(answer(asked));
  }

  /** A list within what is left of the time; one that is cut short would give a wrong verdict. */
  private RelatedAnswer answer(RelatedQuery asked) {
    if (query.within().isEmpty()) {
      return searcher.answer(asked);
    }
    long leftNanos = deadline - System.nanoTime();
    if (leftNanos > 0) {
      RelatedAnswer answer = searcher.answer(asked.within(Duration.ofNanos(leftNanos)));
      if (!answer.cutShort()) {
        return answer;
      }
    }
    throw new TooLateException(
        "why '" + target + "' is not in the list of '" + query.item() + "'", query.within().get());
  }

  private int rank(RelatedAnswer answer) {
    for (RelatedItem item : answer.items()) {
      if (item.id().equals(target)) {
        return item.rank();
      }
    }
    return -1;
  }

  private WhyNot verdict(Stage stage, String reason) {
    boolean known = generation.ordinalOf(query.item()) >= 0 && generation.ordinalOf(target) >= 0;
    return new WhyNot(
        query.item(),
        target,
        stage,
        reason,
        known && stage != Stage.SAME_ITEM
            ? Optional.of(searcher.explain(query, target))
            : Optional.empty());
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
