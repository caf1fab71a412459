package dev.kindred.app.command;

import dev.kindred.app.config.TrainConfig;
import dev.kindred.app.config.TrainingData;
import dev.kindred.app.output.ByteSize;
import dev.kindred.app.output.TextTable;
import dev.kindred.engine.Pipeline;
import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.TrainedPipeline;
import dev.kindred.engine.data.Note;
import dev.kindred.engine.data.ReadReport;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kindred train}: the whole pipeline on the user's data, to a published snapshot. */
@Command(
    name = "train",
    description = "Train on a log and a catalogue, and publish a snapshot.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred train --config site.toml --out snapshots/",
      "  kindred train --config site.toml --out snapshots/ --seed 7 --threads 4 --json"
    })
final class TrainCommand extends KindredCommand {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "What the columns mean, and options: see docs/configuration.md.")
  private Path config;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory to publish the snapshot in; its CURRENT file will name it.")
  private Path out;

  @Option(
      names = "--paper",
      description = "Follow the source paper to the letter instead of the sound reading.")
  private boolean paper;

  @Option(
      names = "--verbose",
      description = "Print every note of reading and training, not warnings alone.")
  private boolean verbose;

  @Override
  protected void run() throws IOException {
    TrainConfig read = TrainConfig.read(config, paper);
    PipelineOptions options =
        seed().isPresent() ? read.options().withSeed(seed().getAsLong()) : read.options();
    Progress progress = progress();
    try (Publishing publishing = Publishing.under(out);
        Workers workers = Workers.of(threads())) {
      long start = System.nanoTime();
      TrainingData data = TrainingData.read(read, progress);
      Map<String, Double> seconds = new LinkedHashMap<>();
      seconds.put("read", secondsSince(start));
      List<Note> said = new ArrayList<>();
      data.reports().stream().map(ReadReport::lines).forEach(said::addAll);
      read.notes().stream().map(Note::info).forEach(said::add);
      say(said);
      data.requireTwoItems();
      publishing.place().requireSnapshotSpace(data.input(), options, this::note);
      TrainedPipeline trained = Pipeline.train(data.input(), options, workers, progress);
      say(trained.notes());
      said.addAll(trained.notes());
      seconds.putAll(trained.seconds());
      start = System.nanoTime();
      Path snapshot = publishing.publish(writer -> trained.writeTo(writer, workers, progress));
      seconds.put("publish", secondsSince(start));
      long kept = said.stream().filter(line -> !line.isWarning()).count();
      if (!verbose && !json() && kept > 0) {
        note(
            "%d more %s nothing: --verbose prints them, --json has all"
                .formatted(kept, kept == 1 ? "note calls for" : "notes call for"));
      }
      if (!trained.scorer().tellsPairsApart()) {
        Note last =
            Note.warning(
                "no channel tells related items from others, so lists stand in the order of their"
                    + " candidates' similarity: training switched all channels off, or they had no"
                    + " samples (its notes say which); train on a longer log or on objectives that"
                    + " happen more often, and see 'kindred doctor --config "
                    + config
                    + "'");
        said.add(last);
        say(List.of(last));
      }
      report(snapshot, data.input(), trained, seconds, said);
    }
  }

  /** Prints warnings, and with --verbose the rest too. */
  private void say(List<Note> lines) {
    notes(lines.stream().filter(line -> verbose || line.isWarning()).toList());
  }

  private static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1e9;
  }

  private void report(
      Path snapshot,
      PipelineInput input,
      TrainedPipeline trained,
      Map<String, Double> stages,
      List<Note> said) {
    double seconds = trained.seconds().values().stream().mapToDouble(Double::doubleValue).sum();
    if (json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("snapshot", snapshot.toString());
      line.put("samples", input.events().size());
      line.put("users", input.events().users().size());
      line.put("items", input.events().items().size());
      line.put("candidates", trained.candidates().size());
      line.put("recommends", trained.ranking().isPresent());
      line.put("trainSeconds", seconds);
      line.put("secondsPerStage", stages);
      PeakMemory.bytes().ifPresent(bytes -> line.put("peakResidentBytes", bytes));
      line.put("modelHashes", trained.modelHashes());
      line.put("notes", Note.texts(said));
      line.put("warnings", Note.warnings(said));
      jsonLines().write(line);
    } else {
      out()
          .printf(
              Locale.ROOT,
              "%s: %,d items related, learned from %,d samples of %,d users in %.1f s%n",
              snapshot,
              input.events().items().size(),
              input.events().size(),
              input.events().users().size(),
              seconds);
      TextTable table = new TextTable("stage", ">seconds");
      stages.forEach((stage, time) -> table.row(stage, String.format(Locale.ROOT, "%.1f", time)));
      table.print(out());
      PeakMemory.bytes().ifPresent(bytes -> out().println("peak memory: " + ByteSize.text(bytes)));
    }
  }
}
