package dev.kindred.index;

import dev.kindred.index.run.Progress;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Passes progress on, and ends the work it is told of by a {@link CancellationException} once that
 * is no longer wanted.
 */
record StoppableProgress(Progress progress, BooleanSupplier stopped) implements Progress {
  @Override
  public Stage stage(String name, long total) {
    Stage stage = progress.stage(name, total);
    return new Stage() {
      @Override
      public void add(long units) {
        stage.add(units);
        if (stopped.getAsBoolean()) {
          throw new CancellationException("stopped during '" + name + "'");
        }
      }

      @Override
      public void note(String text) {
        stage.note(text);
      }

      @Override
      public void close() {
        stage.close();
      }
    };
  }
}
