package dev.kindred.app.command;

import dev.kindred.app.output.ByteSize;
import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.estimate.DataSize;
import dev.kindred.engine.estimate.TrainingEstimate;
import dev.kindred.engine.snapshot.SnapshotCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A place that a command writes to: tried before the work that is to fill it, and named with the
 * remedy if the disk is full nevertheless. For one thread.
 */
final class Destination {
  /** Writes a result. */
  @FunctionalInterface
  interface Writing<T> {
    T write() throws IOException;
  }

  /** Writes something that has no result. */
  @FunctionalInterface
  interface Filling {
    void fill() throws IOException;
  }

  private final Path path;
  private long bytes; // of all that is to be written there; 0 = not known

  private Destination(Path path) {
    this.path = path;
  }

  /**
   * A directory, which is made with its parents when it is written to.
   *
   * @throws InputException if it can't be made or written to
   */
  static Destination directory(Path directory) {
    if (directory.toString().isEmpty()) {
      throw new InputException("an empty path is no place to write to; name a directory");
    }
    Path there = existing(directory);
    if (!Files.isDirectory(there)) {
      throw refused(directory, there + " is a file");
    }
    requireWritable(there, directory);
    return new Destination(directory);
  }

  /**
   * A directory whose files of the same names are replaced: no snapshot and no place of snapshots,
   * as names such as {@code items.kids} are theirs too.
   *
   * @throws InputException if it is one, or can't be made or written to
   */
  static Destination directoryOfFiles(Path directory) {
    if (SnapshotCatalog.isSnapshot(directory)) {
      throw new InputException(
          directory + ": is a snapshot, which never changes; choose another directory");
    }
    if (SnapshotCatalog.isPublishedIn(directory)) {
      throw new InputException(
          directory
              + ": snapshots are published in it; choose another directory, such as a new one"
              + " in it");
    }
    return directory(directory);
  }

  /**
   * A file in a directory that is there and no snapshot.
   *
   * @throws InputException if the directory is missing, is a snapshot or can't be written to
   */
  static Destination file(Path file) {
    return in(parentOfFile(file), file);
  }

  /**
   * A file whose directory is made when it is written and is no snapshot.
   *
   * @throws InputException if that is one, or can't be made or written to
   */
  static Destination fileWithParents(Path file) {
    directory(parentOfFile(file));
    return new Destination(file);
  }

  private static Path parentOfFile(Path file) {
    if (Files.isDirectory(file)) {
      throw new InputException(file + ": is a directory; name a file");
    }
    Path parent = file.toAbsolutePath().getParent();
    if (SnapshotCatalog.isSnapshot(parent)) {
      throw new InputException(
          file + ": lies in a snapshot, which never changes; choose another directory");
    }
    // Files beside snapshots do no harm, but for the two by which readers find them.
    if (SnapshotCatalog.isPublishedIn(parent) && SnapshotCatalog.isReserved(file)) {
      throw new InputException(
          file + ": is how readers find the snapshots beside it; choose another name");
    }
    return parent;
  }

  /**
   * A directory that must not be there yet, in one that is.
   *
   * @throws InputException if that is missing or can't be written to
   */
  static Destination newDirectory(Path directory) {
    Path parent = directory.toAbsolutePath().getParent();
    return in(parent == null ? directory : parent, directory);
  }

  private static Destination in(Path parent, Path path) {
    Path there = existing(parent);
    if (!Files.isDirectory(there)) {
      throw refused(path, there + " is a file");
    }
    if (!Files.isDirectory(parent)) {
      throw new InputException(parent + ": no directory to write to; make it, or choose another");
    }
    requireWritable(parent, parent);
    return new Destination(path);
  }

  /**
   * Tries a directory with a temporary file: permissions don't tell of file systems such as that of
   * /proc, whose directories seem writable and take no files.
   *
   * @param directory that is there
   * @param named what the user is told can't be written to
   */
  private static void requireWritable(Path directory, Path named) {
    if (!Files.isWritable(directory)) {
      throw refused(named, reason(directory));
    }
    try {
      Files.delete(Files.createTempFile(directory, ".kindred", ".tmp"));
    } catch (IOException e) {
      if (!isFull(e)) { // which is told when bytes are compared
        throw refused(named, directory + " takes no files");
      }
    }
  }

  private static InputException refused(Path path, String reason) {
    return new InputException(
        path + ": can't be written to (" + reason + "); change that, or choose another place");
  }

  private static String reason(Path directory) {
    try {
      if (Files.getFileStore(directory).isReadOnly()) {
        return "read-only file system";
      }
    } catch (IOException e) {
      // Then nothing better is known than that it is refused.
    }
    return "no permission to write in " + directory;
  }

  /** As it was given. */
  Path path() {
    return path;
  }

  /** The path, or the nearest of its parents that exists. */
  private static Path existing(Path path) {
    return Stream.iterate(path.toAbsolutePath(), Path::getParent)
        .filter(Files::exists)
        .findFirst()
        .orElseThrow();
  }

  /**
   * Compares what is about to be written with what the disk has left. Estimates are rough: less
   * than half of one is refused, less than all of it worth a note.
   *
   * @param estimate bytes of all files
   * @param note gets a line if they may not fit
   * @throws IOException if they can't fit
   */
  void requireSpace(long estimate, Consumer<String> note) throws IOException {
    requireSpace(estimate / 2, estimate, note);
  }

  /**
   * The same where the least is known by itself.
   *
   * @param least bytes of all files that there will be in any case
   * @param estimate bytes of all files
   */
  void requireSpace(long least, long estimate, Consumer<String> note) throws IOException {
    FileStore store = Files.getFileStore(existing(path));
    // A file system that doesn't tell its size says 0.
    if (store.getTotalSpace() > 0) {
      compare(least, estimate, store.getUsableSpace(), note);
    }
  }

  /**
   * The same for a snapshot that is to be trained. How many candidates and companions its items
   * will have isn't known before, so less than half of one without any is refused.
   */
  void requireSnapshotSpace(PipelineInput input, PipelineOptions options, Consumer<String> note)
      throws IOException {
    DataSize size = DataSize.of(input);
    DataSize least = size.withCandidates(0).withCompanions(0);
    requireSpace(
        TrainingEstimate.snapshotBytes(least, options) / 2,
        TrainingEstimate.snapshotBytes(size, options),
        note);
  }

  void compare(long least, long estimate, long usable, Consumer<String> note) throws IOException {
    bytes = estimate;
    String found =
        "about "
            + ByteSize.text(estimate)
            + " are to be written and "
            + ByteSize.text(usable)
            + " are free";
    if (usable < least) {
      throw new FileSystemException(
          path.toString(), null, found + "; free some, or choose another place");
    }
    if (usable < estimate) {
      note.accept("warning: " + path + ": " + found + ": it may not fit");
    }
  }

  /**
   * Writes.
   *
   * @throws FileSystemException if the disk is full: names this place, what it was to hold, and the
   *     remedy
   */
  <T> T write(Writing<T> writing) throws IOException {
    try {
      return writing.write();
    } catch (IOException e) {
      throw isFull(e) ? full(e) : e;
    } catch (UncheckedIOException e) {
      throw isFull(e.getCause()) ? full(e.getCause()) : e.getCause();
    }
  }

  /** Writes what has no result. */
  void fill(Filling filling) throws IOException {
    write(
        () -> {
          filling.fill();
          return path;
        });
  }

  private FileSystemException full(IOException cause) {
    String needed =
        bytes == 0 ? "" : "; about " + ByteSize.text(bytes) + " were to be written in all";
    FileSystemException full =
        new FileSystemException(
            path.toString(),
            null,
            "the disk is full" + needed + "; free some space, or choose another place");
    full.initCause(cause);
    return full;
  }

  /** Whether something couldn't be written for want of space. */
  static boolean isFull(IOException e) {
    String said = Optional.ofNullable(e.getMessage()).orElse("");
    return said.contains("No space left on device") || said.contains("Disk quota exceeded");
  }
}
