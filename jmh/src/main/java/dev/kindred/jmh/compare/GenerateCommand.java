package dev.kindred.jmh.compare;

import dev.kindred.app.output.StderrProgress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code jmh/compare generate}: writes a generated set, as other tools read it. */
@Command(
    name = "generate",
    description = "Writes base.f32, query.f32 and truth.i32 of a generated set.")
final class GenerateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--synthetic",
      required = true,
      paramLabel = "ROWSxDIM",
      description = "Its shape, such as 1000000x64.")
  private String shape;

  @Option(
      names = "--query-count",
      paramLabel = "N",
      defaultValue = "2000",
      description = "Queries (default: ${DEFAULT-VALUE}).")
  private int queries;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of all draws (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "2",
      description = "Threads; the files don't depend on it (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    SyntheticSet set = SyntheticSet.of(shape, queries, seed);
    try (Workers workers = Workers.of(threads)) {
      set.write(out, workers, new StderrProgress(spec.commandLine().getErr(), 0));
    }
    return 0;
  }
}
