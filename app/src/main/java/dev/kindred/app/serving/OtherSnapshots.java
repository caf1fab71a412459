package dev.kindred.app.serving;

import dev.kindred.app.http.Refusal;
import dev.kindred.app.http.Reply;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Snapshots beside the one that is served, to compare with: at most one is open at a time, without
 * live state. Free to share.
 */
final class OtherSnapshots implements AutoCloseable {
  private static final String CURRENT = "CURRENT";

  /** No separator, no leading dot: such a name can't leave its directory. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}");

  private final Path directory;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private String openName = "";
  private Recommender open;

  /** Snapshots of a directory with a CURRENT file; none, if it is a snapshot itself. */
  OtherSnapshots(Path directory) {
    this.directory = directory;
  }

  /** Names of the snapshots, oldest name first. */
  List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    if (Files.exists(directory.resolve(CURRENT))) {
      try (Stream<Path> entries = Files.list(directory)) {
        entries
            .filter(entry -> NAME.matcher(entry.getFileName().toString()).matches())
            .filter(entry -> Files.isRegularFile(entry.resolve("manifest.json")))
            .map(entry -> entry.getFileName().toString())
            .sorted()
            .forEach(names::add);
      }
    }
    return names;
  }

  /** The name in the CURRENT file of a directory; "" where there is none. */
  static String current(Path directory) throws IOException {
    Path file = directory.resolve(CURRENT);
    return Files.isRegularFile(file) && Files.size(file) <= 256
        ? Files.readString(file).strip()
        : "";
  }

  /** Answers from a snapshot of this name. */
  Reply with(String name, Function<Recommender, Reply> answer) {
    lock.readLock().lock();
    try {
      if (openName.equals(name)) {
        return answer.apply(open);
      }
    } finally {
      lock.readLock().unlock();
    }
    lock.writeLock().lock();
    try {
      if (!openName.equals(name)) {
        openInstead(name);
      }
      return answer.apply(open);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private void openInstead(String name) {
    if (!NAME.matcher(name).matches()
        || !Files.isDirectory(directory.resolve(name), LinkOption.NOFOLLOW_LINKS)
        || !Files.exists(directory.resolve(CURRENT))) {
      throw new Refusal(
          404, "unknown-snapshot", "no such snapshot beside the one served; see /v1/snapshots");
    }
    Recommender opened;
    try {
      opened = Recommender.open(directory.resolve(name));
    } catch (IOException | CorruptFileException e) {
      throw new Refusal(404, "bad-snapshot", "snapshot " + name + " can't be opened");
    }
    close();
    open = opened;
    openName = name;
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (open != null) {
        open.close();
        open = null;
        openName = "";
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
