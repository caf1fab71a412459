package dev.kindred.jmh;

import dev.kindred.simd.TiledPanels;
import java.util.Arrays;
import java.util.Random;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * What exact rows of alternating least squares do with their entries, a panel at a time: gather it
 * from 50,000 rows at random, and add it to the normal equations. A panel has 64 rows up to rank
 * 128 and 32 at 256, as in training. Flops are the useful ones, of one triangle.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class TiledPanelsBenchmark {
  private static final int ROWS = 50_000;
  private static final int GATHERED = 64;
  private static final int PANEL_FLOATS = 8192;

  @Param({"32", "64", "128", "256"})
  public int rank;

  private int panelRows;
  private float[] factors;
  private int[] ordinals;
  private int next;
  private float[] scales;
  private float[] targets;
  private float[] gathered;
  private float[] panel;
  private float[] sum;
  private float[] a;

  @Setup(Level.Trial)
  public void prepare() {
    panelRows = Math.min(GATHERED, PANEL_FLOATS / rank);
    factors = Inputs.values(1, ROWS * rank);
    ordinals = new Random(2).ints(1 << 16, 0, ROWS).toArray();
    scales = new float[panelRows];
    Arrays.fill(scales, 0.5f);
    targets = Inputs.values(3, panelRows);
    gathered = new float[panelRows * rank];
    panel = new float[panelRows * rank];
    sum = new float[rank];
    a = new float[rank * rank];
    gather(panel, 0);
    TiledPanels.addWeighted(panel, panelRows, panelRows, rank, targets, 0, sum);
    TiledPanels.accumulate(panel, panelRows, panelRows, rank, a, 0, rank);
    double last = 0;
    double product = 0;
    for (int i = 0; i < panelRows; i++) {
      double left = 0.5 * factors[ordinals[i] * rank];
      double right = 0.5 * factors[ordinals[i] * rank + rank - 1];
      last += targets[i] * right;
      product += left * right;
    }
    Inputs.check(last, sum[rank - 1], 1e-4);
    Inputs.check(product, a[(rank - 1) * rank], 1e-4);
  }

  private void gather(float[] to, int from) {
    TiledPanels.gather(factors, rank, ordinals, from, panelRows, scales, 0, to, panelRows);
  }

  /** Nanoseconds a row, other ones every time. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OperationsPerInvocation(GATHERED)
  public float[] gather() {
    next = (next + GATHERED) & ordinals.length - 1;
    for (int i = 0; i < GATHERED; i += panelRows) {
      gather(gathered, next + i);
    }
    return gathered;
  }

  @Benchmark
  public float[] addWeighted(Work work) {
    TiledPanels.addWeighted(panel, panelRows, panelRows, rank, targets, 0, sum);
    work.flops += 2L * panelRows * rank;
    return sum;
  }

  @Benchmark
  public float[] accumulate(Work work) {
    TiledPanels.accumulate(panel, panelRows, panelRows, rank, a, 0, rank);
    work.flops += (long) panelRows * rank * (rank + 1);
    return a;
  }
}
