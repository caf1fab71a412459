package dev.kindred.jmh.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Built graphs on disk, each in a directory named for vectors, engine and settings, with what its
 * build took.
 */
final class BuildCache {
  private static final String TIME = "build-time";

  private final Path directory;

  BuildCache(Path directory) {
    this.directory = directory;
  }

  /** Where a set's own files go; made if it is missing. */
  Path directoryOf(SearchSet set) throws IOException {
    return Files.createDirectories(directory.resolve(set.key()));
  }

  /** Where things go that belong to no set, such as compiled programs. */
  Path directory() throws IOException {
    return Files.createDirectories(directory);
  }

  /** A build that is there or has just been made. */
  record Built(Path directory, BuildTime time) {
    /** Bytes of all its files. */
    long bytes() throws IOException {
      try (Stream<Path> files = Files.walk(directory)) {
        long bytes = 0;
        for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
          bytes += file.getFileName().toString().equals(TIME) ? 0 : Files.size(file);
        }
        return bytes;
      }
    }
  }

  /** Builds into an empty directory. */
  interface Build {
    /** Returns what the build took, without writing files if that is apart. */
    BuildTime into(Path directory) throws IOException;
  }

  /**
   * Finds a build or makes it. A build that fails leaves nothing.
   *
   * @param name engine, version and all settings
   * @param anew whether to build although it is there
   */
  Built get(SearchSet set, String name, boolean anew, Build build) throws IOException {
    Path target = directoryOf(set).resolve(name);
    Path time = target.resolve(TIME);
    if (anew || !Files.exists(time)) {
      delete(target);
      Path temporary =
          target.resolveSibling("." + name + "." + ProcessHandle.current().pid() + ".tmp");
      delete(temporary);
      Files.createDirectories(temporary);
      try {
        BuildTime took = build.into(temporary);
        Files.writeString(temporary.resolve(TIME), took.toString());
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        delete(temporary);
      }
    }
    return new Built(target, BuildTime.parse(Files.readString(time)));
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> walk = Files.walk(tree)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
