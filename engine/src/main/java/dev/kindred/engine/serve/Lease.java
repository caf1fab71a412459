package dev.kindred.engine.serve;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The word of one reader that it is reading a generation of snapshots: while it stands, nobody
 * unmaps that generation.
 *
 * <p>Written by its one reader, read by whoever wants to unmap. Each lies alone on its cache lines,
 * so readers on many cores never wait for one another, as they would at a shared counter. For one
 * reader at a time.
 */
final class Lease {
  /** The number of no generation. */
  static final long NONE = 0;

  /** The value stands in the middle of 256 bytes that nobody else writes to. */
  private static final int LENGTH = 32;

  private static final int AT = LENGTH / 2;

  private final AtomicLongArray cell = new AtomicLongArray(LENGTH);

  /**
   * Says that a generation is being read. Ordered before all later reads: whoever says so and then
   * still finds the generation to be the current one holds it.
   */
  void hold(long generation) {
    cell.set(AT, generation);
  }

  /** Says that nothing is being read; all reads before are done. */
  void release() {
    cell.setRelease(AT, NONE);
  }

  /** The generation that is being read, or {@link #NONE}. */
  long held() {
    return cell.get(AT);
  }
}
