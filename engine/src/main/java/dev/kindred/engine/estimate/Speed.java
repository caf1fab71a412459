package dev.kindred.engine.estimate;

import dev.kindred.index.run.Workers;
import dev.kindred.simd.Gemm;
import dev.kindred.simd.PackedMatrix;
import java.util.Arrays;

/**
 * How fast a machine is, in the terms of training's cost. Immutable.
 *
 * @param flops floating-point operations per second of all threads together in products of matrices
 *     that fit the cache
 * @param rowsPerSecond samples per second that one thread reads from a compressed log
 */
public record Speed(double flops, double rowsPerSecond) {
  private static final int SIZE = 256;
  private static final int FEWEST_ROUNDS = 8;
  private static final int STEADY_ROUNDS = 6; // without a gain, for the compiler may be late
  private static final int MOST_ROUNDS = 40;
  private static final long PROBE_NANOS = 150_000_000L;

  /** The machine that the constants of the estimate are meant for: two cores, Zen 3, AVX2. */
  static final Speed REFERENCE = new Speed(110e9, 600_000);

  public Speed {
    if (!(flops > 0) || !(rowsPerSecond > 0)) {
      throw new IllegalArgumentException(
          "a speed of " + flops + " flops and " + rowsPerSecond + " rows is none");
    }
  }

  /** Measures products of matrices for a moment and scales the rest with them. */
  public static Speed probe(Workers workers) {
    double best = 0;
    int lastGain = 0;
    // The first ones warm up; on a busy machine that takes longer.
    for (int round = 0;
        round < FEWEST_ROUNDS || round - lastGain < STEADY_ROUNDS && round < MOST_ROUNDS;
        round++) {
      double[] rates = new double[workers.threads()];
      workers.forEachRange(
          workers.threads(), 1, (from, to, worker) -> rates[(int) from] = products());
      double sum = 0;
      for (double rate : rates) {
        sum += rate;
      }
      lastGain = sum > 1.1 * best ? round : lastGain;
      best = Math.max(best, sum);
    }
    return new Speed(
        best, REFERENCE.rowsPerSecond * best / workers.threads() / (REFERENCE.flops / 2));
  }

  private static double products() {
    float[] a = new float[SIZE * SIZE];
    float[] b = new float[SIZE * SIZE];
    float[] c = new float[SIZE * SIZE];
    Arrays.fill(a, .5f);
    Arrays.fill(b, .25f);
    PackedMatrix packed = PackedMatrix.packTransposed(b, 0, SIZE, SIZE);
    long start = System.nanoTime();
    long done = 0;
    long elapsed;
    do {
      Gemm.multiply(a, 0, SIZE, SIZE, packed, c, 0, SIZE);
      done++;
      elapsed = System.nanoTime() - start;
    } while (elapsed < PROBE_NANOS);
    return 2.0 * SIZE * SIZE * SIZE * done / (elapsed / 1e9);
  }
}
