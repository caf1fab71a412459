package dev.kindred.engine.rank;

import dev.kindred.engine.Pipeline;
import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.TrainedPipeline;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.world.World;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A small simulated site, trained to recommend. */
public final class TrainedWorld {
  public static final World WORLD =
      World.generate(WorldOptions.defaults().withSize(200, 150, 9_000));

  /** Small networks and quotas: the quotas hold less than the catalogue. */
  public static final RankOptions OPTIONS =
      RankOptions.defaults()
          .withRetrieval(
              RankOptions.defaults()
                  .retrieval()
                  .withHidden(List.of(32))
                  .withDim(16)
                  .withEmbeddingDim(8)
                  .withEpochs(1))
          .withRanker(
              RankOptions.defaults()
                  .ranker()
                  .withExperts(2)
                  .withHidden(List.of(16))
                  .withTowerHidden(List.of(8))
                  .withEmbeddingDim(8)
                  .withEpochs(1))
          .withQuotas(new SourceQuotas(40, 20, 10, 20, 10))
          .withHistory(20)
          .withShown(30)
          .withTopic("styles")
          .withSeries("series")
          .withPosition("position");

  private TrainedWorld() {}

  public static TrainedPipeline train(RankOptions options, int threads) {
    try (Workers workers = Workers.of(threads)) {
      return Pipeline.train(
          new PipelineInput(WORLD.events(), WORLD.items(), WORLD.users(), WORLD.searches()),
          PipelineOptions.defaults()
              .withCoordinate(Optional.empty())
              .withAls(AlsOptions.defaults().withRank(8).withIterations(3))
              .withTower(Optional.empty())
              .withRank(Optional.of(options)),
          workers,
          Progress.none());
    }
  }

  /** Publishes a snapshot. */
  public static Path write(TrainedPipeline trained, Path target) throws IOException {
    try (SnapshotWriter out = SnapshotWriter.into(target)) {
      trained.writeTo(out);
      return out.publish();
    }
  }
}
