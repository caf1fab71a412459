package dev.kindred.jmh;

import dev.kindred.index.Embeddings;
import dev.kindred.index.ExactSearch;
import dev.kindred.index.ExactSearcher;
import dev.kindred.index.Hnsw;
import dev.kindred.index.HnswOptions;
import dev.kindred.index.HnswSearcher;
import dev.kindred.index.Metric;
import dev.kindred.index.Neighbors;
import dev.kindred.index.OrdinalFilter;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Ten nearest of 20,000 unit vectors in clusters: exact, by the graph, by the graph filtered. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class VectorSearchBenchmark {
  private static final int N = 20_000;
  private static final int DIM = 64;
  private static final int CLUSTERS = 200;
  private static final int QUERIES = 500;
  private static final int K = 10;

  @Param({"64", "200"})
  public int ef;

  private final Neighbors result = new Neighbors(K);
  private Arena arena;
  private float[] queries;
  private ExactSearcher exact;
  private HnswSearcher graph;
  private int next;

  @Setup(Level.Trial)
  public void prepare() {
    arena = Arena.ofConfined();
    float[] centres = gaussian("centres", CLUSTERS, null);
    Embeddings rows = Embeddings.copyOf(gaussian("rows", N, centres), DIM, arena).normalized(arena);
    queries = gaussian("queries", QUERIES, centres);
    exact = ExactSearch.of(rows, Metric.COSINE).searcher();
    try (Workers workers = Workers.of(1)) {
      graph =
          Hnsw.build(rows, Metric.COSINE, HnswOptions.defaults(), arena, workers, Progress.none())
              .searcher();
    }
    Inputs.check(1, recall(), 0.05);
  }

  @TearDown(Level.Trial)
  public void close() {
    arena.close();
  }

  @Benchmark
  public Neighbors exact() {
    exact.search(queries, nextQuery(), K, OrdinalFilter.ALL, result);
    return result;
  }

  @Benchmark
  public Neighbors graph() {
    graph.search(queries, nextQuery(), K, ef, OrdinalFilter.ALL, result);
    return result;
  }

  /** Every third vector passes. */
  @Benchmark
  public Neighbors graphFiltered() {
    graph.search(queries, nextQuery(), K, ef, ordinal -> ordinal % 3 == 0, result);
    return result;
  }

  private int nextQuery() {
    next = (next + 1) % QUERIES;
    return next * DIM;
  }

  private double recall() {
    Neighbors truth = new Neighbors(K);
    int hits = 0;
    for (int q = 0; q < QUERIES; q++) {
      exact.search(queries, q * DIM, K, OrdinalFilter.ALL, truth);
      graph.search(queries, q * DIM, K, ef, OrdinalFilter.ALL, result);
      for (int i = 0; i < K; i++) {
        for (int j = 0; j < K; j++) {
          hits += truth.ordinal(i) == result.ordinal(j) ? 1 : 0;
        }
      }
    }
    return (double) hits / QUERIES / K;
  }

  /** Normal rows, around centres if there are any. */
  private static float[] gaussian(String stage, int n, float[] centres) {
    Draws draws = Draws.of(1, stage);
    float[] rows = new float[n * DIM];
    for (int row = 0; row < n; row++) {
      int centre = draws.nextInt(CLUSTERS);
      for (int i = 0; i < DIM; i++) {
        rows[row * DIM + i] =
            (float) draws.nextGaussian() + (centres == null ? 0 : 1.5f * centres[centre * DIM + i]);
      }
    }
    return rows;
  }
}
