package dev.kindred.app.bench;

import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;

/** Writes generated snapshots. Stateless. */
public final class GeneratedSnapshot {
  private GeneratedSnapshot() {}

  /** Hands all parts to a writer, which the caller publishes; the same for any threads. */
  public static void write(
      GeneratedOptions options, SnapshotWriter out, Workers workers, Progress progress)
      throws IOException {
    new GeneratedCatalogue(options).write(out, workers, progress);
  }
}
