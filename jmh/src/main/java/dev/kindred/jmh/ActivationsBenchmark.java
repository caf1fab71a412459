package dev.kindred.jmh;

import dev.kindred.simd.Activations;
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

/** Elementwise functions; the scalar loop of the JDK stands beside. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class ActivationsBenchmark {
  @Param({"8", "100", "1000"})
  public int n;

  private float[] x;
  private float[] y;

  @Setup(Level.Trial)
  public void prepare() {
    x = Inputs.values(1, n);
    y = new float[n];
    Activations.exp(x, 0, y, 0, n);
    Inputs.check(Math.exp(x[n - 1]), y[n - 1], 1e-6);
  }

  @Benchmark
  public float[] exp() {
    Activations.exp(x, 0, y, 0, n);
    return y;
  }

  @Benchmark
  public float[] expOfTheJdk() {
    for (int i = 0; i < n; i++) {
      y[i] = (float) Math.exp(x[i]);
    }
    return y;
  }

  @Benchmark
  public float[] sigmoid() {
    Activations.sigmoid(x, 0, y, 0, n);
    return y;
  }

  @Benchmark
  public float[] softmax() {
    Activations.softmax(x, 0, y, 0, n);
    return y;
  }
}
