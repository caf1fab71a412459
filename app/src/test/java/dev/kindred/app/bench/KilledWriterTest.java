package dev.kindred.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.JavaProcess;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.snapshot.SnapshotCatalog;
import dev.kindred.engine.snapshot.SnapshotVerifier;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that builds, publishes, promotes, rolls back and swaps is killed at random moments. */
class KilledWriterTest {
  private static final long SEED = 20_260_131;
  private static final int KILLS = 5;
  private static final int ITEMS = 400;

  @TempDir Path directory;

  @Test
  void theLastGoodSnapshotOpensWheneverTheWriterIsKilled() throws Exception {
    publish(directory, 0);
    Draws draws = Draws.of(SEED, "kills");
    for (int kill = 0; kill < KILLS; kill++) {
      draws.reset(kill);
      long millis = draws.nextInt(400);
      Process writer = JavaProcess.of(Writer.class, directory.toString()).start();
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(writer.getInputStream()))) {
        assertEquals("ready", lines.readLine());
        Thread.sleep(millis);
        writer.destroyForcibly();
        assertTrue(writer.waitFor(60, TimeUnit.SECONDS));
      } finally {
        writer.destroyForcibly();
      }
      String when = "kill " + kill + " after " + millis + " ms, seed " + SEED;
      try (Recommender recommender = Recommender.open(directory)) {
        assertEquals(5, recommender.related("7", 5).size(), when);
      }
      for (SnapshotCatalog.Entry entry : SnapshotCatalog.in(directory).list()) {
        assertEquals("", entry.fault(), when);
        assertEquals(List.of(), SnapshotVerifier.verify(entry.path()).faults(), when);
      }
    }
  }

  private static void publish(Path directory, long seed) throws IOException {
    GeneratedOptions options = new GeneratedOptions(ITEMS, 2, 8, 20, 10, true, List.of(), seed);
    try (SnapshotWriter writer = SnapshotWriter.under(directory);
        Workers workers = Workers.of(1)) {
      GeneratedSnapshot.write(options, writer, workers, Progress.none());
      writer.publish();
    }
  }

  /** The process that is killed. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) throws IOException {
      Path directory = Path.of(args[0]);
      try (Recommender recommender = Recommender.open(directory)) {
        System.out.println("ready");
        System.out.flush();
        for (long seed = 1; ; seed++) {
          publish(directory, seed);
          recommender.refresh();
          SnapshotCatalog catalog = SnapshotCatalog.in(directory);
          String young = catalog.current();
          catalog.rollback();
          recommender.refresh();
          catalog.promote(young);
          recommender.refresh();
        }
      }
    }
  }
}
