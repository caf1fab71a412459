package dev.kindred.app.serving;

import dev.kindred.app.bench.GeneratedOptions;
import dev.kindred.app.bench.GeneratedRanker;
import dev.kindred.app.bench.GeneratedSnapshot;
import dev.kindred.app.http.ServerOptions;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A snapshot of drawn items that answers for users too, for servers. */
final class RankedSnapshot {
  private RankedSnapshot() {}

  static Path write(Path directory) throws IOException {
    GeneratedOptions options =
        new GeneratedOptions(300, 2, 8, 30, 20, true, List.of(GeneratedRanker.SMALL), 1);
    try (SnapshotWriter out = SnapshotWriter.into(directory);
        Workers workers = Workers.of(1)) {
      GeneratedSnapshot.write(options, out, workers, Progress.none());
      return out.publish();
    }
  }

  /** For a server on it. */
  static ServingOptions served(Path snapshot) {
    return ServingOptions.of(snapshot)
        .withServer(
            ServerOptions.defaults().withPort(0).withDeadlineMillis(60_000).withDrainMillis(500));
  }
}
