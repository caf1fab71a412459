package dev.kindred.jmh;

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

/**
 * Sums of outer products: Gramians of alternating least squares, and the normal equations of its
 * rows that lie side by side, which are those of blocks and of weights without roots; {@link
 * TiledPanelsBenchmark} has the other exact rows. Flops are the useful ones, of one triangle.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class SymmetricUpdateBenchmark {
  @Param({"20", "100", "1000"})
  public int rows;

  @Param({"30", "32", "64", "100", "128", "256"})
  public int d;

  private float[] panel;
  private float[] weights;
  private float[] a;
  private double[] g;

  @Setup(Level.Trial)
  public void prepare() {
    panel = Inputs.values(1, rows * d);
    weights = Inputs.values(2, rows);
    a = new float[d * d];
    g = new double[d * d];
    SymmetricUpdate.accumulate(panel, rows, d, weights, 0, a, d);
    double sum = 0;
    for (int r = 0; r < rows; r++) {
      sum += (double) weights[r] * panel[r * d] * panel[r * d + d - 1];
    }
    Inputs.check(sum, a[(d - 1) * d], 1e-3);
  }

  @Benchmark
  public float[] accumulate(Work work) {
    SymmetricUpdate.accumulate(panel, rows, d, weights, 0, a, d);
    work.flops += (long) rows * d * (d + 1);
    return a;
  }

  @Benchmark
  public double[] gramian(Work work) {
    SymmetricUpdate.gramian(panel, 0, rows, d, g);
    work.flops += (long) rows * d * (d + 1);
    return g;
  }
}
