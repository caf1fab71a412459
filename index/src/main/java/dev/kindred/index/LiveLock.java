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
  private final FileChannel channel;

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
      LiveLock lock = new LiveLock(real, locked(directory));
      done = true;
      return lock;
    } finally {
      if (!done) {
        HELD.remove(real);
      }
    }
  }

  private static FileChannel locked(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LiveFiles.LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
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
        directory + " is open already; close it there first, or search through the open index");
  }

  @Override
  public void close() throws IOException {
    channel.close();
    HELD.remove(directory);
  }
}
