package dev.kindred.app.output;

import dev.kindred.index.run.Progress;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Shows stages that take over two seconds: on a terminal a bar that redraws itself, elsewhere a
 * line every ten seconds; one closing line for each in both. Shorter stages leave no trace. Safe
 * for use by many threads.
 */
public final class StderrProgress implements Progress {
  private static final long SHOWN_AFTER_MILLIS = 2000;
  private static final long REDRAW_MILLIS = 200;
  private static final long PLAIN_MILLIS = 10_000;

  private final PrintWriter err;
  private final int columns;
  private final long redrawMillis;
  private final LongSupplier nanoClock;
  private final List<LiveStage> open = new ArrayList<>();
  private ScheduledExecutorService clock;

  /**
   * Progress on this writer.
   *
   * @param columns width of the terminal, or 0 if it is none
   */
  public StderrProgress(PrintWriter err, int columns) {
    this(err, columns, columns > 0 ? REDRAW_MILLIS : PLAIN_MILLIS, System::nanoTime);
  }

  /** For tests: redrawn at another pace, and by another clock than the system's. */
  StderrProgress(PrintWriter err, int columns, long redrawMillis, LongSupplier nanoClock) {
    this.err = err;
    this.columns = columns;
    this.redrawMillis = redrawMillis;
    this.nanoClock = nanoClock;
  }

  @Override
  public synchronized Stage stage(String name, long total) {
    if (clock == null) {
      clock =
          Executors.newSingleThreadScheduledExecutor(
              task -> {
                Thread thread = new Thread(task, "progress");
                thread.setDaemon(true);
                return thread;
              });
    }
    LiveStage stage = new LiveStage(name, total);
    open.add(stage);
    stage.ticks =
        clock.scheduleAtFixedRate(
            stage::show,
            Math.min(SHOWN_AFTER_MILLIS, redrawMillis),
            redrawMillis,
            TimeUnit.MILLISECONDS);
    return stage;
  }

  private final class LiveStage implements Stage {
    private final String name;
    private final long total;
    private final long startNanos = nanoClock.getAsLong();
    private final LongAdder done = new LongAdder();
    private volatile String note = "";
    private ScheduledFuture<?> ticks;

    LiveStage(String name, long total) {
      this.name = name;
      this.total = total;
    }

    @Override
    public void add(long units) {
      done.add(units);
    }

    @Override
    public void note(String text) {
      note = text;
    }

    @Override
    public void close() {
      synchronized (StderrProgress.this) {
        if (!open.remove(this)) {
          return;
        }
        ticks.cancel(false);
        long elapsed = nanoClock.getAsLong() - startNanos;
        if (isShown(elapsed)) {
          erase();
          err.println(ProgressLine.end(name, done.sum(), elapsed, note));
          err.flush();
        }
        if (open.isEmpty()) {
          clock.shutdown();
          clock = null;
        }
      }
    }

    private void show() {
      synchronized (StderrProgress.this) {
        // A tick may have begun before its stage was closed. Of stages within stages a terminal
        // shows the innermost: it has one line.
        if (!open.contains(this) || columns > 0 && open.getLast() != this) {
          return;
        }
        long elapsed = nanoClock.getAsLong() - startNanos;
        if (!isShown(elapsed)) {
          return;
        }
        if (columns > 0) {
          erase();
          err.print(ProgressLine.bar(name, done.sum(), total, elapsed, note, columns));
        } else {
          err.println(ProgressLine.plain(name, done.sum(), total, elapsed, note));
        }
        err.flush();
      }
    }

    private boolean isShown(long elapsed) {
      return elapsed >= TimeUnit.MILLISECONDS.toNanos(SHOWN_AFTER_MILLIS);
    }

    private void erase() {
      if (columns > 0) {
        err.print("\r" + " ".repeat(columns - 1) + "\r");
      }
    }
  }
}
