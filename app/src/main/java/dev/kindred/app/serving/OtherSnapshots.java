package dev.kindred.app.serving;

import dev.kindred.app.http.Refusal;
import dev.kindred.app.http.Reply;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedSearcher;
import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Snapshots beside the one that is served, to compare with, without live state. Anybody may ask for
 * one, and opening takes time and memory: so few are open at a time, only one is being opened, and
 * openings take a small part of one thread's time; who asks for more is refused at once. Lists are
 * answered without a lock: whoever reads a snapshot holds it open. Free to share.
 */
final class OtherSnapshots implements AutoCloseable {
  /** Two, so that one may go back and forth between them. */
  static final int MOST_OPEN = 2;

  /** After an opening as many times its length pass before the next. */
  private static final int REST = 4;

  private static final long LEAST_REST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final String CURRENT = "CURRENT";

  /** No separator, no leading dot: such a name can't leave its directory. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]{0,199}");

  /** How a snapshot is opened. */
  interface Opener {
    Recommender open(Path snapshot) throws IOException;
  }

  private final Path directory;
  private final Opener opener;
  private final LongSupplier nanoTime;
  private final Object lock = new Object(); // never held while files are opened or closed, or read

  // Under the lock. Least recently asked for first.
  private final Map<String, OpenSnapshot> open = new LinkedHashMap<>(4, 0.75f, true);
  private String opening = ""; // name of the one that is, or ""
  private long restUntil;
  private boolean closed;

  /** Snapshots of a directory with a CURRENT file; none, if it is a snapshot itself. */
  OtherSnapshots(Path directory) {
    this(directory, Recommender::open, System::nanoTime);
  }

  /** With another way to open them, and another clock in nanoseconds. */
  OtherSnapshots(Path directory, Opener opener, LongSupplier nanoTime) {
    this.directory = directory;
    this.opener = opener;
    this.nanoTime = nanoTime;
    restUntil = nanoTime.getAsLong();
  }

  /** One that is open. Its fields that change are under the lock. */
  private static final class OpenSnapshot {
    final Recommender recommender;
    final Deque<RelatedSearcher> searchers = new ArrayDeque<>(); // at most one per thread
    int readers = 1; // whoever opened it

    OpenSnapshot(Recommender recommender) {
      this.recommender = recommender;
    }
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

  /**
   * Answers from a snapshot of this name, which is opened if it isn't open.
   *
   * @param answer is handed a searcher that is its own until it returns
   * @throws Refusal 404 if there is no such snapshot or it can't be opened; 503 while one is being
   *     opened or all that may be open are read; 429 if one was opened too short a time ago
   */
  Reply with(String name, Function<RelatedSearcher, Reply> answer) {
    OpenSnapshot snapshot = lease(name);
    try {
      RelatedSearcher searcher = searcher(snapshot);
      try {
        return answer.apply(searcher);
      } finally {
        // Also of requests that fail: it is reset at the end of each.
        synchronized (lock) {
          snapshot.searchers.push(searcher);
        }
      }
    } finally {
      release(snapshot);
    }
  }

  private RelatedSearcher searcher(OpenSnapshot snapshot) {
    synchronized (lock) {
      if (!snapshot.searchers.isEmpty()) {
        return snapshot.searchers.pop();
      }
    }
    return snapshot.recommender.searcher();
  }

  private OpenSnapshot lease(String name) {
    Optional<OpenSnapshot> found = leaseOpen(name);
    if (found.isPresent()) {
      return found.get();
    }
    requireThere(name);
    Optional<OpenSnapshot> leaving;
    synchronized (lock) {
      found = leaseOpen(name); // another thread may have opened it by now
      if (found.isPresent()) {
        return found.get();
      }
      leaving = makeRoom(name);
      opening = name;
    }
    return open(name, leaving);
  }

  private Optional<OpenSnapshot> leaseOpen(String name) {
    synchronized (lock) {
      OpenSnapshot found = open.get(name);
      if (found != null) {
        found.readers++;
      }
      return Optional.ofNullable(found);
    }
  }

  private void requireThere(String name) {
    if (!NAME.matcher(name).matches()
        || !Files.isDirectory(directory.resolve(name), LinkOption.NOFOLLOW_LINKS)
        || !Files.exists(directory.resolve(CURRENT))) {
      throw new Refusal(
          404, "unknown-snapshot", "no such snapshot beside the one served; see /v1/snapshots");
    }
  }

  /** Under the lock: the one to close before this one may be opened. */
  private Optional<OpenSnapshot> makeRoom(String name) {
    if (closed) {
      throw Refusal.later(503, "draining", "the server is being stopped");
    }
    if (!opening.isEmpty()) {
      throw Refusal.later(
          503,
          "snapshot-busy",
          "snapshot "
              + (opening.equals(name) ? name : opening + ", and not " + name + ",")
              + " is being opened; ask again after a moment");
    }
    long restNanos = restUntil - nanoTime.getAsLong();
    if (restNanos > 0) {
      int seconds = (int) Math.min(Integer.MAX_VALUE, 1 + (restNanos - 1) / 1_000_000_000);
      throw Refusal.later(
          429,
          "snapshot-busy",
          "another snapshot was opened a moment ago; ask for "
              + name
              + " again after "
              + seconds
              + " s",
          seconds);
    }
    if (open.size() < MOST_OPEN) {
      return Optional.empty();
    }
    for (Map.Entry<String, OpenSnapshot> entry : open.entrySet()) {
      if (entry.getValue().readers == 0) {
        open.remove(entry.getKey());
        return Optional.of(entry.getValue());
      }
    }
    throw Refusal.later(
        503,
        "snapshot-busy",
        "all "
            + MOST_OPEN
            + " snapshots that may be open beside the one served are being read; ask for "
            + name
            + " again after a moment");
  }

  private OpenSnapshot open(String name, Optional<OpenSnapshot> leaving) {
    long start = nanoTime.getAsLong();
    Optional<OpenSnapshot> opened = Optional.empty();
    try {
      leaving.ifPresent(unused -> unused.recommender.close());
      opened = Optional.of(new OpenSnapshot(opener.open(directory.resolve(name))));
    } catch (IOException | CorruptFileException e) {
      throw new Refusal(
          404,
          "bad-snapshot",
          "snapshot " + name + " can't be opened; kindred verify --model says why");
    } finally {
      long end = nanoTime.getAsLong();
      synchronized (lock) {
        opening = "";
        restUntil = end + Math.max(LEAST_REST_NANOS, REST * (end - start));
        // If this was closed meanwhile, its reader closes it.
        opened.ifPresent(snapshot -> open.put(name, snapshot));
      }
    }
    return opened.get();
  }

  private void release(OpenSnapshot snapshot) {
    boolean last;
    synchronized (lock) {
      snapshot.readers--;
      last = closed && snapshot.readers == 0;
    }
    if (last) {
      snapshot.recommender.close();
    }
  }

  /** Opens no more, and closes those that nobody reads; whoever reads one closes it afterwards. */
  @Override
  public void close() {
    List<OpenSnapshot> unused = new ArrayList<>();
    synchronized (lock) {
      if (!closed) {
        closed = true;
        open.values().stream().filter(snapshot -> snapshot.readers == 0).forEach(unused::add);
      }
    }
    unused.forEach(snapshot -> snapshot.recommender.close());
  }
}
