package dev.kindred.jmh.compare;

import dev.kindred.index.EmbeddingFile;
import dev.kindred.index.Embeddings;
import dev.kindred.index.Hnsw;
import dev.kindred.index.HnswOptions;
import dev.kindred.index.HnswSearcher;
import dev.kindred.index.Neighbors;
import dev.kindred.index.OrdinalFilter;
import dev.kindred.index.file.MemoryMode;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Kindred's own graph, mapped from its file or copied to memory. */
final class KindredEngine extends JavaEngine {
  private static final String GRAPH = "graph.khnsw";
  private static final String VECTORS = "vectors.kvec";

  /** The vectors of a set as a file, for engines that copy them. */
  private static final String BASE = "base.kvec";

  private final SearchSet set;
  private final Arena arena;
  private final HnswSearcher searcher;
  private final Neighbors result = new Neighbors(0);

  private KindredEngine(SearchSet set, BuildTime buildTime, long bytes, Arena arena, Hnsw graph) {
    super(buildTime, bytes);
    this.set = set;
    this.arena = arena;
    this.searcher = graph.searcher();
  }

  /**
   * Opens Kindred under a name of its own.
   *
   * @param mode what to change in the default options
   * @param half whether vectors are kept in 16 bits per value, in a file of their own
   */
  static EngineKind.Opener opener(String name, UnaryOperator<HnswOptions> mode, boolean half) {
    return (set, building, cache, notes) -> open(name, mode, half, set, building, cache, notes);
  }

  /**
   * Opens the graph of the engine {@code built}, copied to memory of this process with its vectors,
   * in huge pages where the system grants them.
   */
  static Optional<Engine> openResident(
      String built,
      SearchSet set,
      EngineKind.Building building,
      BuildCache cache,
      EngineKind.Notes notes)
      throws IOException {
    BuildCache.Built found = built(built, options(building), false, set, building, cache, notes);
    Path vectors = cache.directoryOf(set).resolve(BASE);
    if (!Files.exists(vectors)) {
      EmbeddingFile.write(vectors, set.base());
    }
    Arena arena = Arena.ofShared();
    Embeddings rows = EmbeddingFile.open(vectors, MemoryMode.RESIDENT, arena).embeddings();
    Path file = found.directory().resolve(GRAPH);
    Hnsw graph = Hnsw.open(file, rows, MemoryMode.RESIDENT, arena);
    long bytes = found.bytes() + rows.size() * rows.strideBytes();
    return Optional.of(new KindredEngine(set, found.time(), bytes, arena, graph));
  }

  private static HnswOptions options(EngineKind.Building building) {
    return HnswOptions.defaults().withM(building.m()).withEfConstruction(building.efConstruction());
  }

  private static Optional<Engine> open(
      String name,
      UnaryOperator<HnswOptions> mode,
      boolean half,
      SearchSet set,
      EngineKind.Building building,
      BuildCache cache,
      EngineKind.Notes notes)
      throws IOException {
    HnswOptions options = mode.apply(options(building));
    BuildCache.Built built = built(name, options, half, set, building, cache, notes);
    Arena arena = Arena.ofShared();
    Embeddings rows =
        half
            ? EmbeddingFile.open(built.directory().resolve(VECTORS), arena).embeddings()
            : set.base();
    Hnsw graph = Hnsw.open(built.directory().resolve(GRAPH), rows, arena);
    long bytes = built.bytes() + (half ? 0 : rows.size() * rows.strideBytes());
    return Optional.of(new KindredEngine(set, built.time(), bytes, arena, graph));
  }

  private static BuildCache.Built built(
      String name,
      HnswOptions options,
      boolean half,
      SearchSet set,
      EngineKind.Building building,
      BuildCache cache,
      EngineKind.Notes notes)
      throws IOException {
    return cache.get(
        set,
        name + "-" + building.name(),
        building.anew(),
        directory -> {
          notes.note(name + ": building on " + building.threads() + " threads");
          return build(set, options, half, building.threads(), directory);
        });
  }

  private static BuildTime build(
      SearchSet set, HnswOptions options, boolean half, int threads, Path directory)
      throws IOException {
    try (Arena arena = Arena.ofShared();
        Workers workers = Workers.of(threads)) {
      Embeddings rows = half ? set.base().halved(arena) : set.base();
      Hnsw[] graph = new Hnsw[1];
      BuildTime time =
          BuildTime.of(
              () ->
                  graph[0] =
                      Hnsw.build(rows, set.metric(), options, arena, workers, Progress.none()));
      if (half) {
        EmbeddingFile.write(directory.resolve(VECTORS), rows);
      }
      graph[0].save(directory.resolve(GRAPH));
      return time;
    }
  }

  @Override
  void answer(int query, int ef, Answers answers) {
    searcher.search(set.query(query), 0, answers.k(), ef, OrdinalFilter.ALL, result);
    for (int rank = 0; rank < result.size(); rank++) {
      answers.set(query, rank, result.ordinal(rank), result.score(rank));
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
