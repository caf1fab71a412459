package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.snapshot.SnapshotCatalog;
import dev.kindred.engine.snapshot.SnapshotVerifier;
import dev.kindred.index.run.Draws;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kindred train} is killed at drawn moments of all its work, from its first line on, and as
 * soon as so many files of the next snapshot lie there.
 */
class KilledTrainTest {
  private static final long SEED = 20_260_212;

  /** Kills at drawn times, one in each of as many equal parts of a run. */
  private static final int DRAWN = 4;

  /** Files of the unfinished snapshot at which it is killed. */
  private static final int[] FILES = {1, 4, 7};

  private static final String CONFIG =
      """
      [events]
      file = "log.csv"
      user = "user"
      item = "item"
      order = "n"
      [[objectives]]
      name = "click"
      [als]
      rank = 4
      iterations = 2
      [tower]
      enabled = false
      [coordinator]
      enabled = false
      [related]
      list-length = 5
      """;

  @TempDir static Path directory;
  private static Path config;
  private static Path snapshots;
  private static long workNanos; // of a run that is left alone, from its first line to its end

  @BeforeAll
  static void publishOne() throws Exception {
    Draws draws = Draws.of(SEED, "log");
    StringBuilder log = new StringBuilder("user,item,n\n");
    for (int user = 0; user < 60; user++) {
      for (int n = 0; n < 8; n++) {
        log.append("u" + user + ",i" + draws.nextInt(30) + "," + n + "\n");
      }
    }
    Files.writeString(directory.resolve("log.csv"), log);
    config = Files.writeString(directory.resolve("site.toml"), CONFIG);
    snapshots = directory.resolve("snapshots");
    Process train = start();
    long begin = firstLine(train);
    assertTrue(train.waitFor(60, TimeUnit.SECONDS));
    workNanos = System.nanoTime() - begin;
    assertEquals(0, train.exitValue());
    assertGood("unharmed");
  }

  @Test
  void theLastGoodSnapshotOpensWheneverTrainingIsKilled() throws Exception {
    int killed = 0;
    for (int kill = 0; kill < DRAWN; kill++) {
      double part = (kill + Draws.of(SEED, "kill", kill).nextDouble()) / DRAWN;
      Process train = start();
      try {
        long begin = firstLine(train);
        long nanos = (long) (part * workNanos);
        // It may end first: then there is one more good snapshot.
        boolean ended = train.waitFor(nanos - (System.nanoTime() - begin), TimeUnit.NANOSECONDS);
        killed += ended ? 0 : 1;
      } finally {
        train.destroyForcibly();
      }
      assertTrue(train.waitFor(60, TimeUnit.SECONDS));
      assertGood("killed at " + part + " of " + workNanos / 1_000_000 + " ms after its first line");
    }
    assertTrue(killed > 0, "every run ended before its time of " + workNanos + " ns");
  }

  @Test
  void theLastGoodSnapshotOpensWheneverPublishingIsKilled() throws Exception {
    for (int files : FILES) {
      // As of a writer killed before the very last rename, a moment too short to be met.
      Files.writeString(snapshots.resolve(".CURRENT.1-1.tmp"), "never-published\n");
      Process train = start();
      try {
        firstLine(train);
        while (train.isAlive() && unfinishedFiles() < files) {
          train.waitFor(1, TimeUnit.MILLISECONDS);
        }
      } finally {
        train.destroyForcibly();
      }
      assertTrue(train.waitFor(60, TimeUnit.SECONDS));
      assertGood("killed at " + files + " files");
    }
  }

  private static void assertGood(String when) throws IOException {
    try (Recommender recommender = Recommender.open(snapshots)) {
      assertEquals(30, recommender.size(), when);
      assertEquals(5, recommender.related("i3", 5).size(), when);
    }
    for (SnapshotCatalog.Entry entry : SnapshotCatalog.in(snapshots).list()) {
      assertEquals("", entry.fault(), when);
      assertEquals(List.of(), SnapshotVerifier.verify(entry.path()).faults(), when);
    }
    removeUnfinished(); // so that the next is counted alone
  }

  /** Waits until it says what it has read: the JVM has started, and the work has begun. */
  private static long firstLine(Process train) throws IOException {
    String line;
    do {
      line = train.errorReader().readLine(); // the JVM has warnings of its own to print before
      assertTrue(line != null, "it ended without a word of what it read");
    } while (!line.contains("480 rows"));
    return System.nanoTime();
  }

  private static Process start() throws IOException {
    return JavaProcess.of(
            Kindred.class,
            "train",
            "--verbose",
            "--config",
            config.toString(),
            "--out",
            snapshots.toString())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.PIPE)
        .start();
  }

  private static List<Path> unfinished() throws IOException {
    try (Stream<Path> children = Files.list(snapshots)) {
      return children.filter(child -> child.toString().endsWith(".tmp")).toList();
    }
  }

  private static int unfinishedFiles() {
    int most = 0;
    try {
      for (Path writing : unfinished()) {
        try (Stream<Path> files = Files.walk(writing).skip(1)) {
          most = Math.max(most, (int) files.count());
        }
      }
    } catch (IOException | UncheckedIOException e) {
      return most; // renamed while it was looked at
    }
    return most;
  }

  /** A directory with files in it, or the next CURRENT, which its writer didn't rename any more. */
  private static void removeUnfinished() throws IOException {
    for (Path writing : unfinished()) {
      try (Stream<Path> files = Files.walk(writing)) {
        for (Path file : files.toList().reversed()) {
          Files.delete(file);
        }
      }
    }
  }
}
