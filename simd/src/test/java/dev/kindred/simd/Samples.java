package dev.kindred.simd;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/** Inputs and tolerances of the kernel tests. */
final class Samples {
  /** Every length to four vectors of 512 bits, and a few larger ones. */
  static final int[] LENGTHS =
      IntStream.concat(IntStream.rangeClosed(0, 64), IntStream.of(65, 96, 100, 127, 128, 256, 257))
          .toArray();

  /** What stands around every range, to show writes out of bounds. */
  static final float GUARD = -7777.25f;

  private Samples() {}

  /** Uniform in [-1, 1), the same for the same seed and length. */
  static float[] values(long seed, int n) {
    Random random = new Random(seed * 31 + n);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    return values;
  }

  /** The values with guards before and behind. */
  static float[] guarded(float[] values, int before, int behind) {
    float[] a = new float[before + values.length + behind];
    Arrays.fill(a, GUARD);
    System.arraycopy(values, 0, a, before, values.length);
    return a;
  }

  /**
   * Bound on the error of a float sum of n terms in any order: each of n roundings is relative to a
   * partial sum, which is at most the sum of magnitudes.
   */
  static double sumTolerance(int n, double magnitudes) {
    return (n + 2) * 0x1p-24 * magnitudes + Float.MIN_VALUE * (n + 1.0);
  }
}
