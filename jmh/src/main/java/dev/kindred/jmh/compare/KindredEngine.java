package dev.kindred.jmh.compare;

import dev.kindred.index.Hnsw;
import dev.kindred.index.HnswOptions;
import dev.kindred.index.HnswSearcher;
import dev.kindred.index.Neighbors;
import dev.kindred.index.OrdinalFilter;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Kindred's own graph, mapped from its file. */
final class KindredEngine extends JavaEngine {
  private static final String GRAPH = "graph.khnsw";

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
   */
  static EngineKind.Opener opener(String name, UnaryOperator<HnswOptions> mode) {
    return (set, building, cache, notes) -> open(name, mode, set, building, cache, notes);
  }

  private static Optional<Engine> open(
      String name,
      UnaryOperator<HnswOptions> mode,
      SearchSet set,
      EngineKind.Building building,
      BuildCache cache,
      EngineKind.Notes notes)
      throws IOException {
    HnswOptions options =
        mode.apply(
            HnswOptions.defaults()
                .withM(building.m())
                .withEfConstruction(building.efConstruction()));
    BuildCache.Built built =
        cache.get(
            set,
            name + "-" + building.name(),
            building.anew(),
            directory -> {
              notes.note(name + ": building on " + building.threads() + " threads");
              return build(set, options, building.threads(), directory.resolve(GRAPH));
            });
    Arena arena = Arena.ofShared();
    Hnsw graph = Hnsw.open(built.directory().resolve(GRAPH), set.base(), arena);
    long vectors = set.base().size() * set.base().strideBytes();
    return Optional.of(new KindredEngine(set, built.time(), built.bytes() + vectors, arena, graph));
  }

  private static BuildTime build(SearchSet set, HnswOptions options, int threads, Path target)
      throws IOException {
    try (Arena arena = Arena.ofShared();
        Workers workers = Workers.of(threads)) {
      Hnsw[] graph = new Hnsw[1];
      BuildTime time =
          BuildTime.of(
              () ->
                  graph[0] =
                      Hnsw.build(
                          set.base(), set.metric(), options, arena, workers, Progress.none()));
      graph[0].save(target);
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
