package dev.kindred.simd;

/**
 * The machine's limit for float arithmetic on one thread, measured: what speed reports stand
 * beside.
 *
 * <p>Stateless; threads that measure at the same time share the machine, and see that.
 */
public final class Peak {
  private static final PeakKernel KERNEL = Kernels.PEAK;

  /** About a tenth of a millisecond on a fast core. */
  private static final int STEPS = 50_000;

  private Peak() {}

  /**
   * Largest rate of multiply-adds in registers, in GFLOP/s (10^9 operations, two per multiply-add),
   * over short runs for about the given time; 200 ms or more let the compiler finish.
   */
  public static double gflops(long millis) {
    if (millis < 1) {
      throw new IllegalArgumentException("millis is " + millis + "; it must be at least 1");
    }
    long end = System.nanoTime() + millis * 1_000_000;
    double best = 0;
    float keep = 0;
    long start;
    do {
      start = System.nanoTime();
      keep += KERNEL.run(STEPS);
      long nanos = Math.max(1, System.nanoTime() - start);
      best = Math.max(best, (double) STEPS * KERNEL.flopsPerStep() / nanos);
    } while (start < end);
    // The chains converge to finite values; using them keeps the work alive.
    return Float.isNaN(keep) ? 0 : best;
  }
}
