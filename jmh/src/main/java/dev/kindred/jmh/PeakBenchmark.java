package dev.kindred.jmh;

import dev.kindred.simd.Peak;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** The machine's float peak on one thread: the limit beside which the other kernels stand. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class PeakBenchmark {
  /** The best of 500 ms; the column {@code gflops} is the result, the time is not. */
  @Benchmark
  public double multiplyAdd(Rate rate) {
    rate.gflops = Peak.gflops(500);
    return rate.gflops;
  }

  /** Shows the rate itself, not a count per time. */
  @org.openjdk.jmh.annotations.AuxCounters(org.openjdk.jmh.annotations.AuxCounters.Type.EVENTS)
  @org.openjdk.jmh.annotations.State(org.openjdk.jmh.annotations.Scope.Thread)
  public static class Rate {
    public double gflops;
  }
}
