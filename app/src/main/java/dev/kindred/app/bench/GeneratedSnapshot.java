package dev.kindred.app.bench;

import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.estimate.DataSize;
import dev.kindred.engine.estimate.TrainingEstimate;
import dev.kindred.engine.fused.FusedOptions;
import dev.kindred.engine.rank.RankOptions;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.tower.TowerOptions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes generated snapshots. Stateless. */
public final class GeneratedSnapshot {
  private GeneratedSnapshot() {}

  /** Hands all parts to a writer, which the caller publishes; the same for any threads. */
  public static void write(
      GeneratedOptions options, SnapshotWriter out, Workers workers, Progress progress)
      throws IOException {
    new GeneratedCatalogue(options, workers, progress).write(out);
  }

  /**
   * Where the snapshots of rankers after the first are published: a directory of the same items
   * within that of the first.
   */
  public static Path directoryOf(GeneratedRanker ranker, Path directory) {
    return directory.resolve("ranker-" + ranker.label());
  }

  /**
   * Writes and publishes a snapshot for each ranker; those after the first lack the fused index.
   *
   * @param first writer of the first
   * @param others writers of the others
   * @return the first
   */
  public static Path publish(
      GeneratedOptions options,
      SnapshotWriter first,
      Map<GeneratedRanker, SnapshotWriter> others,
      Workers workers,
      Progress progress)
      throws IOException {
    GeneratedCatalogue catalogue = new GeneratedCatalogue(options, workers, progress);
    catalogue.write(first);
    Path published = first.publish();
    for (Map.Entry<GeneratedRanker, SnapshotWriter> other : others.entrySet()) {
      catalogue.writeLike(published, other.getKey(), other.getValue());
      other.getValue().publish();
    }
    return published;
  }

  /** About how many bytes the files of the snapshots of all rankers have. */
  public static long bytes(GeneratedOptions options) {
    DataSize size = GeneratedCatalogue.size(options);
    PipelineOptions unfused =
        PipelineOptions.defaults()
            .withGate(false)
            .withAls(AlsOptions.defaults().withRank(options.dim()))
            .withTower(Optional.of(TowerOptions.defaults().withDim(options.dim())))
            .withListLength(options.tableLength())
            .withFused(Optional.empty());
    PipelineOptions first =
        options.index() ? unfused.withFused(Optional.of(FusedOptions.defaults())) : unfused;
    if (options.rankers().isEmpty()) {
      return TrainingEstimate.snapshotBytes(size, first);
    }
    Optional<RankOptions> rank = Optional.of(RankOptions.defaults());
    return TrainingEstimate.snapshotBytes(size, first.withRank(rank))
        + (options.rankers().size() - 1)
            * TrainingEstimate.snapshotBytes(size, unfused.withRank(rank));
  }

  /** Opens the writers of the rankers after the first, before anything is computed. */
  public static Map<GeneratedRanker, SnapshotWriter> others(
      List<GeneratedRanker> rankers, Path directory) throws IOException {
    Map<GeneratedRanker, SnapshotWriter> writers = new LinkedHashMap<>();
    for (GeneratedRanker ranker : rankers.subList(Math.min(1, rankers.size()), rankers.size())) {
      writers.put(ranker, SnapshotWriter.under(directoryOf(ranker, directory)));
    }
    return writers;
  }
}
