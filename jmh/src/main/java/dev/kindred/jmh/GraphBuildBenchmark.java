package dev.kindred.jmh;

import dev.kindred.index.Embeddings;
import dev.kindred.index.Hnsw;
import dev.kindred.index.HnswOptions;
import dev.kindred.index.Metric;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A graph over 10,000 unit vectors of dim 64. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
public class GraphBuildBenchmark {
  private static final int N = 10_000;
  private static final int DIM = 64;

  @Param({"1", "2"})
  public int threads;

  private float[] values;

  @Setup
  public void prepare() {
    values = Inputs.values(1, N * DIM);
  }

  @Benchmark
  public int build() {
    try (Arena arena = Arena.ofShared();
        Workers workers = Workers.of(threads)) {
      Embeddings rows = Embeddings.copyOf(values, DIM, arena).normalized(arena);
      return Hnsw.build(
              rows, Metric.COSINE, HnswOptions.defaults(), arena, workers, Progress.none())
          .size();
    }
  }
}
