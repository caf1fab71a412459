package dev.kindred.app.command;

import dev.kindred.app.output.ConstantName;
import dev.kindred.index.Embeddings;
import dev.kindred.index.HnswOptions;
import dev.kindred.index.file.MemoryMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code ann search} and {@code ann sweep} search: a built index, or vectors to index. */
final class AnnSource {
  /** Either a directory or a file. */
  static final class Where {
    @Option(
        names = "--index",
        required = true,
        paramLabel = "DIR",
        description = "A directory that 'ann build' wrote.")
    private Path index;

    @Option(
        names = "--base",
        required = true,
        paramLabel = "FILE",
        description = "Or vectors, to be indexed in memory first.")
    private Path base;
  }

  private static final List<String> OF_A_FILE =
      List.of("--metric", "--m", "--ef-construction", "--codes", "--half", "--target-recall");

  private static final List<String> OF_A_DIRECTORY = List.of("--memory");

  @ArgGroup(multiplicity = "1")
  private Where where;

  @Option(
      names = "--queries",
      required = true,
      paramLabel = "FILE",
      description = "Vectors to search for, in a format of vectors.")
  private Path queries;

  @Option(
      names = "--memory",
      paramLabel = "MODE",
      defaultValue = "mapped",
      completionCandidates = ConstantNames.MemoryModes.class,
      description =
          "${COMPLETION-CANDIDATES}: read an --index in place, or copy it to memory first, in huge"
              + " pages where the system grants them (default: ${DEFAULT-VALUE}).")
  private MemoryMode memory;

  @Mixin private AnnIndex.Building building;

  private long openNanos;

  /** What is read, but for the files of an index's directory. */
  RunFiles files() {
    return new RunFiles().reads("--base", where.base).reads("--queries", queries);
  }

  /** Options of a graph built here; checked before any file is read. */
  HnswOptions options(KindredCommand command) {
    for (String option : where.index != null ? OF_A_FILE : OF_A_DIRECTORY) {
      if (command.isGiven(option)) {
        throw command.usage(
            option
                + " is for "
                + (where.index != null
                    ? "--base: an --index keeps what it was built with"
                    : "--index: what is built from a --base is in memory")
                + "; leave it out");
      }
    }
    return command.options(() -> building.hnsw(command.seed()));
  }

  /** The index, opened or built. */
  AnnIndex index(HnswOptions options, KindredCommand command, Arena arena) throws IOException {
    if (where.index != null) {
      long begun = System.nanoTime();
      AnnIndex opened = AnnIndex.open(where.index, memory, arena);
      openNanos = System.nanoTime() - begun;
      return opened;
    }
    Embeddings rows = AnnIndex.read(where.base, building.dim(), arena);
    return AnnIndex.build(
        rows, Optional.empty(), building, options, command.threads(), command.progress(), arena);
  }

  /** Tells the user how long an index took to open, if one was opened. */
  void noteOpening(KindredCommand command) {
    if (where.index != null) {
      command.note(
          String.format(
              Locale.ROOT, "opened %s in %.1f ms", ConstantName.of(memory), openNanos / 1e6));
    }
  }

  /** The queries, which must fit the index. */
  Embeddings queries(int dim, Arena arena) throws IOException {
    return AnnIndex.queries(queries, dim, arena);
  }
}
