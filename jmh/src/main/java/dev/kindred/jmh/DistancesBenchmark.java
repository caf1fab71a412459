package dev.kindred.jmh;

import dev.kindred.simd.Distances;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Rows scored against one query, off heap; one operation is one row. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class DistancesBenchmark {
  private static final int BATCH = 64;

  @Param({"64", "100", "128"})
  public int d;

  /** 500 rows lie in the caches; 500k are read from memory. */
  @Param({"500", "500000"})
  public int rows;

  private long strideBytes;
  private Arena arena;
  private MemorySegment segment;
  private float[] query;
  private float[] scores;
  private int[] ordinals;
  private int next;

  @Setup(Level.Trial)
  public void prepare() {
    arena = Arena.ofConfined();
    // As in an embedding file: rows start on cache lines.
    strideBytes = (4L * d + 63) / 64 * 64;
    segment = arena.allocate(strideBytes * rows, 64);
    float[] row = Inputs.values(1, d + 1024);
    for (int i = 0; i < rows; i++) {
      MemorySegment.copy(row, i % 1024, segment, ValueLayout.JAVA_FLOAT, strideBytes * i, d);
    }
    query = Inputs.values(2, d);
    scores = new float[BATCH];
    java.util.Random random = new java.util.Random(3);
    ordinals = random.ints(1 << 16, 0, rows).toArray();
    Distances.dotRows(query, 0, segment, strideBytes, ordinals, 0, BATCH, d, scores);
    double sum = 0;
    for (int i = 0; i < d; i++) {
      sum += (double) query[i] * row[ordinals[BATCH - 1] % 1024 + i];
    }
    Inputs.check(sum, scores[BATCH - 1], 1e-4);
    scores = new float[ordinals.length];
  }

  @TearDown(Level.Trial)
  public void close() {
    arena.close();
  }

  private int from() {
    next = (next + BATCH) & ordinals.length - 1;
    return next;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public float[] dotRows() {
    int from = from();
    Distances.dotRows(query, 0, segment, strideBytes, ordinals, from, from + BATCH, d, scores);
    return scores;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public float[] squaredL2Rows() {
    int from = from();
    Distances.squaredL2Rows(
        query, 0, segment, strideBytes, ordinals, from, from + BATCH, d, scores);
    return scores;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public float[] oneAtATime() {
    int from = from();
    for (int i = from; i < from + BATCH; i++) {
      scores[i] = Distances.dot(query, 0, segment, strideBytes * ordinals[i], d);
    }
    return scores;
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public float[] dotRange() {
    int first = (int) (from() * 31L % (rows - BATCH));
    Distances.dotRange(query, 0, segment, strideBytes, first, BATCH, d, scores, 0);
    return scores;
  }
}
