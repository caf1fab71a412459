package dev.kindred.engine.serve;

import java.util.List;
import java.util.Objects;

/**
 * The answer to a {@link RelatedQuery}. Immutable.
 *
 * @param item id of the item asked for
 * @param items best first, at most as many as asked for
 * @param precomputed whether the scores are those of the stored table; otherwise they were computed
 *     for this request
 * @param cutShort whether the request's deadline came before all candidates were looked at, or
 *     before all entries were explained: these are then left out
 * @param notes what a reader of the list should know, one line each: such as that the snapshot has
 *     no catalogue, or that fewer items were found than asked for
 */
public record RelatedAnswer(
    String item,
    List<RelatedItem> items,
    boolean precomputed,
    boolean cutShort,
    List<String> notes) {
  public RelatedAnswer {
    Objects.requireNonNull(item, "item");
    items = List.copyOf(items);
    notes = List.copyOf(notes);
  }
}
