package dev.kindred.engine.serve;

import dev.kindred.index.IdTable;

/**
 * The hide marks of a {@link LiveState} as a bit set of a snapshot's ordinals, so that a candidate
 * costs one bit test and no look-up of its id.
 *
 * <p>Marks set by this process or another show at the next request: each asks the state for its
 * epoch, one read of memory, and mirrors anew what changed. Safe for use by many threads.
 */
final class HiddenItems {
  /** One mirror of the marks; never changed once it is seen by readers. */
  private record Mirror(long epoch, long[] bits) {}

  private static final long[] NONE = new long[0];

  private final LiveState state; // null: nothing is ever hidden
  private final IdTable ids;
  private volatile Mirror mirror;

  HiddenItems(LiveState state, IdTable ids) {
    this.state = state;
    this.ids = ids;
    if (state != null) {
      mirrorNow();
    }
  }

  /** The marks as of now, for {@link #isSet}. Allocates only after a mark has changed. */
  long[] bits() {
    if (state == null) {
      return NONE;
    }
    Mirror current = mirror;
    return current.epoch == state.hideEpoch() ? current.bits : mirrorNow();
  }

  static boolean isSet(long[] bits, int ordinal) {
    int word = ordinal >> 6;
    return word < bits.length && (bits[word] >>> ordinal & 1) != 0;
  }

  /** Whoever asks during the change waits, so that nobody is handed an item hidden before. */
  private synchronized long[] mirrorNow() {
    // The epoch is read before the marks: one set in between is mirrored again, never missed.
    long epoch = state.hideEpoch();
    Mirror current = mirror;
    if (current != null && current.epoch == epoch) {
      return current.bits;
    }
    long[] bits = new long[(ids.size() + 63) >> 6];
    state.forEachHidden(
        id -> {
          int ordinal = ids.ordinalOf(id);
          if (ordinal >= 0) {
            bits[ordinal >> 6] |= 1L << ordinal;
          }
        });
    mirror = new Mirror(epoch, bits);
    return bits;
  }
}
