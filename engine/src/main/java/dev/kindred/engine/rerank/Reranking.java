package dev.kindred.engine.rerank;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * All that may happen to a list after it is scored. {@link #none()} changes nothing, and so does
 * every part at its neutral setting. Immutable.
 *
 * <p>In order: {@code where} and HIDE leave items out, BOOST and freshness add to scores, BURY and
 * the scores give an order, PIN takes its slots, and the rest are filled one by one under the caps,
 * by diversity, with exploration.
 *
 * @param where what items must be like; pinned ones too
 * @param rules in order: of two pins on one slot the first has it and the other the next free one
 * @param diversity by marginal relevance
 * @param caps per field
 * @param freshness by age
 * @param exploration by chance
 * @param pool how many of the best items that may still be shown diversity and exploration choose
 *     from for each slot, in [1, 10000]
 */
public record Reranking(
    Optional<AttributeFilter> where,
    List<Rule> rules,
    Diversity diversity,
    List<Cap> caps,
    Freshness freshness,
    Exploration exploration,
    int pool) {
  /** Where none is given. */
  public static final int DEFAULT_POOL = 100;

  private static final int MAX_POOL = 10_000;
  private static final Reranking NONE =
      new Reranking(
          Optional.empty(),
          List.of(),
          Diversity.off(),
          List.of(),
          Freshness.off(),
          Exploration.off(),
          DEFAULT_POOL);

  public Reranking {
    Objects.requireNonNull(where, "where");
    Objects.requireNonNull(diversity, "diversity");
    Objects.requireNonNull(freshness, "freshness");
    Objects.requireNonNull(exploration, "exploration");
    rules = List.copyOf(rules);
    caps = List.copyOf(caps);
    if (caps.stream().map(Cap::field).distinct().count() < caps.size()) {
      throw new IllegalArgumentException("a field has two caps: " + caps + "; give it one");
    }
    if (pool < 1 || pool > MAX_POOL) {
      throw new IllegalArgumentException("pool is " + pool + ", must be in [1, " + MAX_POOL + "]");
    }
  }

  /** Changes nothing. */
  public static Reranking none() {
    return NONE;
  }

  /** Whether it changes nothing, whatever the list. */
  public boolean isNone() {
    return where.isEmpty()
        && rules.isEmpty()
        && diversity.isOff()
        && caps.isEmpty()
        && freshness.isOff()
        && exploration.isOff();
  }

  /** Only items that the expression accepts; see {@link AttributeFilter}. */
  public Reranking withWhere(String expression) {
    return withWhere(Optional.of(AttributeFilter.parse(expression)));
  }

  public Reranking withWhere(Optional<AttributeFilter> value) {
    return new Reranking(value, rules, diversity, caps, freshness, exploration, pool);
  }

  /** These rules in place of those that it has. */
  public Reranking withRules(List<Rule> value) {
    return new Reranking(where, value, diversity, caps, freshness, exploration, pool);
  }

  /** One rule more, behind the others. */
  public Reranking withRule(Rule rule) {
    List<Rule> more = new ArrayList<>(rules);
    more.add(rule);
    return withRules(more);
  }

  public Reranking withDiversity(Diversity value) {
    return new Reranking(where, rules, value, caps, freshness, exploration, pool);
  }

  /** One cap more. */
  public Reranking withCap(String field, int most) {
    List<Cap> more = new ArrayList<>(caps);
    more.add(new Cap(field, most));
    return new Reranking(where, rules, diversity, more, freshness, exploration, pool);
  }

  public Reranking withFreshness(Freshness value) {
    return new Reranking(where, rules, diversity, caps, value, exploration, pool);
  }

  public Reranking withExploration(Exploration value) {
    return new Reranking(where, rules, diversity, caps, freshness, value, pool);
  }

  public Reranking withPool(int value) {
    return new Reranking(where, rules, diversity, caps, freshness, exploration, value);
  }
}
