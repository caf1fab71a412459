package dev.kindred.app.config;

import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.CatalogueReader;
import dev.kindred.engine.data.EventLog;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.ReadReport;
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
   * Reads log and catalogues.
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
    return new TrainingData(
        new PipelineInput(events.events(), itemProfiles, userProfiles), reports);
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
