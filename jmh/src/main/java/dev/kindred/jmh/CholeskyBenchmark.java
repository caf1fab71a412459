package dev.kindred.jmh;

import dev.kindred.simd.Cholesky;
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

/** Factor and solve of one row's normal equations. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class CholeskyBenchmark {
  @Param({"30", "32", "64", "100", "128", "256"})
  public int n;

  private float[] a;
  private float[] factor;
  private float[] solved;
  private float[] b;
  private float[] x;

  @Setup(Level.Trial)
  public void prepare() {
    a = new float[n * n];
    SymmetricUpdate.accumulate(Inputs.values(1, 2 * n * n), 2 * n, n, a, n);
    for (int i = 0; i < n; i++) {
      a[i * n + i] += 1;
    }
    b = Inputs.values(2, n);
    x = b.clone();
    factor = a.clone();
    solved = a.clone();
    Cholesky.factor(solved, n, n);
    Cholesky.solve(solved, n, n, x, 0);
    double sum = 0;
    for (int j = 0; j < n; j++) {
      sum += (double) a[(n - 1) * n + j] * x[j];
    }
    Inputs.check(b[n - 1], sum, 1e-3);
  }

  /** With the copy of the matrix that a factor in place needs. */
  @Benchmark
  public boolean factor(Work work) {
    System.arraycopy(a, 0, factor, 0, a.length);
    work.flops += (long) n * n * n / 3;
    return Cholesky.factor(factor, n, n);
  }

  @Benchmark
  public float[] solve(Work work) {
    System.arraycopy(b, 0, x, 0, n);
    Cholesky.solve(solved, n, n, x, 0);
    work.flops += 2L * n * n;
    return x;
  }
}
