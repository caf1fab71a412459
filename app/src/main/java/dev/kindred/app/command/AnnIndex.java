package dev.kindred.app.command;

import dev.kindred.app.output.ConstantName;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.snapshot.SnapshotVerifier;
import dev.kindred.index.EmbeddingFile;
import dev.kindred.index.Embeddings;
import dev.kindred.index.Hnsw;
import dev.kindred.index.HnswOptions;
import dev.kindred.index.Metric;
import dev.kindred.index.SearchCodes;
import dev.kindred.index.VectorFiles;
import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.MemoryMode;
import dev.kindred.index.file.OtherVersionException;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/**
 * The vectors of an {@code ann} command: a directory that {@code ann build} wrote, or a file of
 * vectors that is indexed in memory. Such a directory holds {@code vectors.kvec} and {@code
 * graph.khnsw}.
 *
 * @param rows the vectors that the graph stands on
 */
record AnnIndex(Hnsw graph, Embeddings rows) {
  static final String VECTORS = "vectors.kvec";
  static final String GRAPH = "graph.khnsw";

  /** Formats without a header. */
  private static final List<String> BARE_ROWS = List.of(".f32", ".f16", ".i32");

  /** How vectors that are not indexed yet are read and indexed. */
  static final class Building {
    @Option(
        names = "--dim",
        paramLabel = "D",
        description = "Dimension; .npy, .fvecs and .kvec state it themselves.")
    private int dim;

    @Option(
        names = "--metric",
        paramLabel = "M",
        defaultValue = "cosine",
        completionCandidates = ConstantNames.Metrics.class,
        description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Metric metric;

    @Option(
        names = "--m",
        paramLabel = "M",
        description = "Links per vector and level (default: 16).")
    private Integer m;

    @Option(
        names = "--ef-construction",
        paramLabel = "EF",
        description = "Candidates for the links of a vector (default: 200).")
    private Integer efConstruction;

    @Option(
        names = "--codes",
        paramLabel = "C",
        defaultValue = "auto",
        completionCandidates = ConstantNames.Codes.class,
        description =
            "What searches go by: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). rows adds 8"
                + " bits per value, links one bit per dimension of each link besides, none neither;"
                + " answers are ranked by the vectors in any case.")
    private SearchCodes codes;

    @Option(
        names = "--half",
        description =
            "Keep the vectors in 16 bits per value instead of 32: half their memory, three decimal"
                + " digits. With --codes rows the most compact index.")
    private boolean half;

    @Option(
        names = "--target-recall",
        paramLabel = "R",
        defaultValue = "0.95",
        description =
            "Part of the true neighbours that searches find unless they state --ef; in (0, 1)"
                + " (default: ${DEFAULT-VALUE}).")
    private double targetRecall;

    int dim() {
      return dim;
    }

    /** Whether vectors are kept in 16 bits per value. */
    boolean half() {
      return half;
    }

    /** Part of the true neighbours that searches are to find. */
    double targetRecall() {
      return targetRecall;
    }

    Metric metric() {
      return metric;
    }

    /** Options of the graph; what is out of range is an IllegalArgumentException. */
    HnswOptions hnsw(OptionalLong seed) {
      if (!(targetRecall > 0 && targetRecall < 1)) {
        throw new IllegalArgumentException(
            "--target-recall must be in (0, 1), got " + targetRecall);
      }
      HnswOptions options = HnswOptions.defaults().withCodes(codes);
      if (m != null) {
        int least = Math.max(options.efConstruction(), m);
        options = new HnswOptions(m, least, options.seed(), options.codes());
      }
      if (efConstruction != null) {
        options = options.withEfConstruction(efConstruction);
      }
      return seed.isPresent() ? options.withSeed(seed.getAsLong()) : options;
    }
  }

  /**
   * Asks for the dimension where the file doesn't state it.
   *
   * @param dim 0 for none given
   * @throws InputException if there is none
   */
  static void requireDim(Path file, int dim) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    if (dim == 0 && BARE_ROWS.stream().anyMatch(plain::endsWith)) {
      throw new InputException(
          file + ": holds rows and nothing that says how long they are; give it with --dim D");
    }
  }

  /** Reads a file of vectors, at least one, into the arena, or maps it if it is a .kvec. */
  static Embeddings read(Path file, int dim, Arena arena) throws IOException {
    requireDim(file, dim);
    Embeddings rows = map(file, dim, arena);
    if (rows.size() == 0) {
      throw new InputException(file + ": empty; name a file with at least one vector");
    }
    return rows;
  }

  private static Embeddings map(Path file, int dim, Arena arena) throws IOException {
    if (file.toString().endsWith(".kvec")) {
      Embeddings rows = EmbeddingFile.open(file, arena).embeddings();
      if (dim != 0 && rows.dim() != dim) {
        throw new InputException(file + ": has vectors of dim " + rows.dim() + ", --dim is " + dim);
      }
      return rows;
    }
    return VectorFiles.read(file, dim, arena);
  }

  /** Reads queries of the dimension of an index, at least one. */
  static Embeddings queries(Path file, int dim, Arena arena) throws IOException {
    Embeddings rows = read(file, dim, arena);
    if (rows.dim() != dim) {
      throw new InputException(
          file + ": has vectors of dim " + rows.dim() + ", those to search have " + dim);
    }
    return rows;
  }

  /**
   * Indexes vectors in memory, and chooses ef for a recall.
   *
   * @param queries what to choose ef by, rather than rows
   */
  static AnnIndex build(
      Embeddings vectors,
      Optional<Embeddings> queries,
      Building building,
      HnswOptions options,
      int threads,
      Progress progress,
      Arena arena) {
    Metric metric = building.metric();
    Embeddings rows = metric == Metric.COSINE ? vectors.normalized(arena) : vectors;
    if (building.half()) {
      rows = halved(rows, arena);
    }
    try (Workers workers = Workers.of(threads)) {
      Hnsw graph = Hnsw.build(rows, metric, options, arena, workers, progress);
      double recall = building.targetRecall();
      return new AnnIndex(
          queries.isPresent()
              ? graph.tuned(recall, queries.get(), workers, progress)
              : graph.tuned(recall, workers, progress),
          rows);
    }
  }

  private static Embeddings halved(Embeddings rows, Arena arena) {
    try {
      return rows.halved(arena);
    } catch (IllegalArgumentException e) {
      throw new InputException("--half: " + e.getMessage(), e);
    }
  }

  /** Bits of a value of the vectors. */
  int bitsPerValue() {
    return Byte.SIZE * rows.elementType().bytes();
  }

  /** What is searched, in a line for the human. */
  String describe() {
    return String.format(
        Locale.ROOT,
        "%,d vectors of dim %d, %s, %d bits per value, codes %s",
        rows.size(),
        rows.dim(),
        ConstantName.of(graph.metric()),
        bitsPerValue(),
        ConstantName.of(graph.options().codes()));
  }

  /** Opens a directory. */
  static AnnIndex open(Path directory, MemoryMode mode, Arena arena) throws IOException {
    requireIndex(directory);
    Embeddings rows = EmbeddingFile.open(directory.resolve(VECTORS), mode, arena).embeddings();
    return new AnnIndex(Hnsw.open(directory.resolve(GRAPH), rows, mode, arena), rows);
  }

  /** Reads every byte of a directory and compares it with the checksums. */
  static SnapshotVerifier.Report verify(Path directory) throws IOException {
    requireIndex(directory);
    List<CorruptFileException> faults = new ArrayList<>();
    try (Arena arena = Arena.ofShared()) {
      EmbeddingFile.open(directory.resolve(VECTORS), arena).verify();
    } catch (CorruptFileException e) {
      faults.add(e);
    }
    try {
      Hnsw.verify(directory.resolve(GRAPH));
    } catch (CorruptFileException e) {
      faults.add(e);
    }
    long bytes = Files.size(directory.resolve(VECTORS)) + Files.size(directory.resolve(GRAPH));
    return SnapshotVerifier.Report.of(
        directory,
        2,
        bytes,
        faults.stream().map(Throwable::getMessage).toList(),
        faults.stream()
            .filter(OtherVersionException.class::isInstance)
            .map(OtherVersionException.class::cast)
            .toList());
  }

  private static void requireIndex(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new NoSuchFileException(
          directory.toString(), null, "no such index; make one with 'kindred ann build --out DIR'");
    }
    for (String name : List.of(VECTORS, GRAPH)) {
      if (!Files.exists(directory.resolve(name))) {
        throw new InputException(
            directory + ": no index here (no " + name + "); make one with 'kindred ann build'");
      }
    }
  }

  /** Refuses a directory that exists, before hours of work. */
  static void requireAbsent(Path directory) throws IOException {
    if (Files.exists(directory)) {
      throw new FileAlreadyExistsException(directory.toString());
    }
  }

  /**
   * Writes vectors and graph to a directory that must not exist: under a hidden name, renamed when
   * both are there, so a failure leaves nothing behind.
   */
  void write(Path directory) throws IOException {
    Path target = directory.toAbsolutePath();
    Path temporary =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
    // What stands there was left by a process that had this number before.
    delete(temporary);
    Files.createDirectory(temporary);
    try {
      EmbeddingFile.write(temporary.resolve(VECTORS), rows);
      graph.save(temporary.resolve(GRAPH));
      requireAbsent(directory);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      CheckedFileWriter.forceDirectory(target.getParent());
    } finally {
      delete(temporary);
    }
  }

  private static void delete(Path temporary) throws IOException {
    for (Path part : List.of(temporary.resolve(VECTORS), temporary.resolve(GRAPH), temporary)) {
      Files.deleteIfExists(part);
    }
  }
}
