package dev.kindred.engine.serve;

import dev.kindred.engine.snapshot.Snapshot;
import dev.kindred.index.IdTable;
import dev.kindred.index.OrdinalFilter;
import java.util.Objects;

/**
 * What searchers that answer with items have in common: which items they leave out, and until when
 * they may search. Settings stay until they are changed, in later snapshots too.
 */
abstract class ItemSearcher extends LeasedSearcher {
  private final ExcludedItems excluded = new ExcludedItems();
  private Generation generation;
  private IdTable ids;
  private long[] hiddenBits = new long[0];
  private AddedItems added;
  private ItemFilter itemFilter;
  private OrdinalFilter filter = OrdinalFilter.ALL;
  private boolean hasDeadline;
  private long deadline;

  ItemSearcher(Generations generations) {
    super(generations);
  }

  @Override
  void bind(Generation next) {
    generation = next;
    ids = next.snapshot().items();
    added = next.additions().items();
    excluded.bind(ids);
    filter = itemFilter == null ? OrdinalFilter.ALL : next.filter(itemFilter);
  }

  /** The snapshot at hand. */
  final Snapshot snapshot() {
    return generation.snapshot();
  }

  final Generation generation() {
    return generation;
  }

  final IdTable ids() {
    return ids;
  }

  /**
   * Leaves an item out of the lists from now on, in later snapshots too.
   *
   * @return whether the snapshot knows the item; if not, one that knows it leaves it out, and so is
   *     an item added since
   */
  public final boolean exclude(CharSequence id) {
    enter();
    try {
      int ordinal = ids.ordinalOf(id);
      excluded.add(id, ordinal);
      return ordinal >= 0;
    } finally {
      exit();
    }
  }

  /**
   * Leaves an item of the snapshot at hand out of the lists from now on: meant for between {@link
   * #pin} and {@link #unpin}, where ordinals can't change their meaning.
   */
  public final void excludeOrdinal(int ordinal) {
    enter();
    try {
      Objects.checkIndex(ordinal, ids.size());
      excluded.addOrdinal(ordinal);
    } finally {
      exit();
    }
  }

  /** Leaves nothing out any more, other than hidden items and what the filter says. */
  public final void clearExclusions() {
    excluded.clear();
  }

  /** Returns only items that pass, in the requests from now on and in later snapshots too. */
  public final void filter(ItemFilter only) {
    Objects.requireNonNull(only, "filter");
    enter();
    try {
      filter = generation.filter(only);
      itemFilter = only;
    } finally {
      exit();
    }
  }

  /** Lets all items pass again. */
  public final void clearFilter() {
    itemFilter = null;
    filter = OrdinalFilter.ALL;
  }

  /**
   * The time by which requests should be done: what hasn't been looked at by then is left, and the
   * result says so. A few candidates are always looked at.
   *
   * @param nanoTime in terms of {@link System#nanoTime}
   */
  public final void deadline(long nanoTime) {
    hasDeadline = true;
    deadline = nanoTime;
  }

  /** Lets requests take their time again. */
  public final void noDeadline() {
    hasDeadline = false;
  }

  /** No exclusions, no filter, no deadline. */
  @Override
  void reset() {
    super.reset();
    clearExclusions();
    clearFilter();
    noDeadline();
  }

  /**
   * Takes hide marks and added items as they are now, for the {@link #isShown} of one request,
   * which scores from here on.
   */
  final void readMarks() {
    beginScoring();
    hiddenBits = generation.hidden().bits();
    added = generation.additions().items();
  }

  /** The items added since the snapshot, as of {@link #readMarks}. */
  final AddedItems added() {
    return added;
  }

  /** Whether nothing forbids an item. A filter of the snapshot's items forbids added ones. */
  final boolean isShown(int ordinal) {
    if (ordinal >= ids.size()) {
      return filter == OrdinalFilter.ALL
          && added.isShown(ordinal)
          && !excluded.containsUnknown(added.item(ordinal).id());
    }
    return !HiddenItems.isSet(hiddenBits, ordinal)
        && !excluded.contains(ordinal)
        && (filter == OrdinalFilter.ALL || filter.accepts(ordinal));
  }

  /** What the request's filter lets pass, without exclusions and hide marks. */
  final OrdinalFilter passing() {
    return filter;
  }

  /** How many items of the snapshot are excluded. */
  final int exclusions() {
    return excluded.size();
  }

  final boolean hasDeadline() {
    return hasDeadline;
  }

  /** Whether there is a deadline and it has passed. */
  final boolean isLate() {
    return hasDeadline && System.nanoTime() - deadline >= 0;
  }
}
