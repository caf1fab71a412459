package dev.kindred.engine.snapshot;

import dev.kindred.index.file.TemporaryName;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The directory of a snapshot that is being written: a temporary one beside its final place, which
 * a rename publishes. Parents are made for it, and taken back where nothing comes of it. For one
 * thread.
 */
final class UnpublishedDirectory {
  private final Path target;
  private final boolean current;
  private final Path temporary;
  private final Deque<Path> createdParents = new ArrayDeque<>();

  /**
   * Makes nothing yet.
   *
   * @param target the final place, absolute, with a parent
   * @param current whether the place may get another number, and CURRENT is to name it
   */
  UnpublishedDirectory(Path target, boolean current) {
    this.target = target;
    this.current = current;
    temporary = TemporaryName.beside(target);
  }

  /** Where the snapshot is to stand. */
  Path target() {
    return target;
  }

  /** Where it is written. */
  Path path() {
    return temporary;
  }

  /** Makes the directory and the parents that are missing. */
  void make() throws IOException {
    Path parent = target.getParent();
    try {
      for (Path path = parent; path != null && !Files.exists(path); path = path.getParent()) {
        createdParents.addLast(path);
      }
      Files.createDirectories(parent);
      Files.createDirectory(temporary);
    } catch (IOException e) {
      delete();
      String reason =
          e instanceof FileSystemException f && f.getReason() != null
              ? f.getReason()
              : e instanceof NoSuchFileException
                  ? "the directory can't be made"
                  : e.getClass().getSimpleName();
      throw new IOException(
          "can't write a snapshot in "
              + parent
              + " ("
              + reason
              + "); check its path and permissions, or choose another directory",
          e);
    }
  }

  /** Takes back the directory and the parents made for it, as far as nobody uses them. */
  void delete() throws IOException {
    SnapshotDirectory.delete(temporary);
    try {
      for (Path directory : createdParents) {
        Files.deleteIfExists(directory);
      }
    } catch (IOException e) {
      // In use by now, or not ours to delete: an empty directory does no harm.
      return;
    } finally {
      createdParents.clear();
    }
  }

  /**
   * Moves it to its final place.
   *
   * @return that place
   * @throws FileAlreadyExistsException if something else stands there
   */
  Path rename() throws IOException {
    Path place = target;
    for (int i = 2; current && Files.exists(place, LinkOption.NOFOLLOW_LINKS); i++) {
      place = target.resolveSibling(target.getFileName() + "-" + i);
    }
    refuseExisting(place);
    Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
    return place;
  }

  /** Forces the rename to the disk, and lets CURRENT name the place if it is to. */
  void settle(Path place) throws IOException {
    SnapshotDirectory.force(place.getParent());
    if (current) {
      SnapshotDirectory.writeCurrent(place.getParent(), place.getFileName().toString());
    }
  }

  static void refuseExisting(Path target) throws IOException {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(
          target.toString(), null, "exists already; name a new directory or remove this one");
    }
  }
}
