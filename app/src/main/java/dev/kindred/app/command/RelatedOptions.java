package dev.kindred.app.command;

import dev.kindred.engine.data.InputException;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.LiveStateOptions;
import dev.kindred.engine.serve.NoRankingException;
import dev.kindred.engine.serve.RecommendQuery;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedQuery;
import dev.kindred.live.ChronicleLiveState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code related} and {@code why-not} ask with: snapshot, live state, weights and rules. */
final class RelatedOptions {
  @Mixin private SnapshotOption model;
  @Mixin private RerankingOptions reranking;

  @Option(
      names = "-n",
      paramLabel = "N",
      defaultValue = "10",
      description = "Items in a list (default: ${DEFAULT-VALUE}).")
  private int n;

  @Option(
      names = "--weight",
      paramLabel = "OBJECTIVE=A",
      description = "Manual weight of an objective for this request; 0 leaves it out.")
  private Map<String, Double> weights = new LinkedHashMap<>();

  @Option(names = "--exclude", paramLabel = "ID", description = "Leave an item out.")
  private List<String> excluded = List.of();

  @Option(
      names = "--live",
      paramLabel = "DIR",
      description = "Live state: items hidden there are left out, items added there take part.")
  private Path live;

  /** What a command does with the opened snapshot. */
  @FunctionalInterface
  interface Asking {
    void with(Recommender recommender) throws IOException;
  }

  /** Opens snapshot and live state for the length of the command. */
  void ask(Asking asking) throws IOException {
    try {
      if (live == null) {
        try (Recommender recommender = model.open((LiveState) null)) {
          asking.with(recommender);
        }
        return;
      }
      LiveCommand.requireState(live);
      try (LiveState state = ChronicleLiveState.open(live, LiveStateOptions.defaults());
          Recommender recommender = model.open(state)) {
        asking.with(recommender);
      }
    } catch (NoRankingException e) {
      throw new InputException(e.getMessage(), e);
    }
  }

  /** The ids to leave out that the snapshot and its live state don't know, in a line. */
  Optional<String> unknownExclusions(Recommender recommender) {
    List<String> unknown = excluded.stream().filter(id -> !recommender.contains(id)).toList();
    return unknown.isEmpty()
        ? Optional.empty()
        : Optional.of("--exclude names items that the snapshot doesn't know: " + unknown);
  }

  /**
   * The query of one item.
   *
   * @throws IllegalArgumentException if an option is out of range
   */
  RelatedQuery query(String item, OptionalLong seed) throws IOException {
    RelatedQuery query =
        RelatedQuery.item(item).top(length(n)).exclude(excluded).rerank(reranking.read(seed));
    for (Map.Entry<String, Double> weight : weights.entrySet()) {
      query = query.weight(weight.getKey(), weight.getValue());
    }
    return query;
  }

  /**
   * The query of a list for somebody, with the same settings.
   *
   * @param whom for whom
   * @throws IllegalArgumentException if an option is out of range
   */
  RecommendQuery query(RecommendQuery whom, OptionalLong seed) throws IOException {
    RecommendQuery query = whom.top(length(n)).exclude(excluded).rerank(reranking.read(seed));
    for (Map.Entry<String, Double> weight : weights.entrySet()) {
      query = query.weight(weight.getKey(), weight.getValue());
    }
    return query;
  }

  /** Items of a list; the library has empty lists too, a person who asks for one made an error. */
  static int length(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("-n is " + n + ", must be 1 or more");
    }
    return n;
  }
}
