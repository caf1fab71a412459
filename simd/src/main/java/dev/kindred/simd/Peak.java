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

  /**
   * Fewer runs in the time mean that the compiler hasn't finished, or that others keep the core.
   */
  private static final int ENOUGH_RUNS = 500;

  /** How many times the wished time it may take until there were enough runs. */
  private static final int PATIENCE = 20;

  private Peak() {}

  /**
   * Largest rate of multiply-adds in registers, in GFLOP/s (10^9 operations, two per multiply-add),
   * over short runs for about the given time; 200 ms or more let the compiler finish. On a machine
   * with much other work it takes up to twenty times as long.
   */
  public static double gflops(long millis) {
    if (millis < 1) {
      throw new IllegalArgumentException("millis is " + millis + "; it must be at least 1");
    }
    long begin = System.nanoTime();
    int runs = 0;
    double best = 0;
    float keep = 0;
    long start;
    do {
      start = System.nanoTime();
      keep += KERNEL.run(STEPS);
      long nanos = Math.max(1, System.nanoTime() - start);
      best = Math.max(best, (double) STEPS * KERNEL.flopsPerStep() / nanos);
      runs++;
    } while (start - begin < millis * 1_000_000
        || (runs < ENOUGH_RUNS && start - begin < PATIENCE * millis * 1_000_000));
    // The chains converge to finite values; using them keeps the work alive.
    return Float.isNaN(keep) ? 0 : best;
  }

  /**
   * Does the same work, of about 0.1 ms, so many times, for a caller that keeps time by a clock of
   * its own, such as processor time.
   *
   * @return the floating point operations done, two per multiply-add
   */
  public static double work(int times) {
    if (times < 1) {
      throw new IllegalArgumentException("times is " + times + "; it must be at least 1");
    }
    float keep = 0;
    for (int i = 0; i < times; i++) {
      keep += once();
    }
    return Float.isNaN(keep) ? 0 : (double) times * STEPS * KERNEL.flopsPerStep();
  }

  /**
   * A method of its own: compiled while the loop around it runs, the kernel keeps its sums in
   * memory and has half its speed.
   */
  private static float once() {
    return KERNEL.run(STEPS);
  }
}
