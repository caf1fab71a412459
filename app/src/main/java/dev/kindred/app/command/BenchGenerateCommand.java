package dev.kindred.app.command;

import dev.kindred.app.bench.GeneratedOptions;
import dev.kindred.app.bench.GeneratedRanker;
import dev.kindred.app.bench.GeneratedSnapshot;
import dev.kindred.engine.snapshot.Snapshot;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kindred bench generate}: a snapshot of any size, drawn rather than trained. */
@Command(
    name = "generate",
    description =
        "Publish a snapshot of drawn vectors and lists, of the size and shape of a large site's.")
final class BenchGenerateCommand extends KindredCommand {
  @Option(
      names = "--items",
      defaultValue = "1000000",
      paramLabel = "N",
      description = "Items (default: ${DEFAULT-VALUE}).")
  private int items;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory to publish in.")
  private Path out;

  @Option(
      names = "--objectives",
      defaultValue = "5",
      paramLabel = "K",
      description =
          "Objectives, each with two channels; the fifth is a dislike (default: ${DEFAULT-VALUE}).")
  private int objectives;

  @Option(
      names = "--dim",
      defaultValue = "16",
      paramLabel = "D",
      description =
          "Dimensions of a channel, half of it for the dislike (default: ${DEFAULT-VALUE}).")
  private int dim;

  @Option(
      names = "--list",
      defaultValue = "512",
      paramLabel = "N",
      description = "Longest list of candidates (default: ${DEFAULT-VALUE}).")
  private int list;

  @Option(
      names = "--table",
      defaultValue = "100",
      paramLabel = "N",
      description = "Items of a precomputed list (default: ${DEFAULT-VALUE}).")
  private int table;

  @Option(
      names = "--no-index",
      description = "Leave out the fused index, which takes most of the time.")
  private boolean noIndex;

  @Option(
      names = "--rankers",
      split = ",",
      defaultValue = "medium,small",
      paramLabel = "SIZE",
      description =
          "Rankers of the personalised path: large (4 experts of 256 and 128), medium (4 of 128 and"
              + " 64), small (4 of 32) or none. The first is the snapshot's; each other one gets a"
              + " snapshot of the same items in DIR/ranker-SIZE, without the fused index (default:"
              + " ${DEFAULT-VALUE}).")
  private List<String> rankers;

  @Override
  protected void run() throws IOException {
    GeneratedOptions options =
        options(
            () ->
                new GeneratedOptions(
                    items, objectives, dim, list, table, !noIndex, rankers(), seed().orElse(1)));
    long start = System.nanoTime();
    Path path;
    try (Publishing publishing = Publishing.under(out);
        Workers workers = Workers.of(threads())) {
      publishing.place().requireSpace(GeneratedSnapshot.bytes(options), this::note);
      Map<GeneratedRanker, SnapshotWriter> others =
          GeneratedSnapshot.others(options.rankers(), out);
      try {
        path =
            publishing
                .place()
                .write(
                    () ->
                        GeneratedSnapshot.publish(
                            options, publishing.writer(), others, workers, progress()));
      } finally {
        for (SnapshotWriter other : others.values()) {
          other.close();
        }
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    try (Snapshot snapshot = Snapshot.open(path)) {
      if (json()) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("snapshot", path.toString());
        line.put("items", items);
        line.put("candidates", snapshot.candidates().size());
        line.put("bytes", snapshot.bytes());
        line.put("rankers", rankers);
        line.put("seconds", seconds);
        jsonLines().write(line);
      } else {
        out()
            .printf(
                "%s: %,d items, %,d candidates, %,d bytes, in %.0f s%n",
                path, items, snapshot.candidates().size(), snapshot.bytes(), seconds);
      }
    }
  }

  private List<GeneratedRanker> rankers() {
    if (rankers.equals(List.of("none"))) {
      return List.of();
    }
    List<GeneratedRanker> named = new ArrayList<>();
    for (String size : rankers) {
      named.add(
          Arrays.stream(GeneratedRanker.values())
              .filter(ranker -> ranker.name().equalsIgnoreCase(size))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "ranker is '"
                              + size
                              + "', must be large, medium, small or, alone, none")));
    }
    return named;
  }
}
