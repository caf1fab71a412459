package dev.kindred.engine.rerank;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Items named by id, by a filter, or by both: then whatever either names. With neither, all items.
 * Immutable.
 *
 * @param ids in the caller's order
 * @param where a filter
 */
public record Selection(List<String> ids, Optional<AttributeFilter> where) {
  private static final Selection ALL = new Selection(List.of(), Optional.empty());

  public Selection {
    ids = List.copyOf(ids);
    Objects.requireNonNull(where, "where");
  }

  /** Every item. */
  public static Selection all() {
    return ALL;
  }

  /** The items of these ids. */
  public static Selection of(String... ids) {
    return new Selection(List.of(ids), Optional.empty());
  }

  /** The items that a filter accepts. */
  public static Selection where(AttributeFilter filter) {
    return new Selection(List.of(), Optional.of(filter));
  }

  /** Whether it names every item. */
  public boolean isAll() {
    return ids.isEmpty() && where.isEmpty();
  }

  @Override
  public String toString() {
    if (isAll()) {
      return "all items";
    }
    String named = ids.isEmpty() ? "" : String.join(", ", ids);
    return where.map(filter -> named + (named.isEmpty() ? "" : " or ") + filter).orElse(named);
  }
}
