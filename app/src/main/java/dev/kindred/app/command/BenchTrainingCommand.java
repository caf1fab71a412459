package dev.kindred.app.command;

import dev.kindred.app.bench.TrainingRun;
import dev.kindred.app.config.TrainConfig;
import dev.kindred.app.output.TemporaryDirectory;
import dev.kindred.app.output.TextTable;
import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kindred bench training}: what each stage of training costs at several sizes. */
@Command(
    name = "training",
    description =
        "Simulate a site of each size, train on it, and tell the seconds of every stage and how"
            + " they grow: the exponent p of seconds ~ samples^p, 1 being in proportion.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred bench training --samples 20000,60000,180000 --stages rank.toml",
      "  KINDRED_JVM_OPTIONS=-Xmx12g kindred bench training \\",
      "      --samples 100000,1000000,10000000 --out scale/ --max-minutes 60 \\",
      "      --max-gib 16 --json"
    })
final class BenchTrainingCommand extends KindredCommand {
  private static final double GIB = 1 << 30;

  /** The just-in-time compiler's work would else be taken for that of the smallest size. */
  private static final int WARM_UP_SAMPLES = 20_000;

  @Option(
      names = "--samples",
      split = ",",
      defaultValue = "100000,1000000,10000000",
      paramLabel = "N",
      description = "Sizes: rows of the log, rising (default: ${DEFAULT-VALUE}).")
  private List<Integer> samples;

  @Option(
      names = "--samples-per-item",
      defaultValue = "100",
      paramLabel = "N",
      description = "Rows for each item of the catalogue (default: ${DEFAULT-VALUE}).")
  private int samplesPerItem;

  @Option(
      names = "--samples-per-user",
      defaultValue = "50",
      paramLabel = "N",
      description = "Rows for each user (default: ${DEFAULT-VALUE}).")
  private int samplesPerUser;

  @Option(
      names = "--stages",
      paramLabel = "FILE",
      description =
          "Tables of the stages in place of the defaults, as they stand in a configuration:"
              + " [tower], [als], [rank] and so on.")
  private Path stages;

  @Option(
      names = "--no-warm-up",
      description = "Count the just-in-time compiler's work, as a process of its own would.")
  private boolean noWarmUp;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Keep sites and snapshots there (default: they are removed again).")
  private Path out;

  @Option(
      names = "--max-minutes",
      paramLabel = "M",
      description = "Fail with exit code 1 if the largest size took longer.")
  private Double maxMinutes;

  @Option(
      names = "--max-gib",
      paramLabel = "G",
      description = "Fail with exit code 1 if the process ever had more memory.")
  private Double maxGib;

  /** A training and the most memory that the process had had by then. */
  private record Measured(TrainingRun run, OptionalLong peak) {}

  @Override
  protected void run() throws IOException {
    for (int i = 0; i < samples.size(); i++) {
      if (samples.get(i) < 1000 || i > 0 && samples.get(i) <= samples.get(i - 1)) {
        throw usage("--samples is " + samples + "; must rise, from 1000");
      }
    }
    if (stages != null && !Files.isReadable(stages)) {
      throw new InputException(stages + ": can't be read");
    }
    if (samplesPerItem < 1 || samplesPerUser < 1) {
      throw usage("--samples-per-item and --samples-per-user must be at least 1");
    }
    if (out != null) {
      measure(out);
      return;
    }
    try (TemporaryDirectory made = new TemporaryDirectory("training")) {
      measure(made.path());
    }
  }

  private void measure(Path directory) throws IOException {
    Destination.directoryOfFiles(directory);
    if (!noWarmUp) {
      note("warming up on " + WARM_UP_SAMPLES + " samples ...");
      try (TemporaryDirectory unused = new TemporaryDirectory("warm-up")) {
        train(WARM_UP_SAMPLES, unused.path());
      }
    }
    List<Measured> all = new ArrayList<>();
    for (int size : samples) {
      TrainingRun run = train(size, directory);
      all.add(new Measured(run, PeakMemory.bytes()));
      if (json()) {
        jsonLines().write(line(all.getLast()));
      }
    }
    List<TrainingRun> runs = all.stream().map(Measured::run).toList();
    if (json()) {
      jsonLines().write(growth(runs));
    } else {
      table(all, runs);
    }
    check(all.getLast());
  }

  private TrainingRun train(int size, Path directory) throws IOException {
    Path site = directory.resolve("site-" + size);
    Files.createDirectories(site);
    simulate(size, site);
    Path file = site.resolve(SimulateCommand.CONFIG_FILE);
    if (stages != null) {
      Files.writeString(file, "\n" + Files.readString(stages), StandardOpenOption.APPEND);
    }
    TrainConfig read = TrainConfig.read(file, false);
    PipelineOptions options =
        seed().isPresent() ? read.options().withSeed(seed().getAsLong()) : read.options();
    note("training on " + size + " samples ...");
    try (Publishing publishing = Publishing.under(directory.resolve("snapshots-" + size));
        Workers workers = Workers.of(threads())) {
      return TrainingRun.of(read, options, publishing.writer(), workers, progress());
    }
  }

  /** In a method of its own, so that the world is gone before the training begins. */
  private void simulate(int size, Path site) throws IOException {
    WorldOptions base = WorldOptions.defaults();
    WorldOptions sized =
        options(
            () ->
                base.withSize(
                    Math.max(100, size / samplesPerItem),
                    Math.max(100, size / samplesPerUser),
                    size));
    note("simulating " + size + " samples ...");
    Destination place = Destination.directoryOfFiles(site);
    place.requireSpace(SimulateCommand.bytes(sized), this::note);
    SimulateCommand.write(seed().isPresent() ? sized.withSeed(seed().getAsLong()) : sized, place);
  }

  private static Map<String, Object> line(Measured measured) {
    TrainingRun run = measured.run();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("samples", run.samples());
    line.put("users", run.users());
    line.put("items", run.items());
    line.put("objectives", run.objectives());
    line.put("seconds", run.totalSeconds());
    line.put("secondsPerStage", run.seconds());
    measured.peak().ifPresent(bytes -> line.put("peakResidentBytes", bytes));
    line.put("snapshot", run.snapshot().toString());
    return line;
  }

  private static Map<String, Object> growth(List<TrainingRun> runs) {
    List<Map<String, Object>> steps = new ArrayList<>();
    for (int i = 1; i < runs.size(); i++) {
      Map<String, Object> step = new LinkedHashMap<>();
      step.put("from", runs.get(i - 1).samples());
      step.put("to", runs.get(i).samples());
      step.put("exponent", runs.get(i - 1).totalGrowthTo(runs.get(i)));
      step.put("exponentPerStage", runs.get(i - 1).growthTo(runs.get(i)));
      steps.add(step);
    }
    return Map.of("growth", steps);
  }

  private void table(List<Measured> all, List<TrainingRun> runs) {
    List<String> heads = new ArrayList<>();
    heads.add("stage, seconds");
    for (int i = 0; i < runs.size(); i++) {
      if (i > 0) {
        heads.add(">growth");
      }
      heads.add(">" + text("%,d", runs.get(i).samples()));
    }
    TextTable table = new TextTable(heads.toArray(String[]::new));
    for (String stage : TrainingRun.stages(runs)) {
      List<String> cells = new ArrayList<>(List.of(stage));
      for (int i = 0; i < runs.size(); i++) {
        if (i > 0) {
          Double exponent = runs.get(i - 1).growthTo(runs.get(i)).get(stage);
          cells.add(exponent == null ? "" : text("%.2f", exponent));
        }
        Double seconds = runs.get(i).seconds().get(stage);
        cells.add(seconds == null ? "" : text("%,.1f", seconds));
      }
      table.row(cells.toArray());
    }
    List<String> total = new ArrayList<>(List.of("all"));
    List<String> memory = new ArrayList<>(List.of("peak memory, GiB"));
    for (int i = 0; i < runs.size(); i++) {
      if (i > 0) {
        total.add(text("%.2f", runs.get(i - 1).totalGrowthTo(runs.get(i))));
        memory.add("");
      }
      total.add(text("%,.1f", runs.get(i).totalSeconds()));
      OptionalLong peak = all.get(i).peak();
      memory.add(peak.isPresent() ? text("%.1f", peak.getAsLong() / GIB) : "");
    }
    table.row(total.toArray()).row(memory.toArray()).print(out());
    out()
        .println(
            "growth: p of seconds ~ samples^p; items and users grow with the samples; memory is the"
                + " most that the process had had by then");
  }

  private void check(Measured largest) {
    double minutes = largest.run().totalSeconds() / 60;
    if (maxMinutes != null && minutes > maxMinutes) {
      throw new GateException(
          text(
              "%,d samples took %.1f minutes, --max-minutes is %s",
              largest.run().samples(), minutes, maxMinutes));
    }
    if (maxGib != null) {
      if (largest.peak().isEmpty()) {
        throw new GateException(
            "--max-gib: this system doesn't tell how much memory a process had");
      }
      double gib = largest.peak().getAsLong() / GIB;
      if (gib > maxGib) {
        throw new GateException(
            text("the process had %.1f GiB of memory, --max-gib is %s", gib, maxGib));
      }
    }
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
