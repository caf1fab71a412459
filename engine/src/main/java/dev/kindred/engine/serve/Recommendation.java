package dev.kindred.engine.serve;

import dev.kindred.engine.rank.RankTask;
import dev.kindred.engine.rank.RetrievalSource;
import dev.kindred.engine.related.UnknownObjectiveException;
import dev.kindred.engine.rerank.BoundReranking;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Answers a query with new objects. Stateless. */
final class Recommendation {
  private Recommendation() {}

  static RecommendAnswer answer(RecommendQuery query, RecommendSearcher searcher) {
    searcher.pin();
    try {
      return pinned(query, searcher);
    } finally {
      searcher.unpin();
    }
  }

  private static RecommendAnswer pinned(RecommendQuery query, RecommendSearcher searcher) {
    long start = System.nanoTime();
    for (Map.Entry<String, Double> weight : query.weights().entrySet()) {
      searcher.weight(requireTask(weight.getKey(), searcher.tasks()), weight.getValue());
    }
    for (String id : query.excluded()) {
      int ordinal = searcher.rankedOrdinalOf(id);
      if (ordinal >= 0) {
        searcher.exclude(ordinal);
      }
    }
    searcher.rerank(query.reranking());
    BoundReranking reranking = searcher.reranking();
    searcher.watchedToo(query.allowsWatched());
    searcher.searched(query.searched());
    query.at().ifPresent(searcher::at);
    if (query.within().isPresent()) {
      searcher.deadline(start + query.within().get().toNanos());
    }
    RecommendResult result = new RecommendResult(query.n());
    List<String> notes = new ArrayList<>();
    if (query.user().isPresent()) {
      searcher.recommend(query.user().get(), query.n(), result);
    } else {
      int[] items =
          query.history().stream()
              .mapToInt(searcher::rankedOrdinalOf)
              .filter(item -> item >= 0)
              .toArray();
      if (items.length < query.history().size()) {
        notes.add(
            query.history().size()
                - items.length
                + " of the "
                + query.history().size()
                + " items of the history are unknown");
      }
      searcher.recommendAfter(items, 0, items.length, query.n(), result);
    }
    if (!query.searched().isEmpty() && !searcher.readsSearches()) {
      notes.add("the snapshot was trained without searches: what was searched for says nothing");
    }
    if (!result.known()) {
      notes.add(
          "nothing is known of "
              + query.user().map(user -> "user '" + user + "'").orElse("the user")
              + ": the candidates are the popular items");
    }
    if (result.cutShort()) {
      notes.add("the deadline came before all candidates were looked at");
    } else if (result.size() < query.n()) {
      notes.add(result.size() + " of the " + query.n() + " items asked for: no more are allowed");
    }
    if (!reranking.unknownIds().isEmpty()) {
      notes.add("rules name items that the snapshot doesn't know: " + reranking.unknownIds());
    }
    List<RecommendedItem> items = new ArrayList<>();
    for (int rank = 0; rank < result.size(); rank++) {
      items.add(item(result, rank, searcher, reranking));
    }
    Map<RetrievalSource, Integer> found = new EnumMap<>(RetrievalSource.class);
    Map<RetrievalSource, Integer> kept = new EnumMap<>(RetrievalSource.class);
    for (RetrievalSource source : RetrievalSource.values()) {
      found.put(source, result.found(source));
      kept.put(source, result.kept(source));
    }
    return new RecommendAnswer(
        items,
        result.known(),
        result.cutShort(),
        new Funnel(found, kept, result.ranked(), result.size()),
        notes);
  }

  private static RecommendedItem item(
      RecommendResult result, int rank, RecommendSearcher searcher, BoundReranking reranking) {
    List<RetrievalSource> sources = new ArrayList<>();
    for (RetrievalSource source : RetrievalSource.values()) {
      if (result.from(rank, source)) {
        sources.add(source);
      }
    }
    List<TaskTerm> terms = new ArrayList<>();
    for (int t = 0; t < searcher.tasks().size(); t++) {
      RankTask task = searcher.tasks().get(t);
      float value = result.value(rank, t);
      double weight = searcher.weight(t);
      terms.add(new TaskTerm(task.name(), value, weight, task.term(value, weight)));
    }
    return new RecommendedItem(
        result.id(rank),
        result.score(rank),
        sources,
        rank,
        result.propensity(rank),
        result.placing(rank),
        terms,
        reranking.adjustments(-1, result.ordinal(rank), System.currentTimeMillis()));
  }

  private static int requireTask(String name, List<RankTask> tasks) {
    for (int t = 0; t < tasks.size(); t++) {
      if (tasks.get(t).name().equals(name)) {
        return t;
      }
    }
    throw new UnknownObjectiveException(
        "no task '" + name + "'; the ranker has " + tasks.stream().map(RankTask::name).toList());
  }
}
