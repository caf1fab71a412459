package dev.kindred.app.command;

import dev.kindred.engine.data.InputException;
import dev.kindred.engine.snapshot.SnapshotWriter;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The place that a command publishes its snapshot in, with the writer of that: opened before the
 * work, so that a place that can't be written to shows now, not in an hour. For one thread.
 */
final class Publishing implements AutoCloseable {
  /** Hands the parts of a snapshot to its writer. */
  @FunctionalInterface
  interface Parts {
    void writeTo(SnapshotWriter writer) throws IOException;
  }

  private final Destination place;
  private final SnapshotWriter writer;

  private Publishing(Destination place, SnapshotWriter writer) {
    this.place = place;
    this.writer = writer;
  }

  /**
   * Of the next snapshot in a directory, which is made with its parents when it is written to.
   *
   * @throws InputException if it can't be made or written to
   */
  static Publishing under(Path directory) throws IOException {
    Destination place = Destination.directory(directory);
    try {
      return new Publishing(place, SnapshotWriter.under(directory));
    } catch (IOException e) {
      // A plain IOException says in full that the place can't be written to.
      if (e.getClass() == IOException.class && !Destination.isFull(e)) {
        throw new InputException(e.getMessage(), e);
      }
      throw e;
    }
  }

  /** To compare its room with what is to be written. */
  Destination place() {
    return place;
  }

  /** For what publishes by itself; {@link #publish} else. */
  SnapshotWriter writer() {
    return writer;
  }

  /**
   * Writes the parts and publishes.
   *
   * @return where the snapshot lies
   * @throws java.nio.file.FileSystemException if the disk is full: names the place and the remedy
   */
  Path publish(Parts parts) throws IOException {
    return place.write(
        () -> {
          parts.writeTo(writer);
          return writer.publish();
        });
  }

  /** Removes what was written and not published. */
  @Override
  public void close() throws IOException {
    writer.close();
  }
}
