package dev.kindred.app.command;

import dev.kindred.engine.data.InputException;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RecommenderOptions;
import dev.kindred.engine.snapshot.Snapshot;
import dev.kindred.engine.snapshot.SnapshotCatalog;
import dev.kindred.engine.snapshot.SnapshotVerifier;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option {@code --model} of the commands that read a snapshot. */
final class SnapshotOption {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "A snapshot, or the directory that snapshots are published in.")
  private Path path;

  /** As it was given. */
  Path path() {
    return path;
  }

  /** Opens it; with live state unless that is null. */
  Recommender open(LiveState live) throws IOException {
    return open(path, live);
  }

  /** Opens a snapshot at a path like this option's; with live state unless that is null. */
  static Recommender open(Path path, LiveState live) throws IOException {
    try {
      return live == null
          ? Recommender.open(path)
          : Recommender.open(path, RecommenderOptions.defaults(), live);
    } catch (IOException e) {
      throw explained(e);
    }
  }

  /** Opens it without live state, with options. */
  Recommender openWith(RecommenderOptions options) throws IOException {
    try {
      return Recommender.open(path, options);
    } catch (IOException e) {
      throw explained(e);
    }
  }

  /** Opens a snapshot without what answers requests. */
  static Snapshot snapshot(Path path) throws IOException {
    try {
      return Snapshot.open(path);
    } catch (IOException e) {
      throw explained(e);
    }
  }

  /** The snapshot that a path like this option's means, not opened. */
  static Path resolve(Path path) throws IOException {
    try {
      return SnapshotCatalog.resolve(path);
    } catch (IOException e) {
      throw explained(e);
    }
  }

  /** Reads and checks every byte of a snapshot at a path like this option's. */
  static SnapshotVerifier.Report verify(Path path) throws IOException {
    try {
      return SnapshotVerifier.verify(path);
    } catch (IOException e) {
      throw explained(e);
    }
  }

  /** A plain IOException of opening says that the path is no snapshot: the user's mistake. */
  private static IOException explained(IOException e) {
    if (e.getClass() == IOException.class) {
      throw new InputException(e.getMessage(), e);
    }
    return e;
  }
}
