package dev.kindred.engine;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Searches;
import dev.kindred.engine.data.Splits;
import java.util.Objects;

/**
 * What a {@link Pipeline} learns from.
 *
 * @param events the log
 * @param items profiles of the items; {@link Catalogue#empty} where there are none
 * @param users profiles of the users; {@link Catalogue#empty} where there are none
 * @param searches what users searched for; {@link Searches#none} where that is not known
 */
public record PipelineInput(Events events, Catalogue items, Catalogue users, Searches searches) {
  public PipelineInput {
    Objects.requireNonNull(events, "events");
    if (events.size() == 0) {
      throw new IllegalArgumentException("the log has no rows; there is nothing to learn from");
    }
    if (events.objectives().isEmpty()) {
      throw new IllegalArgumentException("no objective is declared; declare one, e.g. click");
    }
    if (items.ids() != events.items()
        || users.ids() != events.users()
        || searches.users() != events.users()) {
      throw new IllegalArgumentException(
          "catalogues and searches must be read with the ids of the log, so that ordinals agree");
    }
    if (!searches.isEmpty() && searches.order() != events.order()) {
      throw new IllegalArgumentException(
          "searches are in order of "
              + searches.order()
              + ", events of "
              + events.order()
              + "; which came first is not known");
    }
  }

  /** A log and profiles; what users searched for is not known. */
  public PipelineInput(Events events, Catalogue items, Catalogue users) {
    this(events, items, users, Searches.none(events.users()));
  }

  /** A log without profiles. */
  public static PipelineInput of(Events events) {
    return new PipelineInput(
        events, Catalogue.empty(events.items()), Catalogue.empty(events.users()));
  }

  /** The part of a split to train on, with what was searched for before the other. */
  public PipelineInput trainingPart(Splits.Split split) {
    return new PipelineInput(split.train(), items, users, searches.before(split.test()));
  }
}
