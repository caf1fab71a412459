package dev.kindred.index;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Measures what a piece of code allocates on this thread once it is warm. */
final class Allocation {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final long LONGEST_NANOS = 30_000_000_000L;

  private Allocation() {}

  /**
   * Repeats the action until a run allocates nothing and returns 0, or what the leanest run
   * allocated in the time given. Vector kernels allocate until they are compiled, and on a loaded
   * machine the compiler may be late.
   */
  static long bytesOf(Runnable action) {
    long end = System.nanoTime() + LONGEST_NANOS;
    long least = Long.MAX_VALUE;
    while (least > 0 && System.nanoTime() < end) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      action.run();
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }
}
