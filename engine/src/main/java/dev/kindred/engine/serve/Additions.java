package dev.kindred.engine.serve;

import dev.kindred.engine.snapshot.Snapshot;

/**
 * Mirrors the items added to a {@link LiveState} into {@link AddedItems}, as {@link HiddenItems}
 * does the hide marks: an item added by this process or another shows at the next request. Safe for
 * use by many threads.
 */
final class Additions {
  private record Mirror(long itemEpoch, long hideEpoch, AddedItems items) {}

  private final LiveState state; // null: nothing is ever added
  private volatile Mirror mirror;

  Additions(LiveState state, Snapshot snapshot) {
    this.state = state;
    mirror = new Mirror(Long.MIN_VALUE, Long.MIN_VALUE, AddedItems.none(snapshot));
    if (state != null) {
      mirrorNow();
    }
  }

  /** The items as of now. Allocates only after a change. */
  AddedItems items() {
    Mirror current = mirror;
    boolean isFresh =
        state == null
            || (current.itemEpoch == state.itemEpoch() && current.hideEpoch == state.hideEpoch());
    return isFresh ? current.items : mirrorNow();
  }

  private synchronized AddedItems mirrorNow() {
    // Epochs are read before what they stand for: a change in between is mirrored again.
    long itemEpoch = state.itemEpoch();
    long hideEpoch = state.hideEpoch();
    Mirror current = mirror;
    if (current.itemEpoch == itemEpoch && current.hideEpoch == hideEpoch) {
      return current.items;
    }
    boolean isEmpty = current.items.size() == 0;
    AddedItems next =
        current.itemEpoch == itemEpoch && isEmpty ? current.items : current.items.next(state);
    mirror = new Mirror(itemEpoch, hideEpoch, next);
    return next;
  }
}
