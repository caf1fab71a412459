package dev.kindred.app.command;

import dev.kindred.app.bench.EmbeddedBench;
import dev.kindred.app.bench.GeneratedRanker;
import dev.kindred.app.bench.GeneratedSnapshot;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RecommenderOptions;
import dev.kindred.index.file.MemoryMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kindred bench embedded}: latencies of the embedded recommender at a rate. */
@Command(
    name = "embedded",
    description =
        "Measure the embedded recommender in an open loop: service time, response time from when a"
            + " request was due, beside the hiccups of an idle thread.")
final class BenchEmbeddedCommand extends KindredCommand {
  private static final String RECOMMEND = "recommend";

  @Mixin private SnapshotOption model;

  @Option(
      names = "--rate",
      defaultValue = "1000",
      paramLabel = "R",
      description = "Requests a second of each operation (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--seconds",
      defaultValue = "30",
      paramLabel = "S",
      description = "Length of each operation's run (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "15",
      paramLabel = "S",
      description =
          "Seconds of requests without pauses before each operation, however small the snapshot:"
              + " the just-in-time compiler needs them (default: ${DEFAULT-VALUE}).")
  private double warmUp;

  @Option(
      names = "--clients",
      defaultValue = "1",
      paramLabel = "N",
      description = "Threads that ask (default: ${DEFAULT-VALUE}).")
  private int clients;

  @Option(
      names = "-n",
      defaultValue = "20",
      paramLabel = "N",
      description = "Items asked for (default: ${DEFAULT-VALUE}).")
  private int n;

  @Option(
      names = "--memory",
      defaultValue = "preloaded",
      paramLabel = "MODE",
      completionCandidates = ConstantNames.MemoryModes.class,
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private MemoryMode memory;

  @Option(
      names = "--operations",
      split = ",",
      paramLabel = "OP",
      description =
          "Which of related-table, related-online, related-ungated, similar," + " recommend.")
  private List<String> operations = EmbeddedBench.operations();

  @Override
  protected void run() throws IOException {
    EmbeddedBench.Options options =
        options(
            () ->
                new EmbeddedBench.Options(
                    rate, seconds, warmUp, clients, n, seed().orElse(1), operations));
    RecommenderOptions opening = RecommenderOptions.defaults().withMemory(memory);
    note(
        "%d operations, each %.0f s of warm-up and %.0f s of measuring"
            .formatted(operations.size(), warmUp, seconds));
    try (Recommender recommender = model.openWith(opening)) {
      List<String> left = EmbeddedBench.run(recommender, options, this::show);
      if (!left.isEmpty()) {
        note("left out, the snapshot has not what it takes: " + left);
      }
    }
    smallRanker(options, opening);
  }

  /** A generated snapshot has one of the same items and a small ranker beside it. */
  private void smallRanker(EmbeddedBench.Options options, RecommenderOptions opening)
      throws IOException {
    Path small = GeneratedSnapshot.directoryOf(GeneratedRanker.SMALL, model.path());
    if (options.operations().contains(RECOMMEND) && Files.isDirectory(small)) {
      try (Recommender recommender = Recommender.open(small, opening)) {
        EmbeddedBench.run(
            recommender,
            options.withOperations(List.of(RECOMMEND)),
            line -> {
              line.put("operation", "recommend-small");
              show(line);
            });
      }
    }
  }

  private void show(Map<String, Object> line) {
    if (json()) {
      jsonLines().write(line);
      return;
    }
    out()
        .printf(
            "%-16s service p50 %.1f us, p99 %.1f, p99.9 %.1f, max %.0f; response p99.9 %.1f; idle"
                + " p99.9 %.1f; %.1f B/op, %s errors%n",
            line.get("operation"),
            line.get("p50Micros"),
            line.get("p99Micros"),
            line.get("p999Micros"),
            line.get("maxMicros"),
            line.get("responseP999Micros"),
            line.get("hiccupP999Micros"),
            line.get("bytesPerOp"),
            line.get("errors"));
  }
}
