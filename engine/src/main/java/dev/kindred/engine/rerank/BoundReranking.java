package dev.kindred.engine.rerank;

import dev.kindred.index.BitSetFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * A {@link Reranking} over the items of one snapshot: names resolved to ordinals and fields,
 * filters compiled. Made once and asked per request, where it allocates nothing. Immutable; may be
 * shared by threads, each with its own {@link Reranker}.
 */
public final class BoundReranking {
  private static final double LN_2 = Math.log(2);

  /** A rule ready to be asked. */
  static final class BoundRule {
    final Rule rule;
    final long fromMillis;
    final long untilMillis;
    final float gain; // ln factor
    private final Members lists;
    private final Members items;

    BoundRule(Rule rule, Members lists, Members items) {
      this.rule = rule;
      this.lists = lists;
      this.items = items;
      fromMillis = rule.from().isEmpty() ? Long.MIN_VALUE : rule.from().get().toEpochMilli();
      untilMillis = rule.until().isEmpty() ? Long.MAX_VALUE : rule.until().get().toEpochMilli();
      gain = (float) Math.log(rule.factor());
    }

    /** Whether it holds now for the list of an item; source -1 is a list of no item. */
    boolean appliesTo(int source, long nowMillis) {
      return fromMillis <= nowMillis
          && nowMillis < untilMillis
          && (lists == null || (source >= 0 && lists.contains(source)));
    }

    boolean names(int item) {
      return items.contains(item);
    }

    /** Known ordinals of the ids, in the rule's order. */
    int[] ordinals() {
      return items.listed;
    }
  }

  /** Ordinals given one by one, or by a bit each. */
  private static final class Members {
    final int[] listed;
    final int[] sorted;
    final BitSetFilter bits; // null = none

    Members(int[] listed, BitSetFilter bits) {
      this.listed = listed;
      this.bits = bits;
      sorted = listed.clone();
      Arrays.sort(sorted);
    }

    boolean contains(int item) {
      return (bits != null && bits.accepts(item)) || Arrays.binarySearch(sorted, item) >= 0;
    }
  }

  private final Reranking reranking;
  private final FilterCache filters;
  private final BitSetFilter where; // null = all
  private final BoundRule[] rules;
  private final int[] capFields;
  private final int freshField; // -1 = off
  private final double newest;
  private final double mean;
  private final double perUnit; // of the field: what a unit of age takes from a score
  private final String withoutValues; // what goes by a field of which no item has any; "" = none
  private final Set<String> unknown = new LinkedHashSet<>();

  private BoundReranking(
      Reranking reranking, FilterCache filters, ToIntFunction<String> ordinalOf) {
    this.reranking = reranking;
    this.filters = filters;
    where = reranking.where().map(filters::bits).orElse(null);
    rules = new BoundRule[reranking.rules().size()];
    for (int r = 0; r < rules.length; r++) {
      Rule rule = reranking.rules().get(r);
      Members lists = rule.lists().isAll() ? null : members(rule.lists(), ordinalOf);
      rules[r] = new BoundRule(rule, lists, members(rule.items(), ordinalOf));
    }
    capFields = new int[reranking.caps().size()];
    for (int c = 0; c < capFields.length; c++) {
      capFields[c] = field("a cap", reranking.caps().get(c).field(), false);
    }
    Freshness freshness = reranking.freshness();
    if (freshness.isOff()) {
      freshField = -1;
      newest = 0;
      mean = 0;
      perUnit = 0;
    } else {
      freshField = field("freshness", freshness.field(), true);
      FilterCache.Span span = filters.span(freshField);
      boolean has = span.hasNumbers();
      newest = has ? span.newest() : 0;
      mean = has ? span.mean() : 0;
      perUnit = has ? LN_2 / freshness.halfLife() : 0;
    }
    withoutValues = withoutValues();
  }

  /**
   * Binds a re-ranking.
   *
   * @param ordinalOf ordinal of an id, or -1; ids that nobody knows are left aside, see {@link
   *     #unknownIds()}
   * @throws IllegalArgumentException if a filter, a cap or freshness names a field that is not
   *     there or of the wrong kind
   */
  public static BoundReranking of(
      Reranking reranking, FilterCache filters, ToIntFunction<String> ordinalOf) {
    return new BoundReranking(reranking, filters, ordinalOf);
  }

  /**
   * Refuses a cap or a freshness that changes nothing, which whoever asks for one can't know.
   *
   * @throws IllegalArgumentException if no item has a text that a cap or a number that freshness
   *     could go by
   */
  public void requireValues() {
    if (!withoutValues.isEmpty()) {
      throw new IllegalArgumentException(withoutValues);
    }
  }

  private String withoutValues() {
    for (int c = 0; c < capFields.length; c++) {
      if (!filters.hasText(capFields[c])) {
        return withoutValues("a cap", reranking.caps().get(c).field(), "text");
      }
    }
    return freshField < 0 || filters.span(freshField).hasNumbers()
        ? ""
        : withoutValues("freshness", reranking.freshness().field(), "number");
  }

  private static String withoutValues(String user, String field, String kind) {
    return "%s goes by field '%s', of which no item has a %s; name another field or leave it out"
        .formatted(user, field, kind);
  }

  private Members members(Selection selection, ToIntFunction<String> ordinalOf) {
    List<Integer> known = new ArrayList<>();
    for (String id : selection.ids()) {
      int ordinal = ordinalOf.applyAsInt(id);
      if (ordinal < 0) {
        unknown.add(id);
      } else {
        known.add(ordinal);
      }
    }
    return new Members(
        known.stream().mapToInt(Integer::intValue).toArray(),
        selection.where().map(filters::bits).orElse(null));
  }

  private int field(String user, String name, boolean numeric) {
    ItemAttributes attributes = filters.attributes();
    int field = attributes.fieldOf(name);
    if (field < 0 || attributes.isNumeric(field) != numeric) {
      List<String> usable = new ArrayList<>();
      for (int f = 0; f < attributes.fields().size(); f++) {
        if (attributes.isNumeric(f) == numeric) {
          usable.add(attributes.fields().get(f));
        }
      }
      String kind = numeric ? "number" : "text";
      throw new IllegalArgumentException(
          user
              + " needs a field of "
              + kind
              + "s; '"
              + name
              + (field < 0 ? "' is no field" : "' is not one")
              + (usable.isEmpty() ? ", the snapshot has none" : ", there are " + usable));
    }
    return field;
  }

  /** What was bound. */
  public Reranking reranking() {
    return reranking;
  }

  /** The attributes it was bound to. */
  public ItemAttributes attributes() {
    return filters.attributes();
  }

  /** Ids in rules that nobody knows, each once. */
  public Set<String> unknownIds() {
    return Collections.unmodifiableSet(unknown);
  }

  /** Whether {@code where} lets an item through. */
  public boolean passes(int item) {
    return where == null || where.accepts(item);
  }

  /** The rule that hides an item in a list at a time, or null; source -1 is a list of no item. */
  public Rule hiddenBy(int source, int item, long nowMillis) {
    return firstOf(Rule.Action.HIDE, source, item, nowMillis);
  }

  /** The rule that buries an item in a list at a time, or null. */
  public Rule buriedBy(int source, int item, long nowMillis) {
    return firstOf(Rule.Action.BURY, source, item, nowMillis);
  }

  /** The rule that pins an item in a list at a time, or null. */
  public Rule pinnedBy(int source, int item, long nowMillis) {
    return firstOf(Rule.Action.PIN, source, item, nowMillis);
  }

  private Rule firstOf(Rule.Action action, int source, int item, long nowMillis) {
    for (BoundRule bound : rules) {
      if (bound.rule.action() == action
          && bound.names(item)
          && bound.appliesTo(source, nowMillis)) {
        return bound.rule;
      }
    }
    return null;
  }

  /**
   * Writes the ordinals that are pinned in a list at a time to the front of {@code out}: they
   * belong into the list whether or not they are candidates. May name one twice.
   *
   * @param out grown by the caller to {@link #maxPins()}
   * @return how many
   */
  public int pins(int source, long nowMillis, int[] out) {
    int count = 0;
    for (BoundRule bound : rules) {
      if (bound.rule.action() == Rule.Action.PIN && bound.appliesTo(source, nowMillis)) {
        for (int ordinal : bound.ordinals()) {
          out[count++] = ordinal;
        }
      }
    }
    return count;
  }

  /** Most pins of any list. */
  public int maxPins() {
    int count = 0;
    for (BoundRule bound : rules) {
      count += bound.rule.action() == Rule.Action.PIN ? bound.ordinals().length : 0;
    }
    return count;
  }

  /** What rules and freshness add to the score of an item, in the order of adding. */
  public List<Adjustment> adjustments(int source, int item, long nowMillis) {
    List<Adjustment> adjustments = new ArrayList<>();
    for (BoundRule bound : rules) {
      if (bound.rule.action() == Rule.Action.BOOST
          && bound.names(item)
          && bound.appliesTo(source, nowMillis)) {
        adjustments.add(
            new Adjustment(
                String.format(
                    Locale.ROOT, "boost x%.4g: %s", bound.rule.factor(), bound.rule.name()),
                bound.gain));
      }
    }
    if (freshField >= 0) {
      adjustments.add(
          new Adjustment("freshness by " + reranking.freshness().field(), freshTerm(item)));
    }
    return adjustments;
  }

  /** The score with {@link #adjustments} added, float by float in that order. */
  float adjusted(int item, float score, boolean[] active) {
    float adjusted = score;
    for (int r = 0; r < rules.length; r++) {
      if (active[r] && rules[r].rule.action() == Rule.Action.BOOST && rules[r].names(item)) {
        adjusted += rules[r].gain;
      }
    }
    return freshField < 0 ? adjusted : adjusted + freshTerm(item);
  }

  private float freshTerm(int item) {
    float number = filters.attributes().number(item, freshField);
    return (float) (((Float.isNaN(number) ? mean : number) - newest) * perUnit);
  }

  BoundRule[] rules() {
    return rules;
  }

  int[] capFields() {
    return capFields;
  }
}
