package dev.kindred.engine.serve;

import java.util.List;
import java.util.Objects;

/**
 * The answer to a {@link SimilarQuery}. Immutable.
 *
 * @param items best first, at most as many as asked for
 * @param cutShort whether the request's deadline came before all candidates were looked at
 */
public record SimilarAnswer(List<Item> items, boolean cutShort) {
  public SimilarAnswer {
    items = List.copyOf(items);
  }

  /**
   * One similar item.
   *
   * @param id the caller's id
   * @param score inner product of the vector asked for and the item's
   * @param rank 0 for the best
   */
  public record Item(String id, float score, int rank) {
    public Item {
      Objects.requireNonNull(id, "id");
    }
  }
}
