package dev.kindred.jmh.compare;

import dev.kindred.index.Metric;
import io.github.jbellis.jvector.disk.ReaderSupplier;
import io.github.jbellis.jvector.disk.ReaderSupplierFactory;
import io.github.jbellis.jvector.graph.GraphIndexBuilder;
import io.github.jbellis.jvector.graph.GraphSearcher;
import io.github.jbellis.jvector.graph.ListRandomAccessVectorValues;
import io.github.jbellis.jvector.graph.RandomAccessVectorValues;
import io.github.jbellis.jvector.graph.SearchResult;
import io.github.jbellis.jvector.graph.disk.OnDiskGraphIndex;
import io.github.jbellis.jvector.graph.similarity.BuildScoreProvider;
import io.github.jbellis.jvector.graph.similarity.DefaultSearchScoreProvider;
import io.github.jbellis.jvector.util.Bits;
import io.github.jbellis.jvector.vector.VectorSimilarityFunction;
import io.github.jbellis.jvector.vector.VectorizationProvider;
import io.github.jbellis.jvector.vector.types.VectorFloat;
import io.github.jbellis.jvector.vector.types.VectorTypeSupport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;

/**
 * JVector with its Vector API provider, which is faster than its native default.
 *
 * <p>Its m is the degree of the lowest level, so it gets twice the m of the others; overflow and
 * alpha are those of its documentation; hierarchy and final refinement are its defaults.
 */
final class JVectorEngine extends JavaEngine {
  private static final String GRAPH = "graph.jvector";
  private static final float OVERFLOW = 1.2f;
  private static final float ALPHA = 1.2f;

  /** Read once, when the library's first class is loaded. */
  private static final String NATIVE_PROVIDER = "jvector.enable_native_vectorization";

  private final SearchSet set;
  private final ReaderSupplier file;
  private final OnDiskGraphIndex graph;
  private final GraphSearcher searcher;
  private final RandomAccessVectorValues vectors;
  private final VectorSimilarityFunction similarity;
  private final VectorFloat<?>[] queries;

  private JVectorEngine(
      SearchSet set,
      BuildCache.Built built,
      ReaderSupplier file,
      OnDiskGraphIndex graph,
      RandomAccessVectorValues vectors)
      throws IOException {
    super(built.time(), built.bytes());
    this.set = set;
    this.file = file;
    this.graph = graph;
    this.searcher = searcher(graph);
    this.vectors = vectors;
    this.similarity = similarity(set.metric());
    this.queries = new VectorFloat<?>[set.queryCount()];
    for (int q = 0; q < queries.length; q++) {
      queries[q] = types().createFloatVector(set.query(q));
    }
  }

  static Optional<Engine> open(
      SearchSet set, EngineKind.Building building, BuildCache cache, EngineKind.Notes notes)
      throws IOException {
    if (System.getProperty(NATIVE_PROVIDER) == null) {
      System.setProperty(NATIVE_PROVIDER, "false");
    }
    notes.note("jvector: " + VectorizationProvider.getInstance().getClass().getSimpleName());
    RandomAccessVectorValues vectors = vectors(set);
    BuildCache.Built built =
        cache.get(
            set,
            "jvector-4.0.2-" + building.name(),
            building.anew(),
            directory -> {
              notes.note("jvector: building on " + building.threads() + " threads");
              return build(set, building, vectors, directory.resolve(GRAPH));
            });
    ReaderSupplier file = ReaderSupplierFactory.open(built.directory().resolve(GRAPH));
    OnDiskGraphIndex graph = OnDiskGraphIndex.load(file);
    return Optional.of(new JVectorEngine(set, built, file, graph, vectors));
  }

  private static BuildTime build(
      SearchSet set, EngineKind.Building building, RandomAccessVectorValues vectors, Path target)
      throws IOException {
    BuildScoreProvider scores =
        BuildScoreProvider.randomAccessScoreProvider(vectors, similarity(set.metric()));
    try (ForkJoinPool pool = new ForkJoinPool(building.threads());
        GraphIndexBuilder builder =
            GraphIndexBuilder.builder(scores, set.dim(), 2 * building.m())
                .withBeamWidth(building.efConstruction())
                .withNeighborOverflow(OVERFLOW)
                .withAlpha(ALPHA)
                .withSimdExecutor(pool)
                .withParallelExecutor(pool)
                .build()) {
      BuildTime time = BuildTime.of(() -> builder.build(vectors));
      OnDiskGraphIndex.write(builder.getGraph(), vectors, target);
      return time;
    }
  }

  private static RandomAccessVectorValues vectors(SearchSet set) {
    List<VectorFloat<?>> rows = new ArrayList<>();
    for (int ordinal = 0; ordinal < set.base().size(); ordinal++) {
      rows.add(types().createFloatVector(set.row(ordinal)));
    }
    return new ListRandomAccessVectorValues(rows, set.dim());
  }

  /**
   * Without its early stop, which here changed neither what is visited nor what is found, but cost
   * a third of the speed and more.
   */
  @SuppressWarnings("deprecation")
  private static GraphSearcher searcher(OnDiskGraphIndex graph) {
    GraphSearcher searcher = new GraphSearcher(graph);
    searcher.usePruning(false);
    return searcher;
  }

  private static VectorTypeSupport types() {
    return VectorizationProvider.getInstance().getVectorTypeSupport();
  }

  private static VectorSimilarityFunction similarity(Metric metric) {
    return metric == Metric.L2
        ? VectorSimilarityFunction.EUCLIDEAN
        : VectorSimilarityFunction.DOT_PRODUCT;
  }

  @Override
  void answer(int query, int ef, Answers answers) {
    SearchResult result =
        searcher.search(
            DefaultSearchScoreProvider.exact(queries[query], similarity, vectors),
            answers.k(),
            ef,
            0,
            0,
            Bits.ALL);
    SearchResult.NodeScore[] found = result.getNodes();
    for (int rank = 0; rank < found.length; rank++) {
      float score = found[rank].score;
      answers.set(
          query, rank, found[rank].node, set.metric() == Metric.L2 ? 1 - 1 / score : 2 * score - 1);
    }
  }

  @Override
  public void close() throws IOException {
    searcher.close();
    graph.close();
    file.close();
  }
}
