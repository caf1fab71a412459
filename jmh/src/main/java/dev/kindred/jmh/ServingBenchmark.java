package dev.kindred.jmh;

import dev.kindred.app.bench.GeneratedOptions;
import dev.kindred.app.bench.GeneratedSnapshot;
import dev.kindred.app.output.TemporaryDirectory;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedResult;
import dev.kindred.engine.serve.RelatedSearcher;
import dev.kindred.engine.serve.SimilarSearcher;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.util.List;
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

/**
 * Requests of the embedded recommender without allocation, on a generated snapshot: run with {@code
 * -prof gc}, which must show 0 B/op. Latencies under load are measured by {@code kindred bench
 * embedded}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class ServingBenchmark {
  private static final int N = 20;

  /** Items of the snapshot. */
  @Param("50000")
  public int items;

  private TemporaryDirectory directory;
  private Recommender recommender;
  private RelatedSearcher stored;
  private RelatedSearcher weighted;
  private RelatedSearcher ungated;
  private SimilarSearcher similar;
  private RelatedResult result;
  private float[] vector;
  private int next;

  /** Generates and opens a snapshot. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    directory = new TemporaryDirectory("serving");
    GeneratedOptions options = new GeneratedOptions(items, 5, 16, 512, 100, true, List.of(), 1);
    try (SnapshotWriter writer = SnapshotWriter.under(directory.path());
        Workers workers = Workers.of(Runtime.getRuntime().availableProcessors())) {
      GeneratedSnapshot.write(options, writer, workers, Progress.none());
      writer.publish();
    }
    recommender = Recommender.open(directory.path());
    stored = recommender.searcher();
    weighted = recommender.searcher();
    weighted.weight(0, 2);
    ungated = recommender.searcher();
    ungated.gate(false);
    similar = recommender.similarSearcher();
    result = new RelatedResult(N);
    vector = new float[similar.dim()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (i % 7 - 3) * 0.1f;
    }
  }

  /** Unmaps and removes it. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    recommender.close();
    directory.close();
  }

  /** An odd stride walks through all items in an order that no prefetcher knows. */
  private int item() {
    next = (int) ((next + 7_368_787L) % items);
    return next;
  }

  /** From the precomputed table. */
  @Benchmark
  public int relatedTable() {
    stored.relatedToOrdinal(item(), N, result);
    return result.size();
  }

  /** The same by id. */
  @Benchmark
  public int relatedTableById() {
    stored.related(1L + item(), N, result);
    return result.size();
  }

  /** Gated candidates scored at weights of the request. */
  @Benchmark
  public int relatedOnline() {
    weighted.relatedToOrdinal(item(), N, result);
    return result.size();
  }

  /** All items, by the fused index. */
  @Benchmark
  public int relatedUngated() {
    ungated.relatedToOrdinal(item(), N, result);
    return result.size();
  }

  /** All items, by a vector. */
  @Benchmark
  public int similar() {
    int at = item() % vector.length;
    vector[at] = -vector[at];
    similar.similar(vector, N, result);
    return result.size();
  }
}
