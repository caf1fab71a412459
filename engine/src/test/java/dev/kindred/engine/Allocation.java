package dev.kindred.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Measures what a piece of code allocates on this thread once it is compiled. */
public final class Allocation {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private Allocation() {}

  /**
   * Repeats a batch until one allocates nothing and returns 0, or what the leanest one allocated in
   * the time given. Vectors live on the heap until the compiler has got to the kernels, and on a
   * loaded machine it may be late.
   */
  public static long bytesOf(Runnable batch) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    long least = Long.MAX_VALUE;
    while (least > 0 && System.nanoTime() < end) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      batch.run();
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }

  /**
   * Asserts that code on vector kernels allocates nothing once it is compiled. What C2 inlines
   * first depends on when its threads get to it, and in one JVM of many that leaves a vector behind
   * as an object in code that is sound. The promise is about the code: it fails if it allocates
   * here and in two fresh JVMs as well.
   *
   * @param bytes what this JVM measured
   * @param main its {@code main} measures the same and prints it as its last line
   */
  public static void assertNone(long bytes, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    long least = bytes;
    for (int fresh = 0; fresh < 2 && least > 0; fresh++) {
      least = Math.min(least, bytesInAFreshJvm(main, arguments));
    }
    assertEquals(0, least, "bytes of a batch, in this JVM and in two fresh ones");
  }

  private static long bytesInAFreshJvm(Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader lines = process.inputReader()) {
      List<String> said = lines.lines().toList();
      assertEquals(0, process.waitFor());
      return Long.parseLong(said.getLast());
    }
  }
}
