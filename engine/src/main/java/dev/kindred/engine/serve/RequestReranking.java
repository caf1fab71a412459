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
  private BoundReranking bound; // null = none, or refused
  private Generation refusing; // null = none
  private int[] pins = new int[0];

  /**
   * Re-ranks so from now on; allocates only what the snapshot hasn't bound yet and room for more
   * pins than before.
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
    refusing = null;
  }

  /**
   * Binds what was asked for to another snapshot. One that lacks what it needs refuses the requests
   * to come, see {@link #bound}, not this: the searcher can still be given another re-ranking.
   */
  void rebind(Generation next) {
    try {
      set(settings, next);
    } catch (IllegalArgumentException e) {
      bound = null;
      refusing = next; // says so again, to each request
    }
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
    refusing = null;
  }

  /**
   * As the snapshot at hand has it; null = none. To be asked at the start of a request.
   *
   * @throws IllegalArgumentException if the snapshot lacks what it needs; an added item may have
   *     brought that meanwhile
   */
  BoundReranking bound() {
    if (refusing != null) {
      set(settings, refusing);
    }
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
