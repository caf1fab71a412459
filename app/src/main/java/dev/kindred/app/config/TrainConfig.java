package dev.kindred.app.config;

import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.ReadLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A whole configuration file of {@code kindred train}. Immutable.
 *
 * @param events where the log is and what its columns mean
 * @param objectives what the recommendations aim at, at least one
 * @param items the catalogue; without one the candidates come from the log alone
 * @param users profiles of users, if there are any
 * @param searches what users searched for, if it is known
 * @param options of every stage
 * @param notes what is as it is for want of profiles and not by the file, a line each
 */
public record TrainConfig(
    EventsConfig events,
    List<Objective> objectives,
    Optional<TableConfig> items,
    Optional<TableConfig> users,
    Optional<SearchesConfig> searches,
    PipelineOptions options,
    List<String> notes) {
  private static final String[] KEYS = {
    "events",
    "objectives",
    "items",
    "users",
    "searches",
    "paper",
    "seed",
    "content",
    "coordinator",
    "tower",
    "als",
    "related",
    "rank",
    "next",
    "together"
  };

  public TrainConfig {
    objectives = List.copyOf(objectives);
    notes = List.copyOf(notes);
  }

  /**
   * Reads and checks a file; the data files it names are not opened yet.
   *
   * @param paper whether to start from the literal reading of the paper, as {@code paper = true}
   *     does
   * @throws dev.kindred.engine.data.InputException naming file, table and key of what is wrong
   */
  public static TrainConfig read(Path file, boolean paper) throws IOException {
    Section top = Section.read(file);
    top.only(KEYS);
    EventsConfig events =
        EventsConfig.read(
            top.section("events").orElseThrow(() -> top.wrong("[events]", "is missing")));
    List<Objective> objectives = ObjectiveConfig.read(top);
    Optional<TableConfig> items = top.section("items").map(TableConfig::read);
    Optional<TableConfig> users = top.section("users").map(TableConfig::read);
    Optional<SearchesConfig> searches = top.section("searches").map(SearchesConfig::read);
    if (searches.isPresent() && !events.columns().search().isEmpty()) {
      throw top.wrong(
          "[searches]", "is a second log of searches beside those of [events] search; keep one");
    }
    Profiles known = new Profiles(items.isPresent(), users.isPresent());
    List<String> notes = new ArrayList<>();
    PipelineOptions options = ModelConfig.read(top, paper, objectives, known, notes::add);
    top.finish();
    return new TrainConfig(events, objectives, items, users, searches, options, notes);
  }

  /** The same with other limits of what is forgiven in the log. */
  public TrainConfig withLimits(ReadLimits limits) {
    EventsConfig forgiving = new EventsConfig(events.source(), events.columns(), limits);
    return new TrainConfig(forgiving, objectives, items, users, searches, options, notes);
  }
}
