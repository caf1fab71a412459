package dev.kindred.app.config;

import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.CatalogueReader;
import dev.kindred.engine.data.EventLog;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.data.ReadReport;
import dev.kindred.engine.data.SearchLog;
import dev.kindred.engine.data.Searches;
import dev.kindred.index.run.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files that a configuration names, read. Immutable.
 *
 * @param input what the pipeline learns from
 * @param reports one for each file, in the order of reading
 */
public record TrainingData(PipelineInput input, List<ReadReport> reports) {
  public TrainingData {
    reports = List.copyOf(reports);
  }

  /**
   * Reads log, catalogues and searches.
   *
   * @throws dev.kindred.engine.data.InputException if a file is missing, empty, lacks a column or
   *     has too many bad rows
   */
  public static TrainingData read(TrainConfig config, Progress progress) {
    Ids users = new Ids();
    Ids items = new Ids();
    List<ReadReport> reports = new ArrayList<>();
    EventsConfig log = config.events();
    EventLog.Result events =
        EventLog.read(
            log.source(), log.columns(), config.objectives(), users, items, log.limits(), progress);
    reports.add(events.report());
    Catalogue itemProfiles = catalogue(config.items(), items, progress, reports);
    Catalogue userProfiles = catalogue(config.users(), users, progress, reports);
    Searches searches = searches(config, events, progress, reports);
    return new TrainingData(
        new PipelineInput(events.events(), itemProfiles, userProfiles, searches), reports);
  }

  /**
   * Refuses data that no list can come of: one item has none to be related to.
   *
   * @throws dev.kindred.engine.data.InputException saying the least that is needed
   */
  public void requireTwoItems() {
    int items = input.events().items().size();
    if (items < 2) {
      throw new InputException(
          reports.getFirst().file() // the log's
              + ": "
              + items
              + (items == 1 ? " item" : " items")
              + " in the log and the catalogue, and related lists need at least 2; give a"
              + " longer log, or a catalogue under [items]");
    }
  }

  private static Searches searches(
      TrainConfig all, EventLog.Result log, Progress progress, List<ReadReport> reports) {
    if (all.searches().isEmpty()) {
      return log.searches()
          .map(found -> found.build(SearchesConfig.MIN_USERS, SearchesConfig.TOP_K))
          .orElseGet(() -> Searches.none(log.events().users()));
    }
    SearchesConfig config = all.searches().get();
    SearchLog.Result result =
        SearchLog.read(
            config.source(),
            config.columns(),
            log.events(),
            config.minUsers(),
            config.topK(),
            config.limits(),
            progress);
    reports.add(result.report());
    return result.searches();
  }

  private static Catalogue catalogue(
      Optional<TableConfig> table, Ids ids, Progress progress, List<ReadReport> reports) {
    if (table.isEmpty()) {
      return Catalogue.empty(ids);
    }
    TableConfig config = table.get();
    CatalogueReader.Result result =
        CatalogueReader.read(
            config.source(), config.id(), config.fields(), ids, config.limits(), progress);
    reports.add(result.report());
    return result.catalogue();
  }
}
