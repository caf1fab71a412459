package dev.kindred.engine.serve;

import dev.kindred.engine.snapshot.ProfileTable;
import java.util.List;
import java.util.Map;

/**
 * What searchers of one thread have in common: each holds the snapshot that it reads, for as long
 * as a request takes, and moves to the next one by itself.
 *
 * <p>Every request brackets its reads with {@link #pin} and {@link #unpin}; callers may bracket
 * several, so that all of them, and the ordinals between them, are of one snapshot. Pinning costs
 * about as much as a volatile write and allocates nothing, except the first time after a snapshot
 * was replaced. For one thread at a time.
 */
abstract class LeasedSearcher {
  private final Generations generations;
  private final Lease lease;
  private Generation bound;
  private int pins;
  private boolean scored;

  LeasedSearcher(Generations generations) {
    this.generations = generations;
    lease = generations.newLease();
  }

  /**
   * Holds the current snapshot until {@link #unpin}: ordinals mean the same until then, and it
   * stays mapped even if it is replaced meanwhile. May be nested; to be followed by as many {@link
   * #unpin}, in a finally block.
   *
   * @throws IllegalStateException if the recommender is closed
   */
  public final void pin() {
    enter();
  }

  /** Ends what {@link #pin} began. */
  public final void unpin() {
    if (pins == 0) {
      throw new IllegalStateException("unpin() without pin()");
    }
    exit();
  }

  /** Ordinal of an item, or -1 if it is unknown; see {@link #pin} for how long it holds. */
  public final int ordinalOf(CharSequence id) {
    Generation of = enter();
    try {
      return of.ordinalOf(id);
    } finally {
      exit();
    }
  }

  /** Id of an ordinal of the snapshot at hand, see {@link #pin}, as a new string. */
  public final String idOf(int ordinal) {
    Generation of = enter();
    try {
      return of.idOf(ordinal);
    } finally {
      exit();
    }
  }

  /** How many items the snapshot at hand has, see {@link #pin}. */
  public final int items() {
    Generation of = enter();
    try {
      return of.snapshot().items().size();
    } finally {
      exit();
    }
  }

  /**
   * Field name to values of an item's profile in the snapshot at hand, see {@link #pin}; empty
   * where it has no catalogue or doesn't know the item.
   */
  public final Map<String, List<String>> profile(CharSequence id) {
    Generation of = enter();
    try {
      int ordinal = of.ordinalOf(id);
      return ordinal < 0 ? Map.of() : of.profile(ordinal);
    } finally {
      exit();
    }
  }

  /**
   * Names of the profile fields in the snapshot at hand, see {@link #pin}; empty where it has no
   * catalogue.
   */
  public final List<String> profileFields() {
    Generation of = enter();
    try {
      return of.snapshot().profile().map(ProfileTable::fields).orElse(List.of());
    } finally {
      exit();
    }
  }

  /**
   * Values of one profile field of an item of the snapshot at hand, see {@link #pin}: cheaper than
   * a whole {@link #profile} where many items are looked at. Items added since have no ordinal
   * here.
   *
   * @param ordinal from 0 to {@link #items()}, exclusive
   * @param field its index in {@link #profileFields()}
   * @return as the profile has them; empty without any
   */
  public final List<String> values(int ordinal, int field) {
    Generation of = enter();
    try {
      return of.snapshot().profile().map(table -> table.valuesOf(ordinal, field)).orElse(List.of());
    } finally {
      exit();
    }
  }

  /** {@link #pin}, and what it holds. */
  final Generation enter() {
    if (pins == 0) {
      hold();
    }
    pins++;
    return bound;
  }

  final void exit() {
    if (--pins == 0) {
      lease.release();
    }
  }

  private void hold() {
    Generation found;
    do {
      found = generations.current();
      if (found == null) {
        lease.release();
        throw Generations.closedException();
      }
      lease.hold(found.number());
    } while (found != generations.current());
    if (found != bound) {
      boolean done = false;
      try {
        bind(found);
        bound = found;
        done = true;
      } finally {
        if (!done) {
          lease.release();
        }
      }
    }
  }

  /** From now on, until {@link #reset}, a failure may have stopped in the middle of the scratch. */
  final void beginScoring() {
    scored = true;
  }

  /** Whether a request has begun to score since the last {@link #reset}. */
  final boolean hasScored() {
    return scored;
  }

  /** Returns all settings to what they were at first. */
  void reset() {
    scored = false;
  }

  /**
   * Makes this searcher one of another generation: takes its parts, makes scratch that fits, and
   * carries settings over by name and id. Called while the generation is held.
   */
  abstract void bind(Generation generation);
}
