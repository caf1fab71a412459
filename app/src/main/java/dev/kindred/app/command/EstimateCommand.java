package dev.kindred.app.command;

import dev.kindred.app.config.Profiles;
import dev.kindred.app.config.TableConfig;
import dev.kindred.app.config.TrainConfig;
import dev.kindred.app.output.TextTable;
import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.estimate.DataSize;
import dev.kindred.engine.estimate.Speed;
import dev.kindred.engine.estimate.TrainingEstimate;
import dev.kindred.engine.rank.RankOptions;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kindred estimate}: bytes and time of a training before it is started. */
@Command(
    name = "estimate",
    description = {
      "Estimate the files, the memory and the time that 'kindred train' takes for input of a size.",
      "Files follow from their formats; memory and time are rough, expect a factor of two."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred estimate --items 100000 --users 200000 --interactions 10000000 \\",
      "      --objectives 5",
      "  kindred estimate --config site.toml --items 5000 --users 20000 \\",
      "      --interactions 3000000"
    })
final class EstimateCommand extends KindredCommand {
  private static final double MIB = 1 << 20;
  private static final long SEARCH_WORDS = 20_000;
  private static final double SEARCHES_PER_USER = 10;

  @Option(names = "--items", required = true, paramLabel = "N", description = "Items.")
  private long items;

  @Option(names = "--users", required = true, paramLabel = "N", description = "Users.")
  private long users;

  @Option(
      names = "--interactions",
      required = true,
      paramLabel = "N",
      description = "Rows of the log.")
  private long interactions;

  @Option(
      names = "--objectives",
      paramLabel = "K",
      description = "Objectives (default: those of --config, else 1).")
  private Integer objectives;

  @Option(
      names = "--negative",
      paramLabel = "N",
      description = "Of them those that subtract (default: those of --config, else 1 of several).")
  private Integer negative;

  @Option(
      names = "--positives",
      paramLabel = "N",
      description =
          "Rows in which the most frequent objective happens (default: a third); the others are"
              + " taken to halve from one to the next.")
  private Long positives;

  @Option(
      names = "--dim",
      paramLabel = "D",
      description = "Length of the two-tower vectors (default: that of the options).")
  private Integer dim;

  @Option(
      names = "--rank",
      paramLabel = "R",
      description = "Rank of ALS (default: that of the options).")
  private Integer rank;

  @Option(
      names = "--candidates",
      paramLabel = "N",
      description = "Mean length of a candidate list (default: 200).")
  private Double candidates;

  @Option(
      names = "--id-bytes",
      paramLabel = "N",
      description = "Mean length of an id (default: 8).")
  private Double idBytes;

  @Option(
      names = "--profile-values",
      paramLabel = "N",
      description = "Mean number of values of an item's profile (default: 12; 0: no catalogue).")
  private Double profileValues;

  @Option(
      names = "--number-fields",
      paramLabel = "N",
      description = "Fields of an item that hold one number (default: those of --config, or 0).")
  private Integer numberFields;

  @Option(
      names = "--personalised",
      description = "With the personalised path, as [rank] enabled = true of --config has it.")
  private boolean personalised;

  @Option(
      names = "--user-fields",
      paramLabel = "N",
      description = "Fields of a user's profile with values (default: those of --config, or 0).")
  private Integer userFields;

  @Option(
      names = "--search-words",
      paramLabel = "N",
      description =
          "Different words that users search for (default: 20000 if --config has searches, else"
              + " 0); 10 of a user are assumed.")
  private Long searchWords;

  @Option(names = "--no-towers", description = "Without the two-tower networks.")
  private boolean noTowers;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Take objectives and the options of the stages from this file.")
  private Path config;

  @Override
  protected void run() throws IOException {
    Optional<TrainConfig> read =
        config == null ? Optional.empty() : Optional.of(TrainConfig.read(config, false));
    if (noTowers && dim != null) {
      throw usage("--no-towers has no vectors for --dim");
    }
    DataSize size = options(() -> size(read));
    PipelineOptions options = options(() -> pipeline(read, size));
    if (dim != null && options.tower().isEmpty()) {
      throw usage(
          "--dim is the length of the networks' vectors, and without profiles there are none");
    }
    Speed speed;
    try (Workers workers = Workers.of(threads())) {
      speed = Speed.probe(workers);
    }
    TrainingEstimate estimate =
        names(read, size)
            .map(names -> TrainingEstimate.of(size, options, speed, names))
            .orElseGet(() -> TrainingEstimate.of(size, options, speed));
    if (json()) {
      json(size, estimate, speed);
    } else {
      text(estimate, speed);
    }
  }

  /** The names of the configuration, unless --objectives asks for another number of them. */
  private static Optional<List<String>> names(Optional<TrainConfig> read, DataSize size) {
    return read.map(config -> config.objectives().stream().map(Objective::name).toList())
        .filter(names -> names.size() == size.objectives());
  }

  private DataSize size(Optional<TrainConfig> read) {
    int declared = read.map(c -> c.objectives().size()).orElse(1);
    DataSize size =
        DataSize.of(items, users, interactions, objectives == null ? declared : objectives);
    if (objectives == null && read.isPresent()) {
      long negatives =
          read.get().objectives().stream().filter(o -> o.polarity() == Polarity.NEGATIVE).count();
      size = size.withNegativeObjectives((int) negatives);
    }
    if (read.isPresent()) {
      size = size.withSignals(read.get().events().columns().signals().size());
      if (read.get().items().isEmpty()) {
        size = size.withProfile(0, 0, 0, 0);
      } else {
        size = size.withNumberFields(numberFields(read.get().items().orElseThrow()));
      }
      if (read.get().users().isPresent()) {
        TableConfig profiles = read.get().users().get();
        long fields =
            profiles.fields().stream()
                .filter(f -> f.kind() != FieldSpec.Kind.NUMERIC && f.weight() > 0)
                .count();
        size = size.withUserProfile((int) fields, size.userValues(), numberFields(profiles));
      }
      boolean searched =
          read.get().searches().isPresent() || !read.get().events().columns().search().isEmpty();
      size = searched ? size.withSearches(SEARCH_WORDS, SEARCHES_PER_USER) : size;
    }
    if (userFields != null) {
      size = size.withUserProfile(userFields, size.userValues(), size.userNumbers());
    }
    if (searchWords != null) {
      size = size.withSearches(searchWords, SEARCHES_PER_USER);
    }
    if (negative != null) {
      size = size.withNegativeObjectives(negative);
    }
    if (positives != null) {
      size = size.withPositives(positives);
    }
    if (candidates != null) {
      size = size.withCandidates(candidates);
    }
    if (idBytes != null) {
      size = size.withIdBytes(idBytes);
    }
    if (profileValues != null) {
      size =
          profileValues == 0
              ? size.withProfile(0, 0, 0, 0)
              : size.withProfile(
                  profileValues, size.profileFields(), size.distinctValues(), size.valueBytes());
    }
    if (numberFields != null) {
      size = size.withNumberFields(numberFields);
    }
    return size;
  }

  private static int numberFields(TableConfig config) {
    return (int)
        config.fields().stream().filter(field -> field.kind() == FieldSpec.Kind.NUMERIC).count();
  }

  private PipelineOptions pipeline(Optional<TrainConfig> read, DataSize size) {
    Profiles known =
        new Profiles(
            size.profileValues() > 0 || size.numberFields() > 0,
            size.userFields() > 0 || size.userNumbers() > 0);
    PipelineOptions options = read.map(TrainConfig::options).orElseGet(known::usual);
    if (personalised && options.rank().isEmpty()) {
      options = options.withRank(Optional.of(RankOptions.defaults()));
    }
    if (rank != null) {
      options = options.withAls(options.als().withRank(rank));
    }
    if (noTowers) {
      options = options.withTower(Optional.empty());
    } else if (dim != null && options.tower().isPresent()) {
      options = options.withTower(Optional.of(options.tower().get().withDim(dim)));
    }
    return options;
  }

  private void json(DataSize size, TrainingEstimate estimate, Speed speed) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("input", size);
    line.put("fileBytes", estimate.fileBytes());
    line.put("heapBytes", estimate.heapBytes());
    line.put("otherBytes", estimate.otherBytes());
    line.put("seconds", estimate.seconds());
    line.put("gflops", speed.flops() / 1e9);
    jsonLines().write(line);
    estimate.files().forEach(file -> jsonLines().write(Map.of("file", file)));
    estimate.stages().forEach(stage -> jsonLines().write(Map.of("stage", stage)));
  }

  private void text(TrainingEstimate estimate, Speed speed) {
    TextTable files = new TextTable("file of the snapshot", ">MiB");
    estimate.files().forEach(file -> files.row(file.name(), mib(file.bytes())));
    files.row("all", mib(estimate.fileBytes()));
    files.print(out());
    out().println();
    TextTable stages =
        new TextTable("stage", ">seconds", ">heap, MiB", ">other memory, MiB", "what it does");
    for (TrainingEstimate.Stage stage : estimate.stages()) {
      stages.row(
          stage.name(),
          seconds(stage.seconds()),
          mib(stage.heapBytes()),
          mib(stage.otherBytes()),
          stage.work());
    }
    stages.row(
        "all, or the largest",
        seconds(estimate.seconds()),
        mib(estimate.heapBytes()),
        mib(estimate.otherBytes()),
        "");
    stages.print(out());
    out()
        .printf(
            Locale.ROOT,
            "%nfor %d threads that reach %.0f GFLOP/s together, as measured just now%n",
            threads(),
            speed.flops() / 1e9);
    out()
        .printf(
            Locale.ROOT,
            "run it with KINDRED_JVM_OPTIONS=-Xmx%dm or more%n",
            Math.round(1.3 * estimate.heapBytes() / MIB / 64 + 1) * 64);
  }

  private static String mib(long bytes) {
    return String.format(Locale.ROOT, "%,.1f", bytes / MIB);
  }

  private static String seconds(double seconds) {
    return String.format(Locale.ROOT, "%,.1f", seconds);
  }
}
