package dev.kindred.engine.snapshot;

import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.TemporaryName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Pattern;

/** Names and moves of snapshot directories and of the {@code CURRENT} file beside them. */
final class SnapshotDirectory {
  static final String CURRENT = "CURRENT";

  /** No separator, no leading dot: such a name can't leave its directory. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}");

  private SnapshotDirectory() {}

  static boolean isPlainName(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * The snapshot meant by a path: the directory itself, or the one that its CURRENT file names.
   *
   * @throws IOException if it is neither
   */
  static Path resolve(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(
          path.toString(), null, "no such snapshot; build one with 'kindred train --out DIR'");
    }
    if (!Files.isDirectory(path)) {
      throw new IOException(path + " is a file, expected a snapshot directory");
    }
    if (Files.exists(path.resolve(ManifestFile.NAME))) {
      return path;
    }
    Path current = path.resolve(CURRENT);
    if (!Files.exists(current)) {
      throw new IOException(
          path
              + " is no snapshot: it has neither a "
              + ManifestFile.NAME
              + " nor a "
              + CURRENT
              + " file; name a snapshot directory or the directory that snapshots are published"
              + " in");
    }
    String name = readCurrent(current);
    Path snapshot = path.resolve(name);
    if (!Files.isDirectory(snapshot)) {
      throw new CorruptFileException(
          current,
          -1,
          "names snapshot '"
              + name
              + "', which isn't there; publish another, or name one with 'kindred promote'");
    }
    return snapshot;
  }

  private static String readCurrent(Path current) throws IOException {
    // A name has at most 200 characters; anything longer is no CURRENT file and needn't be read.
    if (Files.isRegularFile(current) && Files.size(current) <= 256) {
      String name = new String(Files.readAllBytes(current), StandardCharsets.UTF_8).strip();
      if (isPlainName(name)) {
        return name;
      }
    }
    throw new CorruptFileException(
        current,
        -1,
        "doesn't hold the plain name of a snapshot directory; publish another, or name one with"
            + " 'kindred promote'");
  }

  /** Lets CURRENT name a snapshot, by renaming, so a reader sees the old name or the new one. */
  static void writeCurrent(Path parent, String name) throws IOException {
    Path temporary = TemporaryName.beside(parent.resolve(CURRENT));
    try {
      writeForced(temporary, (name + "\n").getBytes(StandardCharsets.UTF_8));
      Files.move(temporary, parent.resolve(CURRENT), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    force(parent);
  }

  /** Writes a file and forces it to the disk. */
  static void writeForced(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
  }

  /** Makes the names in a directory survive a power cut. */
  static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Deletes a directory and everything in it; following no links. */
  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /**
   * Looks whether all files that a manifest lists are there in their length.
   *
   * @throws CorruptFileException if one isn't
   */
  static void checkFiles(Path directory, Manifest manifest) throws IOException {
    for (FileEntry file : manifest.files()) {
      Path path = directory.resolve(file.name());
      if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new CorruptFileException(
            path, -1, "is missing, or no plain file; restore the snapshot from a good copy");
      }
      long bytes = Files.size(path);
      if (bytes != file.bytes()) {
        throw new CorruptFileException(path, -1, SnapshotVerifier.wrongSize(bytes, file));
      }
    }
  }
}
