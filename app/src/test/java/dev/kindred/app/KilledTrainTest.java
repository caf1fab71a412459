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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kindred train} is killed at drawn moments: while it learns, and as soon as so many files
 * of the next snapshot lie there.
 */
class KilledTrainTest {
  private static final long SEED = 20_260_212;

  /** Files of the unfinished snapshot at which it is killed; 0: after a drawn time. */
  private static final int[] MOMENTS = {0, 1, 4, 7};

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

  @TempDir Path directory;
  private Path config;
  private Path snapshots;

  @BeforeEach
  void publishOne() throws IOException {
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
    Run run =
        Run.kindred(
            "train", "--quiet", "--config", config.toString(), "--out", snapshots.toString());
    assertEquals(0, run.exitCode(), run.err());
  }

  @Test
  void theLastGoodSnapshotOpensWheneverTrainingIsKilled() throws Exception {
    for (int kill = 0; kill < MOMENTS.length; kill++) {
      Draws draws = Draws.of(SEED, "kill", kill);
      long millis = draws.nextInt(700);
      Process train = start();
      try {
        if (MOMENTS[kill] == 0) {
          train.waitFor(millis, TimeUnit.MILLISECONDS);
        }
        // It may end first: then there is one more good snapshot.
        while (train.isAlive() && unfinishedFiles() < MOMENTS[kill]) {
          train.waitFor(1, TimeUnit.MILLISECONDS);
        }
      } finally {
        train.destroyForcibly();
      }
      assertTrue(train.waitFor(60, TimeUnit.SECONDS));
      String when = "kill " + kill + ", at " + MOMENTS[kill] + " files or " + millis + " ms";
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
  }

  private Process start() throws IOException {
    return JavaProcess.of(
            Kindred.class,
            "train",
            "--quiet",
            "--config",
            config.toString(),
            "--out",
            snapshots.toString())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private List<Path> unfinished() throws IOException {
    try (Stream<Path> children = Files.list(snapshots)) {
      return children.filter(child -> child.toString().endsWith(".tmp")).toList();
    }
  }

  private int unfinishedFiles() {
    int most = 0;
    try {
      for (Path writing : unfinished()) {
        try (Stream<Path> files = Files.list(writing)) {
          most = Math.max(most, (int) files.count());
        }
      }
    } catch (IOException | UncheckedIOException e) {
      return most; // renamed while it was looked at
    }
    return most;
  }

  private void removeUnfinished() throws IOException {
    for (Path writing : unfinished()) {
      try (Stream<Path> files = Files.list(writing)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(writing);
    }
  }
}
