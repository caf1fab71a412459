package dev.kindred.app.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files that one command line names: none that is written may be one that is read, or that
 * something else is written to. Compared by the file system, so another spelling or a link of the
 * same file is found too. For one thread.
 */
final class RunFiles {
  /**
   * @param option that names it, for messages
   */
  private record Named(String option, Path path) {}

  private final List<Named> read = new ArrayList<>();
  private final List<Named> written = new ArrayList<>();

  /**
   * A file that is read.
   *
   * @param option that names it, for messages
   * @param path null where the option wasn't given
   */
  RunFiles reads(String option, Path path) {
    if (path != null) {
      read.add(new Named(option, path));
    }
    return this;
  }

  /**
   * A file that is written.
   *
   * @param option that names it, for messages
   * @param path null where the option wasn't given
   */
  RunFiles writes(String option, Path path) {
    if (path != null) {
      written.add(new Named(option, path));
    }
    return this;
  }

  /**
   * Refuses files that would be written over.
   *
   * @throws picocli.CommandLine.ParameterException as a wrong usage of the command, with both
   *     options and the path
   * @throws IOException if files that are there can't be compared
   */
  void requireApart(KindredCommand command) throws IOException {
    List<Named> others = new ArrayList<>(read);
    for (Named file : written) {
      for (Named other : others) {
        if (isSame(file.path(), other.path())) {
          throw command.usage(
              "%s %s is the file of %s too, which would be overwritten; name another"
                  .formatted(file.option(), file.path(), other.option()));
        }
      }
      others.add(file);
    }
  }

  private static boolean isSame(Path one, Path other) throws IOException {
    return Files.exists(one) && Files.exists(other)
        ? Files.isSameFile(one, other)
        : resolved(one).equals(resolved(other));
  }

  /** The path of a file that needn't be there, links of its directory followed. */
  private static Path resolved(Path file) throws IOException {
    Path absolute = file.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    return parent != null && Files.exists(parent)
        ? parent.toRealPath().resolve(absolute.getFileName())
        : absolute;
  }
}
