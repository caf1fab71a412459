package dev.kindred.app.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * While it is open, a signal that ends the process is answered with a line that says that the
 * checkpoint stays and how to go on. For one thread.
 */
final class KeptCheckpoint implements AutoCloseable {
  private final Thread hook;

  private KeptCheckpoint(Thread hook) {
    this.hook = hook;
  }

  /**
   * Begins.
   *
   * @param file where the training is kept after each epoch; null = nowhere, then nothing is said
   * @param note gets the line, from another thread
   */
  static KeptCheckpoint of(Path file, Consumer<String> note) {
    Thread hook =
        new Thread(
            () -> {
              if (file != null && Files.exists(file)) {
                note.accept(
                    "interrupted: "
                        + file
                        + " keeps the training up to its last whole epoch; the same command goes"
                        + " on from there");
              }
            },
            "kindred-checkpoint");
    Runtime.getRuntime().addShutdownHook(hook);
    return new KeptCheckpoint(hook);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process ends already, and the line is told.
    }
  }
}
