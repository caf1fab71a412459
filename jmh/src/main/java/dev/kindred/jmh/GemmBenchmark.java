package dev.kindred.jmh;

import dev.kindred.simd.Activation;
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

/** Dense layers, their gradients and the packing of their weights, at shapes of our networks. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class GemmBenchmark {
  /** Batch x inputs x outputs. */
  @Param({
    "1x64x64",
    "1x256x128",
    "2x256x128",
    "32x256x128",
    "500x64x1",
    "500x64x64",
    "500x256x8",
    "500x256x128",
    "500x256x256",
    "500x512x256"
  })
  public String shape;

  private int m;
  private int k;
  private int n;
  private float[] a;
  private float[] b;
  private float[] c;
  private float[] bias;
  private float[] gradient;
  private PackedMatrix packed;

  @Setup(Level.Trial)
  public void prepare() {
    int[] sizes = Inputs.shape(shape);
    m = sizes[0];
    k = sizes[1];
    n = sizes[2];
    a = Inputs.values(1, m * k);
    b = Inputs.values(2, k * n);
    bias = Inputs.values(3, n);
    c = new float[m * n];
    gradient = new float[k * n];
    packed = PackedMatrix.pack(b, 0, k, n);
    Gemm.multiplyBias(a, 0, k, m, packed, c, 0, n, bias, Activation.RELU);
    double last = bias[n - 1];
    for (int p = 0; p < k; p++) {
      last += (double) a[(m - 1) * k + p] * b[p * n + n - 1];
    }
    Inputs.check(Math.max(0, last), c[m * n - 1], 1e-4);
  }

  /** One layer with bias and ReLU. */
  @Benchmark
  public float[] layer(Work work) {
    Gemm.multiplyBias(a, 0, k, m, packed, c, 0, n, bias, Activation.RELU);
    work.flops += 2L * m * k * n;
    return c;
  }

  /** The gradient of the layer's weights. */
  @Benchmark
  public float[] weightGradient(Work work) {
    Gemm.multiplyTransposedAdd(a, 0, k, c, 0, n, m, k, n, gradient, 0, n);
    work.flops += 2L * m * k * n;
    return gradient;
  }

  /** Packing for the forward pass. */
  @Benchmark
  public PackedMatrix repack() {
    packed.repack(b, 0);
    return packed;
  }
}
