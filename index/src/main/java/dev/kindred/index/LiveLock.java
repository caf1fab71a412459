package dev.kindred.index;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The right of one {@link LiveIndex}, of all processes, to a directory. */
final class LiveLock implements Closeable {
  /**
   * Directories of this process. POSIX drops a process's lock of a file when any of its channels to
   * it is closed, so a second attempt must not even open the file.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel; // null: read without a lock file

  private LiveLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Takes a directory, until this is closed.
   *
   * @throws NoSuchFileException if no index is there
   * @throws IllegalStateException if another has it, here or in another process
   */
  static LiveLock take(Path directory) throws IOException {
    return take(directory, false);
  }

  /**
   * Takes a directory as {@link #take} does, but writes nothing, so that it may lie on a medium
   * that can only be read.
   */
  static LiveLock takeToRead(Path directory) throws IOException {
    return take(directory, true);
  }

  private static LiveLock take(Path directory, boolean reading) throws IOException {
    if (!Files.exists(directory.resolve(LiveFiles.PUBLISHED))) {
      throw new NoSuchFileException(
          directory.toString(), null, "no index that takes changes; LiveIndex.create makes one");
    }
    Path real = directory.toRealPath();
    if (!HELD.add(real)) {
      throw taken(directory);
    }
    boolean done = false;
    try {
      LiveLock lock = new LiveLock(real, locked(directory, reading));
      done = true;
      return lock;
    } finally {
      if (!done) {
        HELD.remove(real);
      }
    }
  }

  private static FileChannel locked(Path directory, boolean reading) throws IOException {
    Path file = directory.resolve(LiveFiles.LOCK);
    if (reading && !Files.exists(file)) {
      return null; // A copy that was never opened.
    }
    Set<StandardOpenOption> options =
        reading
            ? Set.of(StandardOpenOption.READ)
            : Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileChannel channel = FileChannel.open(file, options);
    FileLock lock = null;
    try {
      lock = channel.tryLock(0, Long.MAX_VALUE, reading);
    } catch (OverlappingFileLockException e) {
      // Held by a copy of this class that another loader loaded.
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw taken(directory);
    }
    return channel;
  }

  private static IllegalStateException taken(Path directory) {
    return new IllegalStateException(
        directory
            + " is open already, or being verified; close it there first, or search through the"
            + " open index");
  }

  @Override
  public void close() throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      HELD.remove(directory);
    }
  }
}
