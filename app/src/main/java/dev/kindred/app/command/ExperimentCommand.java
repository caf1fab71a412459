package dev.kindred.app.command;

import dev.kindred.app.evaluation.Holdout;
import dev.kindred.app.evaluation.SnapshotLists;
import dev.kindred.app.experiment.ExperimentJson;
import dev.kindred.app.output.TextTable;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.data.RowFilter;
import dev.kindred.engine.eval.BaselineLists;
import dev.kindred.engine.experiment.Change;
import dev.kindred.engine.experiment.ExperimentOptions;
import dev.kindred.engine.experiment.ExperimentReport;
import dev.kindred.engine.experiment.Group;
import dev.kindred.engine.experiment.ListPolicy;
import dev.kindred.engine.experiment.LiveExperiment;
import dev.kindred.engine.experiment.Metric;
import dev.kindred.engine.experiment.SplitCheck;
import dev.kindred.engine.snapshot.Snapshot;
import dev.kindred.engine.world.World;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kindred experiment}: an A/B test of related lists, played to a simulated site's users. */
@Command(
    name = "experiment",
    description = {
      "Play the related lists of snapshots to the users of the simulated site that they were"
          + " trained on, as an A/B test.",
      "Groups are sticky and of equal volume. After an A/A check come the changes of clicks,"
          + " played time, satisfaction, negative feedback and visits against the first group, with"
          + " 95%% intervals. Beside one snapshot stand the popular items."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred simulate --out site/",
      "  kindred train --config site/kindred.toml --out snapshots/",
      "  kindred experiment snapshots/",
      "  kindred experiment before/ after/ --check-days 7 --play-days 14 --json",
      "--items, --users, --samples, --days and --seed are those of the simulation."
    })
final class ExperimentCommand extends KindredCommand {
  /** The place of clicks among the objectives of the simulated site. */
  private static final int CLICK = 0;

  private static final int POPULAR = 400;

  @Parameters(
      arity = "1..*",
      paramLabel = "SNAPSHOT",
      description = "Snapshots, or directories whose current snapshots are meant.")
  private List<Path> snapshots;

  @Mixin private WorldSizeGroup size;

  @Option(
      names = "--check-days",
      paramLabel = "N",
      defaultValue = "7",
      description = "Days of the A/A check, all groups alike (default: ${DEFAULT-VALUE}).")
  private int checkDays;

  @Option(
      names = "--play-days",
      paramLabel = "N",
      defaultValue = "14",
      description = "Days of the experiment (default: ${DEFAULT-VALUE}).")
  private int playDays;

  @Override
  protected void run() throws IOException {
    WorldOptions options = options(() -> size.world(seed()));
    ExperimentOptions experiment =
        options(
            () ->
                ExperimentOptions.defaults()
                    .withDays(checkDays, playDays)
                    .withSeed(options.seed()));
    List<Snapshot> opened = new ArrayList<>();
    try (Workers workers = Workers.of(threads())) {
      for (Path path : snapshots) {
        opened.add(SnapshotOption.snapshot(path));
      }
      note("simulating " + options.samples() + " samples ...");
      World world = World.generate(options);
      BaselineLists popular =
          BaselineLists.popularity(world.events().interactions(CLICK, RowFilter.ALL), POPULAR);
      List<Group> groups = new ArrayList<>();
      if (opened.size() == 1) {
        groups.add(new Group("popular items", ListPolicy.of(popular)));
      }
      List<String> names = names(opened.stream().map(Snapshot::directory).toList());
      for (int s = 0; s < opened.size(); s++) {
        groups.add(group(names.get(s), opened.get(s), world));
        warnOfAnotherSite(opened.get(s), world);
      }
      report(LiveExperiment.run(world, groups, popular, experiment, workers, progress()));
    } finally {
      opened.forEach(Snapshot::close);
    }
  }

  /**
   * A name for each directory: its last part, the whole path where others end alike, and a number
   * behind it where one is given again.
   */
  static List<String> names(List<Path> directories) {
    List<Path> whole = directories.stream().map(path -> path.toAbsolutePath().normalize()).toList();
    List<String> names = new ArrayList<>();
    for (int d = 0; d < whole.size(); d++) {
      Path path = whole.get(d);
      boolean told =
          whole.stream()
              .allMatch(o -> o.equals(path) || !o.getFileName().equals(path.getFileName()));
      int times = Collections.frequency(whole.subList(0, d), path) + 1;
      String name = told ? path.getFileName().toString() : path.toString();
      names.add(times == 1 ? name : name + " (" + times + ")");
    }
    return names;
  }

  /** The lists of a snapshot, if it is of this site. */
  private static Group group(String name, Snapshot snapshot, World world) {
    SnapshotLists lists = new SnapshotLists(snapshot, world.items().ids());
    if (lists.known() < world.items().ids().size()) {
      throw new InputException(
          snapshot.directory()
              + ": knows "
              + lists.known()
              + " of the "
              + world.items().ids().size()
              + " items of the site; give --items, --users, --samples, --days and --seed as"
              + " 'kindred simulate' had them");
    }
    return new Group(name, ListPolicy.of(lists));
  }

  /** Ids of simulated sites are alike, so only what was counted tells them apart. */
  private void warnOfAnotherSite(Snapshot snapshot, World world) {
    boolean whole = Holdout.of(snapshot.manifest()).isEmpty();
    Object samples = snapshot.manifest().metrics().get("samples");
    if (whole && samples instanceof Number n && n.longValue() != world.events().size()) {
      note(
          String.format(
              Locale.ROOT,
              "warning: %s was trained on %,d samples, this site's log has %,d: is it of another"
                  + " site? Give --items, --users, --samples, --days and --seed as 'kindred"
                  + " simulate' had them",
              snapshot.directory(),
              n.longValue(),
              world.events().size()));
    }
  }

  private void report(ExperimentReport report) {
    if (json()) {
      json(report);
    } else {
      text(report);
    }
    if (!report.check().passed()) {
      note("warning: the groups differ before anything differs: " + report.check().findings());
    }
  }

  private void json(ExperimentReport report) {
    jsonLines().write(Map.of("aaCheck", ExperimentJson.check(report.check())));
    for (int g = 0; g < report.groups().size(); g++) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("group", report.groups().get(g).name());
      line.put("filled", report.filled(g));
      for (Metric metric : Metric.values()) {
        Map<String, Object> of = new LinkedHashMap<>();
        of.put("value", report.value(g, metric));
        of.put("changePercent", ExperimentJson.interval(report.liveChange(g, metric)));
        of.put("pairedChangePercent", ExperimentJson.interval(report.change(g, metric)));
        line.put(metric.label(), of);
      }
      jsonLines().write(line);
    }
  }

  private void text(ExperimentReport report) {
    SplitCheck check = report.check();
    out()
        .printf(
            Locale.ROOT,
            "A/A check, groups of %s users: %s; largest difference %.1f%%, %.1f standard errors of"
                + " %.1f allowed%n%n",
            check.users(),
            check.passed() ? "passed" : "failed",
            check.largestPercent(),
            check.largestErrors(),
            check.limitErrors());
    out().println("as a service sees it, each user in one group; change in percent:");
    table(report, true);
    out().println();
    out().println("as only a simulator can, every user in all groups, the same days and draws:");
    table(report, false);
  }

  private void table(ExperimentReport report, boolean apart) {
    List<String> heads = new ArrayList<>(List.of("group"));
    for (Metric metric : Metric.values()) {
      heads.add(">" + metric.label());
      heads.add("95% interval");
    }
    TextTable table = new TextTable(heads.toArray(String[]::new));
    for (int g = 0; g < report.groups().size(); g++) {
      List<Object> cells = new ArrayList<>(List.of(report.groups().get(g).name()));
      for (Metric metric : Metric.values()) {
        if (g == 0) {
          cells.add(String.format(Locale.ROOT, "%.4f", report.value(0, metric)));
          cells.add("base");
          continue;
        }
        Change change = apart ? report.liveChange(g, metric) : report.change(g, metric);
        cells.add(String.format(Locale.ROOT, "%+.2f", change.value()));
        cells.add(String.format(Locale.ROOT, "%+.2f to %+.2f", change.low(), change.high()));
      }
      table.row(cells.toArray());
    }
    table.print(out());
  }
}
