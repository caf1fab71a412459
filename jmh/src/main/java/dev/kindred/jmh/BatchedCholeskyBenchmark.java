package dev.kindred.jmh;

import dev.kindred.simd.BatchedCholesky;
import dev.kindred.simd.SymmetricUpdate;
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
import org.openjdk.jmh.annotations.Warmup;

/** Factor and solve of a batch of rows' normal equations; beside {@link CholeskyBenchmark}. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class BatchedCholeskyBenchmark {
  private static final int SYSTEMS = BatchedCholesky.systems();

  @Param({"32", "64", "128", "256"})
  public int n;

  private int distance;
  private float[] all;
  private float[] matrices;
  private float[] batch;
  private float[] inverses;
  private float[] solved;
  private float[] b;
  private float[] x;

  @Setup(Level.Trial)
  public void prepare() {
    float[] a = new float[n * n];
    SymmetricUpdate.accumulate(Inputs.values(1, 2 * n * n), 2 * n, n, a, n);
    for (int i = 0; i < n; i++) {
      a[i * n + i] += 1;
    }
    distance = n * n + 16;
    all = new float[SYSTEMS * distance];
    for (int s = 0; s < SYSTEMS; s++) {
      System.arraycopy(a, 0, all, s * distance, n * n);
    }
    matrices = new float[all.length];
    batch = new float[BatchedCholesky.floats(n)];
    inverses = new float[n * SYSTEMS];
    b = Inputs.values(2, n * SYSTEMS);
    x = b.clone();
    factor(new Work());
    solved = batch.clone();
    BatchedCholesky.solve(solved, n, inverses, x);
    double sum = 0;
    for (int j = 0; j < n; j++) {
      sum += (double) a[(n - 1) * n + j] * x[j * SYSTEMS];
    }
    Inputs.check(b[(n - 1) * SYSTEMS], sum, 1e-3);
  }

  /** With the way there, from matrices of their own, and the copies that needs. */
  @Benchmark
  public float[] factor(Work work) {
    System.arraycopy(all, 0, matrices, 0, all.length);
    BatchedCholesky.interleave(matrices, distance, n, n, batch);
    BatchedCholesky.factor(batch, n, inverses);
    work.flops += (long) SYSTEMS * n * n * n / 3;
    return batch;
  }

  @Benchmark
  public float[] solve(Work work) {
    System.arraycopy(b, 0, x, 0, b.length);
    BatchedCholesky.solve(solved, n, inverses, x);
    work.flops += 2L * SYSTEMS * n * n;
    return x;
  }
}
