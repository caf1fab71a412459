package dev.kindred.jmh.compare;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/**
 * How long a build took.
 *
 * @param seconds by the clock
 * @param cpuSeconds processor time of the process, its compiler and collector included: what a
 *     machine with other work allows to compare
 */
record BuildTime(double seconds, double cpuSeconds) {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** Work to be timed. */
  interface Work {
    void run() throws IOException;
  }

  /** Runs the work and times it. */
  static BuildTime of(Work work) throws IOException {
    long cpuBegun = PROCESS.getProcessCpuTime();
    long begun = System.nanoTime();
    work.run();
    double seconds = (System.nanoTime() - begun) / 1e9;
    return new BuildTime(seconds, (PROCESS.getProcessCpuTime() - cpuBegun) / 1e9);
  }

  /** Reads what {@link #toString} wrote. */
  static BuildTime parse(String text) {
    String[] words = text.strip().split(" ");
    if (words.length != 2) {
      throw new IllegalArgumentException(
          "expected seconds and seconds of processor time, got '" + text + "'");
    }
    return new BuildTime(Double.parseDouble(words[0]), Double.parseDouble(words[1]));
  }

  @Override
  public String toString() {
    return seconds + " " + cpuSeconds;
  }
}
