package dev.kindred.app.command;

import dev.kindred.app.bench.RecallBench;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RecommenderOptions;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kindred bench recall}: what the fused index finds, at stored and at skewed weights. */
@Command(
    name = "recall",
    description =
        "Compare ungated related lists with exact scores of all items, at the stored weights and at"
            + " skewed ones.")
final class BenchRecallCommand extends KindredCommand {
  @Mixin private SnapshotOption model;

  @Option(
      names = "-n",
      defaultValue = "20",
      paramLabel = "N",
      description = "Items asked for (default: ${DEFAULT-VALUE}).")
  private int n;

  @Option(
      names = "--queries",
      defaultValue = "100",
      paramLabel = "N",
      description = "Random items for each kind of weights (default: ${DEFAULT-VALUE}).")
  private int queries;

  @Override
  protected void run() throws IOException {
    if (n < 1 || queries < 1) {
      throw usage("-n and --queries must be at least 1");
    }
    try (Recommender recommender = model.openWith(RecommenderOptions.defaults())) {
      RecallBench.run(recommender, n, queries, seed().orElse(1), this::show);
    }
  }

  private void show(Map<String, Object> line) {
    if (json()) {
      jsonLines().write(line);
    } else {
      out()
          .printf(
              "%-16s recall@%s %.4f, mean %.0f us%n",
              line.get("weights"), line.get("n"), line.get("recall"), line.get("meanMicros"));
    }
  }
}
