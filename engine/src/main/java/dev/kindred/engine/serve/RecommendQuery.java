package dev.kindred.engine.serve;

import dev.kindred.engine.rerank.AttributeFilter;
import dev.kindred.engine.rerank.Reranking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * For whom to recommend and how to weigh what, for {@link Recommender#recommend(RecommendQuery)}.
 * Immutable; each method gives a changed copy:
 *
 * <pre>{@code
 * RecommendQuery.user("ann").top(20).weight("like", 2.0).exclude("video-7")
 * RecommendQuery.history(List.of("video-1", "video-2"))
 * RecommendQuery.anonymous().searched("space opera")
 * }</pre>
 */
public final class RecommendQuery {
  private final String user; // null for none
  private final List<String> history;
  private final int n;
  private final Map<String, Double> weights;
  private final List<String> excluded;
  private final boolean watchedToo;
  private final OptionalLong at;
  private final Reranking reranking;
  private final Optional<Duration> within;
  private final List<String> searched;

  private RecommendQuery(
      String user,
      List<String> history,
      int n,
      Map<String, Double> weights,
      List<String> excluded,
      boolean watchedToo,
      OptionalLong at,
      Reranking reranking,
      Optional<Duration> within,
      List<String> searched) {
    this.user = user;
    this.history = history;
    this.n = n;
    this.weights = weights;
    this.excluded = excluded;
    this.watchedToo = watchedToo;
    this.at = at;
    this.reranking = reranking;
    this.within = within;
    this.searched = searched;
  }

  /** For a user of the log or of the live state; one of neither is treated as anonymous. */
  public static RecommendQuery user(String id) {
    Objects.requireNonNull(id, "id");
    return new RecommendQuery(
        id,
        List.of(),
        10,
        Map.of(),
        List.of(),
        false,
        OptionalLong.empty(),
        Reranking.none(),
        Optional.empty(),
        List.of());
  }

  /**
   * For somebody who watched these items, oldest first, and of whom nothing else is known.
   *
   * @param items ids; unknown ones are passed over
   */
  public static RecommendQuery history(Collection<String> items) {
    return new RecommendQuery(
        null,
        List.copyOf(items),
        10,
        Map.of(),
        List.of(),
        false,
        OptionalLong.empty(),
        Reranking.none(),
        Optional.empty(),
        List.of());
  }

  /** For somebody of whom nothing is known. */
  public static RecommendQuery anonymous() {
    return history(List.of());
  }

  /**
   * How many items.
   *
   * @param count at least 0
   */
  public RecommendQuery top(int count) {
    Recommender.checkCount(count);
    return new RecommendQuery(
        user, history, count, weights, excluded, watchedToo, at, reranking, within, searched);
  }

  /**
   * Replaces the weight of one task for this request; the sign stays that of the polarity.
   *
   * @param weight 0 to 1,000,000; 0 leaves the task out
   */
  public RecommendQuery weight(String task, double weight) {
    Objects.requireNonNull(task, "task");
    Map<String, Double> changed = new LinkedHashMap<>(weights);
    changed.put(task, weight);
    return new RecommendQuery(
        user,
        history,
        n,
        Collections.unmodifiableMap(changed),
        excluded,
        watchedToo,
        at,
        reranking,
        within,
        searched);
  }

  /**
   * What was searched for just now, beside what is known of the user's searches; of words that the
   * snapshot doesn't know nothing follows.
   *
   * @param queries in words, oldest first
   */
  public RecommendQuery searched(String... queries) {
    return searched(List.of(queries));
  }

  /** See {@link #searched(String...)}. */
  public RecommendQuery searched(Collection<String> queries) {
    List<String> changed = new ArrayList<>(searched);
    changed.addAll(queries);
    return new RecommendQuery(
        user,
        history,
        n,
        weights,
        excluded,
        watchedToo,
        at,
        reranking,
        within,
        List.copyOf(changed));
  }

  /** Leaves items out; unknown ids do no harm. */
  public RecommendQuery exclude(String... ids) {
    return exclude(List.of(ids));
  }

  /** Leaves items out; unknown ids do no harm. */
  public RecommendQuery exclude(Collection<String> ids) {
    List<String> changed = new ArrayList<>(excluded);
    changed.addAll(ids);
    return new RecommendQuery(
        user,
        history,
        n,
        weights,
        List.copyOf(changed),
        watchedToo,
        at,
        reranking,
        within,
        searched);
  }

  /** Lets items come back that the user watched; disliked ones never do. */
  public RecommendQuery watchedToo() {
    return new RecommendQuery(
        user, history, n, weights, excluded, true, at, reranking, within, searched);
  }

  /**
   * The moment of the request, for what depends on the time since something.
   *
   * @param timeMillis since 1970 UTC, or a sequence number if the log had those; unless it is said,
   *     the log's end, or the newest event of the user if that is later
   */
  public RecommendQuery at(long timeMillis) {
    return new RecommendQuery(
        user,
        history,
        n,
        weights,
        excluded,
        watchedToo,
        OptionalLong.of(timeMillis),
        reranking,
        within,
        searched);
  }

  /**
   * What happens to the list after it is scored, in place of what was asked for before: filters,
   * rules, freshness, diversity, exploration.
   */
  public RecommendQuery rerank(Reranking value) {
    Objects.requireNonNull(value, "reranking");
    return new RecommendQuery(
        user, history, n, weights, excluded, watchedToo, at, value, within, searched);
  }

  /** Only items that the expression accepts; see {@link AttributeFilter}. */
  public RecommendQuery where(String expression) {
    return rerank(reranking.withWhere(expression));
  }

  /**
   * Looks at no more candidates after that long; {@link RecommendAnswer#cutShort} says whether some
   * were left.
   *
   * @param time from when the request begins, not negative
   */
  public RecommendQuery within(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("time is " + time + ", must not be negative");
    }
    return new RecommendQuery(
        user,
        history,
        n,
        weights,
        excluded,
        watchedToo,
        at,
        reranking,
        Optional.of(time),
        searched);
  }

  /** Id of the user, if there is one. */
  public Optional<String> user() {
    return Optional.ofNullable(user);
  }

  /** Ids of what was watched, oldest first; empty if there is a user. */
  public List<String> history() {
    return history;
  }

  /** What was searched for just now, oldest first. */
  public List<String> searched() {
    return searched;
  }

  /** How many items. */
  public int n() {
    return n;
  }

  /** Task to its weight for this request; a task not named keeps the stored one. */
  public Map<String, Double> weights() {
    return weights;
  }

  /** Ids left out. */
  public List<String> excluded() {
    return excluded;
  }

  /** Whether watched items may come back. */
  public boolean allowsWatched() {
    return watchedToo;
  }

  /** What happens to the list after it is scored. */
  public Reranking reranking() {
    return reranking;
  }

  /** How long the request may take. */
  public Optional<Duration> within() {
    return within;
  }

  /** The moment of the request, if it was said. */
  public OptionalLong at() {
    return at;
  }
}
