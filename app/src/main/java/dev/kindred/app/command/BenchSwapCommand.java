package dev.kindred.app.command;

import dev.kindred.app.bench.GeneratedOptions;
import dev.kindred.app.bench.GeneratedSnapshot;
import dev.kindred.app.bench.SwapBench;
import dev.kindred.app.output.TemporaryDirectory;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kindred bench swap}: replaces snapshots under load and counts what goes wrong. */
@Command(
    name = "swap",
    description =
        "Replace the snapshot again and again while it is asked: counts errors, latencies, the time"
            + " that unmapping takes, and what is still mapped at the end.")
final class BenchSwapCommand extends KindredCommand {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "Directory with two snapshots of ids 1, 2, 3, ... (default: two are generated and removed"
              + " again).")
  private Path model;

  @Option(
      names = "--items",
      defaultValue = "20000",
      paramLabel = "N",
      description = "Items of the generated snapshots (default: ${DEFAULT-VALUE}).")
  private int items;

  @Option(
      names = "--swaps",
      defaultValue = "1000",
      paramLabel = "N",
      description = "How often (default: ${DEFAULT-VALUE}).")
  private int swaps;

  @Option(
      names = "--swaps-per-second",
      defaultValue = "20",
      paramLabel = "R",
      description = "How fast (default: ${DEFAULT-VALUE}).")
  private double swapsPerSecond;

  @Option(
      names = "--rate",
      defaultValue = "2000",
      paramLabel = "R",
      description = "Requests a second (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--clients",
      defaultValue = "1",
      paramLabel = "N",
      description = "Threads that ask (default: ${DEFAULT-VALUE}).")
  private int clients;

  @Override
  protected void run() throws IOException {
    if (swaps < 1 || !(swapsPerSecond > 0) || !(rate >= 1) || clients < 1) {
      throw usage("--swaps, --swaps-per-second, --rate and --clients must be above 0");
    }
    if (model != null) {
      show(SwapBench.run(model, swaps, swapsPerSecond, rate, clients, seed().orElse(1)));
      return;
    }
    try (TemporaryDirectory made = new TemporaryDirectory("swap")) {
      for (int i = 0; i < 2; i++) {
        generate(made.path(), i);
      }
      show(SwapBench.run(made.path(), swaps, swapsPerSecond, rate, clients, seed().orElse(1)));
    }
  }

  private void generate(Path directory, int number) throws IOException {
    GeneratedOptions options =
        options(
            () ->
                new GeneratedOptions(
                    items, 5, 16, 128, 50, true, List.of(), seed().orElse(1) + number));
    try (SnapshotWriter writer = SnapshotWriter.under(directory);
        Workers workers = Workers.of(threads())) {
      GeneratedSnapshot.write(options, writer, workers, progress());
      writer.publish();
    }
  }

  private void show(Map<String, Object> line) {
    if (json()) {
      jsonLines().write(line);
      return;
    }
    out()
        .printf(
            "%s swaps, %s requests, %s errors; service p99 %.1f us, p99.9 %.1f, max %.0f; unmapping"
                + " p50 %.0f us, max %.0f; snapshots mapped at the end: %s%n",
            line.get("swaps"),
            line.get("requests"),
            line.get("errors"),
            line.get("p99Micros"),
            line.get("p999Micros"),
            line.get("maxMicros"),
            line.get("unmapP50Micros"),
            line.get("unmapMaxMicros"),
            line.get("snapshotsMapped"));
  }
}
