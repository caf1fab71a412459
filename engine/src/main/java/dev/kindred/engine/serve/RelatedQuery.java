package dev.kindred.engine.serve;

import dev.kindred.engine.rerank.AttributeFilter;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.rerank.Rule;
import dev.kindred.engine.rerank.Selection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What items to find and how to weigh them, for {@link Recommender#related(RelatedQuery)}.
 * Immutable; each method gives a changed copy:
 *
 * <pre>{@code
 * RelatedQuery.item("video-42").top(10).weight("watch", 2.0).exclude("video-7")
 * }</pre>
 */
public final class RelatedQuery {
  private final String item;
  private final int n;
  private final Map<String, Double> weights;
  private final List<String> excluded;
  private final Reranking reranking;
  private final Limits limits;
  private final boolean explain;

  /** Which items are looked at, and for how long. */
  private record Limits(boolean gated, Optional<ItemFilter> filter, Optional<Duration> within) {}

  private RelatedQuery(
      String item,
      int n,
      Map<String, Double> weights,
      List<String> excluded,
      Reranking reranking,
      Limits limits,
      boolean explain) {
    this.item = item;
    this.n = n;
    this.weights = weights;
    this.excluded = excluded;
    this.reranking = reranking;
    this.limits = limits;
    this.explain = explain;
  }

  /** Items related to this one: the best 10, by the stored weights, without explanations. */
  public static RelatedQuery item(String id) {
    Objects.requireNonNull(id, "id");
    Limits none = new Limits(true, Optional.empty(), Optional.empty());
    return new RelatedQuery(id, 10, Map.of(), List.of(), Reranking.none(), none, false);
  }

  /**
   * How many items.
   *
   * @param count at least 0
   */
  public RelatedQuery top(int count) {
    Recommender.checkCount(count);
    return new RelatedQuery(item, count, weights, excluded, reranking, limits, explain);
  }

  /**
   * Replaces the manual weight a_k of one objective for this request; the sign stays that of the
   * objective's polarity.
   *
   * @param weight 0 to 1,000,000; 0 leaves the objective out
   */
  public RelatedQuery weight(String objective, double weight) {
    Objects.requireNonNull(objective, "objective");
    Map<String, Double> changed = new LinkedHashMap<>(weights);
    changed.put(objective, weight);
    return new RelatedQuery(
        item, n, Collections.unmodifiableMap(changed), excluded, reranking, limits, explain);
  }

  /** Leaves items out, such as those already shown; unknown ids do no harm. */
  public RelatedQuery exclude(String... ids) {
    return exclude(List.of(ids));
  }

  /** Leaves items out, such as those already shown; unknown ids do no harm. */
  public RelatedQuery exclude(Collection<String> ids) {
    List<String> changed = new ArrayList<>(excluded);
    changed.addAll(ids);
    return new RelatedQuery(item, n, weights, List.copyOf(changed), reranking, limits, explain);
  }

  /**
   * What happens to the list after it is scored, in place of what was asked for before: filters,
   * rules, freshness, diversity, exploration.
   */
  public RelatedQuery rerank(Reranking value) {
    Objects.requireNonNull(value, "reranking");
    return new RelatedQuery(item, n, weights, excluded, value, limits, explain);
  }

  /**
   * Only items that the expression accepts, such as {@code genre in ('Comedy', 'Drama') and year >=
   * 1990}; see {@link AttributeFilter}.
   */
  public RelatedQuery where(String expression) {
    return rerank(reranking.withWhere(expression));
  }

  /** Puts an item at a slot, 1 = the top, whether or not it is a candidate. */
  public RelatedQuery pin(String id, int slot) {
    return rerank(reranking.withRule(Rule.pin(id, slot)));
  }

  /** Adds ln(factor) to the score of an item, which multiplies its odds; 1 = no change. */
  public RelatedQuery boost(String id, double factor) {
    return rerank(reranking.withRule(Rule.boost(Selection.of(id), factor)));
  }

  /** Puts an item behind all others. */
  public RelatedQuery bury(String id) {
    return rerank(reranking.withRule(Rule.bury(Selection.of(id))));
  }

  /**
   * Looks only at items that pass, before anything is scored; for conditions on profile fields see
   * also {@link #where}.
   */
  public RelatedQuery filter(ItemFilter only) {
    return with(new Limits(limits.gated, Optional.of(only), limits.within));
  }

  /**
   * Looks at no more candidates after that long, and explains no more entries: the list ends with
   * the last one explained. {@link RelatedAnswer#cutShort} says whether some were left.
   *
   * @param time from when the request begins, not negative
   */
  public RelatedQuery within(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("time is " + time + ", must not be negative");
    }
    return with(new Limits(limits.gated, limits.filter, Optional.of(time)));
  }

  /**
   * Looks at all items, by the fused index, instead of the item's gated candidates: also at those
   * whose profiles have nothing in common.
   */
  public RelatedQuery ungated() {
    return with(new Limits(false, limits.filter, limits.within));
  }

  private RelatedQuery with(Limits value) {
    return new RelatedQuery(item, n, weights, excluded, reranking, value, explain);
  }

  /** Asks for the explanation of every item; the list is then scored for this request. */
  public RelatedQuery explain() {
    return new RelatedQuery(item, n, weights, excluded, reranking, limits, true);
  }

  /** Id of the item asked for. */
  public String item() {
    return item;
  }

  /** How many items. */
  public int n() {
    return n;
  }

  /**
   * Objective to its manual weight for this request; an objective not named keeps the stored one.
   */
  public Map<String, Double> weights() {
    return weights;
  }

  /** Ids left out. */
  public List<String> excluded() {
    return excluded;
  }

  /** What happens to the list after it is scored. */
  public Reranking reranking() {
    return reranking;
  }

  /** What items must pass. */
  public Optional<ItemFilter> filter() {
    return limits.filter;
  }

  /** How long the request may take. */
  public Optional<Duration> within() {
    return limits.within;
  }

  /** Whether only the item's gated candidates are looked at. */
  public boolean gated() {
    return limits.gated;
  }

  /** Whether explanations are asked for. */
  public boolean explained() {
    return explain;
  }
}
