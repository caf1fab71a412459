package dev.kindred.engine.serve;

import dev.kindred.engine.rerank.BoundReranking;
import dev.kindred.engine.rerank.Reranking;
import java.util.Objects;

/**
 * How the requests of one searcher are re-ranked: as it was asked for, as the snapshot at hand has
 * it, and room for the pins. For one thread at a time.
 */
final class RequestReranking {
  private Reranking settings = Reranking.none();
  private BoundReranking bound; // null = none
  private int[] pins = new int[0];

  /**
   * Re-ranks so from now on; allocates nothing if the snapshot has bound it before.
   *
   * @throws IllegalArgumentException if the snapshot lacks what it needs; the one before goes on,
   *     or every request after the next refresh would be refused
   */
  void set(Reranking value, Generation of) {
    Objects.requireNonNull(value, "reranking");
    BoundReranking next = value.isNone() ? null : of.bind(value);
    makeRoom(next);
    settings = value;
    bound = next;
  }

  /** Binds what was asked for to another snapshot. */
  void rebind(Generation next) {
    set(settings, next);
  }

  /** Binds what the snapshot took before anew, now that it has other added items. */
  void rebindToItems(Generation of) {
    BoundReranking next = of.bindAnew(settings);
    makeRoom(next);
    bound = next;
  }

  private void makeRoom(BoundReranking next) {
    if (next != null && pins.length < next.maxPins()) {
      pins = new int[next.maxPins()];
    }
  }

  /** Lists are as scored again. */
  void clear() {
    settings = Reranking.none();
    bound = null;
  }

  /** As the snapshot at hand has it; null = none. */
  BoundReranking bound() {
    return bound;
  }

  /** Whether its conditions let an item through. */
  boolean passes(int item) {
    return bound == null || bound.passes(item);
  }

  /** Room for at least the pins of any list. */
  int[] pins() {
    return pins;
  }
}
