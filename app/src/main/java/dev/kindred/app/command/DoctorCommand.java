package dev.kindred.app.command;

import dev.kindred.app.config.TrainConfig;
import dev.kindred.app.config.TrainingData;
import dev.kindred.app.output.TextTable;
import dev.kindred.engine.data.ColumnSample;
import dev.kindred.engine.data.ReadLimits;
import dev.kindred.engine.data.ReadReport;
import dev.kindred.engine.inspect.Finding;
import dev.kindred.engine.inspect.Leak;
import dev.kindred.engine.inspect.LogInspection;
import dev.kindred.engine.inspect.LogShape;
import dev.kindred.engine.inspect.ObjectiveShape;
import dev.kindred.engine.inspect.QuickQuits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kindred doctor}: a look at the input before it is trained on. */
@Command(
    name = "doctor",
    description = {
      "Look at a log and its catalogue before training, and say what to do.",
      "Tells size, span, sparsity, duplicates, order, objectives, suspected noise, leaking"
          + " columns and unreadable rows."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  kindred doctor --config site.toml", "  kindred doctor --config site.toml --json"})
final class DoctorCommand extends KindredCommand {
  private static final int SAMPLE_ROWS = 100_000;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "What the columns mean: see docs/configuration.md.")
  private Path config;

  @Override
  protected void run() throws IOException {
    TrainConfig read = TrainConfig.read(config, false);
    // Looking must not fail for what it is to find.
    TrainConfig forgiving =
        read.withLimits(ReadLimits.defaults().withRows(Long.MAX_VALUE).withShare(1));
    TrainingData data = TrainingData.read(forgiving, progress());
    ReadReport report = data.reports().getFirst();
    ColumnSample sample =
        ColumnSample.read(
            read.events().source(), read.events().columns(), read.objectives(), SAMPLE_ROWS);
    LogInspection inspection =
        LogInspection.of(data.input(), report, read.events().limits(), sample, Instant.now());
    if (json()) {
      json(inspection, report);
    } else {
      text(inspection, report);
    }
  }

  private void json(LogInspection inspection, ReadReport report) {
    LogShape shape = inspection.shape();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("config", config.toString());
    line.put("rowsRead", report.rows());
    line.put("badRows", report.badRows());
    line.put("badValues", report.badValues());
    line.put("outOfOrder", report.outOfOrder());
    line.put("days", shape.days());
    line.put("shape", shape);
    jsonLines().write(line);
    for (ObjectiveShape objective : inspection.objectives()) {
      jsonLines().write(Map.of("objective", objective));
    }
    for (QuickQuits quits : inspection.quits()) {
      jsonLines().write(Map.of("quickQuits", quits));
    }
    for (Leak leak : inspection.leaks()) {
      jsonLines().write(Map.of("leak", leak));
    }
    for (Finding finding : inspection.findings()) {
      jsonLines().write(Map.of("finding", finding));
    }
  }

  private void text(LogInspection inspection, ReadReport report) {
    LogShape shape = inspection.shape();
    out()
        .printf(
            Locale.ROOT,
            "%s: %,d samples of %,d users and %,d items%n%n",
            report.file(),
            shape.rows(),
            shape.users(),
            shape.items());
    TextTable table = new TextTable("", "about", "found");
    for (Finding finding : inspection.findings()) {
      table.row(mark(finding.level()), finding.about(), finding.says());
      if (!finding.remedy().isEmpty()) {
        table.row("", "", "  -> " + finding.remedy());
      }
    }
    table.print(out());
    long warnings =
        inspection.findings().stream().filter(f -> f.level() == Finding.Level.WARNING).count();
    out().println();
    out()
        .println(
            warnings == 0
                ? "verdict: fit to train on"
                : "verdict: "
                    + warnings
                    + (warnings == 1 ? " warning" : " warnings")
                    + " to see to before training");
  }

  private static String mark(Finding.Level level) {
    return switch (level) {
      case OK -> "ok";
      case NOTE -> "note";
      case WARNING -> "WARN";
    };
  }
}
