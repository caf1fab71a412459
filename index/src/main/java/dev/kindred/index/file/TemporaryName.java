package dev.kindred.index.file;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names what is written beside its final place until a rename puts it there: hidden, and another
 * name at each call, so that neither threads nor processes write to the same place. Thread-safe.
 */
public final class TemporaryName {
  private static final AtomicLong NUMBER = new AtomicLong();

  private TemporaryName() {}

  /**
   * {@code .NAME.PID-NUMBER.tmp} in the directory of the target; makes nothing.
   *
   * @param target a file or directory, no root
   */
  public static Path beside(Path target) {
    long process = ProcessHandle.current().pid();
    return target.resolveSibling(
        "." + target.getFileName() + "." + process + "-" + NUMBER.incrementAndGet() + ".tmp");
  }
}
