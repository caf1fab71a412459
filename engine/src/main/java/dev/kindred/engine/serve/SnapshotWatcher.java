package dev.kindred.engine.serve;

import dev.kindred.index.run.Threads;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Refreshes a {@link Recommender} from a daemon thread, by looking at CURRENT now and then: that
 * works on every file system, shared ones included. Close it before the recommender.
 */
public final class SnapshotWatcher implements AutoCloseable {
  private final Recommender recommender;
  private final Consumer<Exception> failed;
  private final long everyMillis;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private String lastFailure = "";

  SnapshotWatcher(Recommender recommender, Duration every, Consumer<Exception> failed) {
    if (every.toMillis() < 1) {
      throw new IllegalArgumentException("every is " + every + ", must be at least 1 ms");
    }
    this.recommender = recommender;
    this.failed = Objects.requireNonNull(failed, "failed");
    everyMillis = every.toMillis();
    thread = Thread.ofPlatform().daemon().name("kindred-snapshots").start(this::run);
  }

  private void run() {
    try {
      while (!stop.await(everyMillis, TimeUnit.MILLISECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    try {
      recommender.refresh();
      lastFailure = "";
    } catch (IOException | RuntimeException e) {
      String failure = String.valueOf(e.getMessage());
      if (!failure.equals(lastFailure)) {
        lastFailure = failure;
        failed.accept(e);
      }
    }
  }

  /** Ends watching, after a refresh that is under way. */
  @Override
  public void close() {
    stop.countDown();
    Threads.join(thread);
  }
}
