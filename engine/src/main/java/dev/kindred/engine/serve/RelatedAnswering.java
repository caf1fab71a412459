package dev.kindred.engine.serve;

import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.content.SharedValue;
import dev.kindred.engine.related.Explanation;
import dev.kindred.engine.related.Term;
import dev.kindred.engine.rerank.Adjustment;
import dev.kindred.engine.rerank.BoundReranking;
import dev.kindred.engine.rerank.Rule;
import dev.kindred.engine.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Answers a query for related items with new objects: list, reasons, notes. Stateless. */
final class RelatedAnswering {
  private RelatedAnswering() {}

  /**
   * The list of a query.
   *
   * @param searcher as {@link RelatedSearcher#reset} leaves it; keeps what the query says
   */
  static RelatedAnswer answer(
      Recommender recommender, RelatedQuery query, RelatedSearcher searcher) {
    Generation generation = searcher.enter();
    try {
      int source = recommender.requireOrdinal(generation, query.item());
      searcher.apply(query);
      RelatedResult result = searcher.ownResult();
      if (query.explained()) {
        searcher.scored(source, query.n(), result);
      } else {
        searcher.relatedToOrdinal(source, query.n(), result);
      }
      List<RelatedItem> items = new ArrayList<>(result.size());
      for (int rank = 0; rank < result.size(); rank++) {
        // Reasons take longer than the list: with hundreds of entries they are most of a request.
        if (query.explained() && rank > 0 && searcher.isLate()) {
          break;
        }
        Optional<Explanation> explanation =
            query.explained()
                ? Optional.of(explain(generation, query.item(), source, result, rank, searcher))
                : Optional.empty();
        items.add(
            new RelatedItem(
                result.id(rank),
                result.score(rank),
                result.source(rank),
                rank,
                result.propensity(rank),
                result.placing(rank),
                explanation));
      }
      List<String> notes = notes(generation, source, query, result);
      int unexplained = result.size() - items.size();
      if (unexplained > 0) {
        notes.add(
            "the deadline came first: there was no time for the reasons of "
                + unexplained
                + " more entries, which are left out");
      }
      BoundReranking reranking = searcher.reranking();
      if (reranking != null && !reranking.unknownIds().isEmpty()) {
        notes.add("rules name items that the snapshot doesn't know: " + reranking.unknownIds());
      }
      return new RelatedAnswer(
          query.item(), items, result.precomputed(), result.cutShort() || unexplained > 0, notes);
    } finally {
      searcher.exit();
    }
  }

  /** Of an item in an answer. */
  private static Explanation explain(
      Generation generation,
      String sourceId,
      int source,
      RelatedResult result,
      int rank,
      RelatedSearcher searcher) {
    int target = result.ordinal(rank);
    BoundReranking reranking = searcher.reranking();
    List<Adjustment> adjustments = List.of();
    List<String> remarks = new ArrayList<>();
    if (reranking != null) {
      long now = System.currentTimeMillis();
      adjustments = reranking.adjustments(source, target, now);
      switch (result.placing(rank)) {
        case PINNED -> {
          Rule pin = reranking.pinnedBy(source, target, now);
          remarks.add("pinned here" + (pin == null ? "" : " by rule: " + pin.name()));
        }
        case EXPLORED -> remarks.add("drawn by exploration");
        case BURIED -> {
          Rule bury = reranking.buriedBy(source, target, now);
          remarks.add("buried" + (bury == null ? "" : " by rule: " + bury.name()));
        }
        case RANKED -> {}
      }
      if (result.propensity(rank) < 1) {
        remarks.add(String.format(Locale.ROOT, "propensity %.6f", result.propensity(rank)));
      }
    }
    return explain(
        generation, sourceId, source, result.id(rank), target, searcher, adjustments, remarks);
  }

  /** Of any pair, at the settings of the searcher, which holds the generation. */
  static Explanation explain(
      Generation generation,
      String sourceId,
      int source,
      String targetId,
      int target,
      RelatedSearcher searcher,
      List<Adjustment> adjustments,
      List<String> remarks) {
    Snapshot snapshot = generation.snapshot();
    float counted = searcher.similarity(source, target);
    List<Term> terms =
        snapshot.scorer().terms(source, target, counted, searcher.manual(), searcher.scratch());
    int size = snapshot.items().size();
    boolean inSnapshot = source < size && target < size;
    long place = inSnapshot ? snapshot.candidates().find(source, target) : -1;
    List<SharedValue> shared =
        inSnapshot
            ? snapshot.profile().map(profile -> profile.shared(source, target)).orElse(List.of())
            : shared(generation.profile(source), generation.profile(target));
    Optional<CandidateSource> candidate =
        inSnapshot
            ? place < 0 ? Optional.empty() : Optional.of(snapshot.candidates().source(place))
            : generation.additions().items().source(source, target);
    return new Explanation(
        sourceId,
        targetId,
        candidate,
        place < 0 ? counted : snapshot.candidates().similarity(place),
        shared,
        terms,
        adjustments,
        remarks,
        Explanation.sum(terms, adjustments));
  }

  private static List<SharedValue> shared(
      Map<String, List<String>> first, Map<String, List<String>> second) {
    List<SharedValue> shared = new ArrayList<>();
    first.forEach(
        (field, values) ->
            values.stream()
                .filter(second.getOrDefault(field, List.of())::contains)
                .forEach(value -> shared.add(new SharedValue(field, value))));
    return shared;
  }

  private static List<String> notes(
      Generation generation, int source, RelatedQuery query, RelatedResult result) {
    Snapshot snapshot = generation.snapshot();
    AddedItems added = generation.additions().items();
    List<String> notes = new ArrayList<>(added.refused());
    if (!snapshot.manifest().catalogue()) {
      notes.add(
          "the snapshot has no catalogue: candidates come from co-occurrence and factors, not from"
              + " content");
    }
    if (result.cutShort()) {
      notes.add("the deadline came first: not all candidates were looked at");
    }
    if (result.size() < query.n() && query.gated()) {
      notes.add(
          result.size()
              + " of the "
              + query.n()
              + " items asked for: the item has "
              + (source < snapshot.items().size()
                  ? snapshot.candidates().count(source)
                  : added.nearCount(source))
              + " candidates, those hidden, excluded and filtered out included");
    }
    if (!snapshot.scorer().tellsPairsApart()) {
      notes.add(
          "no channel of the snapshot tells related items from others: training switched them off,"
              + " or had no samples; see its notes");
    } else if (!snapshot.scorer().knows(source)) {
      notes.add(
          "no model has seen the item in the log: its list stands in the order of similarity");
    }
    return notes;
  }
}
