package dev.kindred.app.serving;

import dev.kindred.app.bench.GeneratedOptions;
import dev.kindred.app.bench.GeneratedSnapshot;
import dev.kindred.app.http.ServerOptions;
import dev.kindred.app.http.Tokens;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.snapshot.TinyWorld;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;

/** Snapshots published in a directory, for a server that goes over from one to the next. */
final class SwappedSnapshots {
  private static final String ADMIN = "admin-01234567890";

  private final Path directory;

  SwappedSnapshots(Path directory) {
    this.directory = directory;
  }

  /** Publishes it; CURRENT names it then. */
  Path publish(TinyWorld world) throws IOException {
    try (SnapshotWriter out = SnapshotWriter.under(directory)) {
      world.fill(out, true);
      return out.publish();
    }
  }

  /** Publishes drawn items, which have other fields; CURRENT names them then. */
  Path publish(GeneratedOptions options) throws IOException {
    try (SnapshotWriter out = SnapshotWriter.under(directory);
        Workers workers = Workers.of(1)) {
      GeneratedSnapshot.write(options, out, workers, Progress.none());
      return out.publish();
    }
  }

  /** For a server on whatever CURRENT names, whose admin may {@link #refresh} it. */
  ServingOptions served() {
    return ServingOptions.of(directory)
        .withServer(
            ServerOptions.defaults().withPort(0).withDeadlineMillis(60_000).withDrainMillis(500))
        .withTokens(Tokens.of("", ADMIN));
  }

  static RawHttp.Answer refresh(int port) throws IOException {
    return RawHttp.send(port, "POST", "/v1/snapshot/refresh", ADMIN, "");
  }

  /** What CURRENT calls a snapshot. */
  static String name(Path snapshot) {
    return snapshot.getFileName().toString();
  }
}
