package dev.kindred.engine;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Events;
import java.util.Objects;

/**
 * What a {@link Pipeline} learns from.
 *
 * @param events the log
 * @param items profiles of the items; {@link Catalogue#empty} where there are none
 * @param users profiles of the users; {@link Catalogue#empty} where there are none
 */
public record PipelineInput(Events events, Catalogue items, Catalogue users) {
  public PipelineInput {
    Objects.requireNonNull(events, "events");
    if (events.size() == 0) {
      throw new IllegalArgumentException("the log has no rows; there is nothing to learn from");
    }
    if (events.objectives().isEmpty()) {
      throw new IllegalArgumentException("no objective is declared; declare one, e.g. click");
    }
    if (items.ids() != events.items() || users.ids() != events.users()) {
      throw new IllegalArgumentException(
          "the catalogues must be read with the ids of the log, so that ordinals agree");
    }
  }

  /** A log without profiles. */
  public static PipelineInput of(Events events) {
    return new PipelineInput(
        events, Catalogue.empty(events.items()), Catalogue.empty(events.users()));
  }

  /** The same profiles with other events over the same ids. */
  public PipelineInput withEvents(Events other) {
    return new PipelineInput(other, items, users);
  }
}
