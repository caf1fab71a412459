package dev.kindred.app.command;

import dev.kindred.engine.data.InputException;
import dev.kindred.engine.snapshot.SnapshotWriter;
import java.io.IOException;
import java.nio.file.Path;

/** Opens the place that a command publishes its snapshot in. */
final class Publishing {
  private Publishing() {}

  /**
   * A writer of the next snapshot in a directory, opened before the work: a place that can't be
   * written to shows now, not in an hour.
   */
  static SnapshotWriter under(Path directory) throws IOException {
    Destination.directory(directory);
    try {
      return SnapshotWriter.under(directory);
    } catch (IOException e) {
      // A plain IOException says in full that the place can't be written to.
      if (e.getClass() == IOException.class && !Destination.isFull(e)) {
        throw new InputException(e.getMessage(), e);
      }
      throw e;
    }
  }
}
