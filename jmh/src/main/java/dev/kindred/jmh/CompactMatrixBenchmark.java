package dev.kindred.jmh;

import dev.kindred.simd.Activation;
import dev.kindred.simd.CompactMatrix;
import dev.kindred.simd.Gemm;
import dev.kindred.simd.PackedMatrix;
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

/** One row through a dense layer with bias and ReLU, weights in full and compact. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class CompactMatrixBenchmark {
  /** Inputs x outputs; the first two stay in the first cache. */
  @Param({"32x128", "64x128", "128x128", "256x128", "256x256", "512x256", "1024x512"})
  public String shape;

  private int n;
  private float[] a;
  private float[] c;
  private float[] bias;
  private PackedMatrix packed;
  private CompactMatrix compact;

  @Setup(Level.Trial)
  public void prepare() {
    int[] sizes = Inputs.shape(shape);
    int k = sizes[0];
    n = sizes[1];
    a = Inputs.values(1, k);
    float[] b = Inputs.values(2, k * n);
    bias = Inputs.values(3, n);
    c = new float[n];
    packed = PackedMatrix.pack(b, 0, k, n);
    compact = CompactMatrix.pack(b, 0, k, n);
    double last = bias[n - 1];
    for (int p = 0; p < k; p++) {
      last += (double) a[p] * b[p * n + n - 1];
    }
    Inputs.check(Math.max(0, last), full()[n - 1], 1e-4);
    Inputs.check(Math.max(0, last), compact()[n - 1], 1e-4);
  }

  @Benchmark
  public float[] full() {
    Gemm.multiplyBias(a, 0, a.length, 1, packed, c, 0, n, bias, Activation.RELU);
    return c;
  }

  @Benchmark
  public float[] compact() {
    compact.multiplyBias(a, 0, c, 0, bias, Activation.RELU);
    return c;
  }
}
