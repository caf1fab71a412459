package dev.kindred.engine.serve;

import dev.kindred.engine.rerank.AttributeFilter;
import dev.kindred.engine.rerank.ItemAttributes;
import dev.kindred.engine.snapshot.Snapshot;
import dev.kindred.index.BitSetFilter;
import dev.kindred.index.OrdinalFilter;
import java.util.Objects;

/**
 * Which items a request may return, whatever the snapshot: asked once for each snapshot, it answers
 * with a filter of that one's ordinals.
 *
 * <p>Answers are kept for the last few filters of a snapshot, so one that is a constant or a record
 * costs its making once. Implementations are safe for use by many threads and keep no reference
 * into the snapshot: a {@link BitSetFilter} is a good answer.
 */
@FunctionalInterface
public interface ItemFilter {
  /** The items of a snapshot that pass. */
  OrdinalFilter in(Snapshot snapshot);

  /**
   * The items whose profile an expression accepts, such as {@code genre = 'Comedy' and year >=
   * 1990}; see {@link AttributeFilter}.
   *
   * @throws IllegalArgumentException if it can't be understood; and from requests, if a snapshot
   *     lacks one of its fields
   */
  static ItemFilter where(String expression) {
    return new Where(AttributeFilter.parse(expression));
  }

  /**
   * A condition on profile fields.
   *
   * @param condition of the items that pass
   */
  record Where(AttributeFilter condition) implements ItemFilter {
    public Where {
      Objects.requireNonNull(condition, "condition");
    }

    @Override
    public OrdinalFilter in(Snapshot snapshot) {
      return condition.bits(
          snapshot.profile().isPresent()
              ? snapshot.profile().get()
              : ItemAttributes.none(snapshot.items().size()));
    }
  }
}
