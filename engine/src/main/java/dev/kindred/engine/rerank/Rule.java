package dev.kindred.engine.rerank;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What an editor wants done with some items in some lists, for a time. Immutable.
 *
 * @param name for explanations
 * @param action what is done
 * @param lists the lists it is done in, by the item they belong to; lists that belong to no item,
 *     such as a person's, are touched only by rules for all lists
 * @param items the items it is done with
 * @param factor of a boost, > 0: the odds are multiplied by it, 1 = no change; 1 for other actions
 * @param slot of a pin, 1 = the top; further ids go to the slots after it; 1 for other actions
 * @param from from when on; empty = always
 * @param until until before when; empty = for good
 */
public record Rule(
    String name,
    Action action,
    Selection lists,
    Selection items,
    double factor,
    int slot,
    Optional<Instant> from,
    Optional<Instant> until) {

  /** What can be done with an item of a list. */
  public enum Action {
    /** Left out. */
    HIDE,
    /** Put at a slot, whatever its score. */
    PIN,
    /** Its score raised by ln(factor), or lowered by a factor below 1. */
    BOOST,
    /** Put behind everything that is not buried. */
    BURY
  }

  /** Pins beyond this slot make no list. */
  public static final int MAX_SLOT = 10_000;

  public Rule {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(action, "action");
    Objects.requireNonNull(lists, "lists");
    Objects.requireNonNull(items, "items");
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(until, "until");
    if (!(factor > 0 && factor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "factor of rule '"
              + name
              + "' is "
              + factor
              + ", must be finite and > 0 (1 = no change)");
    }
    if (slot < 1 || slot > MAX_SLOT) {
      throw new IllegalArgumentException(
          "slot of rule '"
              + name
              + "' is "
              + slot
              + ", must be in [1, "
              + MAX_SLOT
              + "] (1 = top)");
    }
    if (items.isAll()) {
      throw new IllegalArgumentException(
          "rule '" + name + "' names no items; give ids or a filter");
    }
    if (action == Action.PIN && items.where().isPresent()) {
      throw new IllegalArgumentException("rule '" + name + "' pins by a filter; a pin takes ids");
    }
    if (from.isPresent() && until.isPresent() && !from.get().isBefore(until.get())) {
      throw new IllegalArgumentException(
          "rule '" + name + "' ends at " + until.get() + ", not after it begins at " + from.get());
    }
  }

  /** Leaves items out of all lists. */
  public static Rule hide(Selection items) {
    return always(Action.HIDE, items, 1, 1);
  }

  /** Puts an item at a slot of all lists, 1 = the top. */
  public static Rule pin(String id, int slot) {
    return always(Action.PIN, Selection.of(id), 1, slot);
  }

  /** Multiplies the odds of items in all lists. */
  public static Rule boost(Selection items, double factor) {
    return always(Action.BOOST, items, factor, 1);
  }

  /** Puts items behind all others. */
  public static Rule bury(Selection items) {
    return always(Action.BURY, items, 1, 1);
  }

  private static Rule always(Action action, Selection items, double factor, int slot) {
    return new Rule(
        items.toString(),
        action,
        Selection.all(),
        items,
        factor,
        slot,
        Optional.empty(),
        Optional.empty());
  }

  /** The same under another name. */
  public Rule withName(String value) {
    return new Rule(value, action, lists, items, factor, slot, from, until);
  }

  /** The same in the lists of some items only. */
  public Rule withLists(Selection value) {
    return new Rule(name, action, value, items, factor, slot, from, until);
  }

  /** The same for a time: from when on, until before when. */
  public Rule withTime(Optional<Instant> start, Optional<Instant> end) {
    return new Rule(name, action, lists, items, factor, slot, start, end);
  }
}
