package dev.kindred.app.command;

import dev.kindred.app.serving.ServingOptions;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.serve.LiveStateOptions;
import dev.kindred.live.ChronicleLiveState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What can be known of a server's places without opening what is in them: looked at before its port
 * is bound, so that nobody takes for alive what can't start. Stateless.
 */
final class ServePlaces {
  private ServePlaces() {}

  /**
   * Checks that there is a snapshot, and that live state and event log can be written where they
   * are to be. Leaves nothing behind.
   *
   * @throws IOException if there is no such directory, or no room for a new live state
   * @throws InputException if it holds no snapshot, or a place can't be written to
   */
  static void require(ServingOptions options) throws IOException {
    SnapshotOption.resolve(options.model());
    if (options.live().isPresent()) {
      requireLive(options.live().get());
    }
    if (options.eventLog().isPresent()) {
      requireEventLog(options.eventLog().get());
    }
  }

  private static void requireLive(Path directory) throws IOException {
    if (!ChronicleLiveState.isIn(directory)) {
      Destination.directory(directory);
    }
    ChronicleLiveState.requireRoom(directory, LiveStateOptions.defaults());
  }

  private static void requireEventLog(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      Destination.fileWithParents(file);
    } else if (!Files.isWritable(file)) {
      throw new InputException(
          file + ": no permission to write this event log; change that, or choose another file");
    } else {
      requireEvents(file);
    }
  }

  /** Lines of events go behind what is there, and a torn one is cut off: not of any other file. */
  private static void requireEvents(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      int first = in.read();
      if (first >= 0 && first != '{') {
        throw new InputException(
            file
                + " is no log of events, which begins with '{', a JSON object a line; choose"
                + " another file");
      }
    }
  }
}
