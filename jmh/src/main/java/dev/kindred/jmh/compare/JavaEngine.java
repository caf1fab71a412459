package dev.kindred.jmh.compare;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** An engine that is called in this process. */
abstract class JavaEngine implements Engine {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final BuildTime buildTime;
  private final long bytes;

  JavaEngine(BuildTime buildTime, long bytes) {
    this.buildTime = buildTime;
    this.bytes = bytes;
  }

  /** Answers one query. */
  abstract void answer(int query, int ef, Answers answers) throws IOException;

  @Override
  public final BuildTime buildTime() {
    return buildTime;
  }

  @Override
  public final long bytes() {
    return bytes;
  }

  @Override
  public final void answer(int ef, Answers answers) throws IOException {
    answers.clear();
    long cpuBegun = THREADS.getCurrentThreadCpuTime();
    for (int query = 0; query < answers.queries(); query++) {
      long begun = System.nanoTime();
      answer(query, ef, answers);
      answers.took(query, System.nanoTime() - begun);
    }
    answers.tookCpu(THREADS.getCurrentThreadCpuTime() - cpuBegun);
  }
}
