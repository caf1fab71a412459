package dev.kindred.index;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Measures what a piece of code allocates on this thread once it is warm. */
final class Allocation {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Allocation() {}

  /** Runs the action until compiled, then reports the least of several further runs in bytes. */
  static long bytesOf(Runnable action) {
    for (int i = 0; i < 300; i++) {
      action.run();
    }
    long least = Long.MAX_VALUE;
    // A compilation that ends meanwhile may still allocate in one of the runs.
    for (int i = 0; i < 20; i++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      action.run();
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }
}
