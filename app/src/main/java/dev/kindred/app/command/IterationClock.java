package dev.kindred.app.command;

import com.sun.management.OperatingSystemMXBean;
import dev.kindred.index.run.Progress;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Processor time of the iterations of a training, by the note that it gives after each: what comes
 * before the first, such as transposing the matrix, is not counted.
 *
 * <p>For a training of one stage; read it once that is done.
 */
final class IterationClock implements Progress {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final Progress shown;
  private long begun;
  private long last;
  private final List<Long> iterations = new ArrayList<>();

  IterationClock(Progress shown) {
    this.shown = shown;
  }

  @Override
  public Stage stage(String name, long total) {
    Stage stage = shown.stage(name, total);
    begun = PROCESS.getProcessCpuTime();
    last = begun;
    return new Stage() {
      @Override
      public void add(long units) {
        stage.add(units);
      }

      @Override
      public void note(String text) {
        long now = PROCESS.getProcessCpuTime();
        iterations.add(now - last);
        last = now;
        stage.note(text);
      }

      @Override
      public void close() {
        stage.close();
      }
    };
  }

  /** Of all iterations. */
  double cpuSeconds() {
    return (last - begun) / 1e9;
  }

  /** Of the iteration that took least. */
  double best() {
    return Collections.min(iterations) / 1e9;
  }

  /** Of the iteration in the middle; of two in the middle the mean. */
  double median() {
    List<Long> sorted = iterations.stream().sorted().toList();
    int last = sorted.size() - 1;
    return (sorted.get(last / 2) + sorted.get((last + 1) / 2)) / 2e9;
  }
}
