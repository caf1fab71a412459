package dev.kindred.app.demo;

import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.tower.TowerOptions;
import dev.kindred.engine.world.WorldOptions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What the demonstration simulates and how it trains.
 *
 * @param world what is simulated
 * @param pipeline how it is learned from
 * @param testShare of the log, its end, that is held out
 */
public record DemoOptions(WorldOptions world, PipelineOptions pipeline, double testShare) {
  public DemoOptions {
    Objects.requireNonNull(world, "world");
    Objects.requireNonNull(pipeline, "pipeline");
    if (!(testShare > 0 && testShare < 1)) {
      throw new IllegalArgumentException(
          "testShare of the demo is " + testShare + ", must be between 0 and 1");
    }
  }

  /** The whole world; towers trained for a third of the usual epochs. */
  public static DemoOptions defaults() {
    TowerOptions tower = TowerOptions.defaults().withEpochs(10);
    return new DemoOptions(
        WorldOptions.defaults(), PipelineOptions.defaults().withTower(Optional.of(tower)), 0.2);
  }

  /** A smaller world and smaller models. */
  public static DemoOptions quick() {
    TowerOptions tower =
        TowerOptions.defaults()
            .withHidden(List.of(32))
            .withDim(32)
            .withEmbeddingDim(16)
            .withEpochs(4);
    return new DemoOptions(
        WorldOptions.defaults().withSize(600, 1_000, 80_000),
        PipelineOptions.defaults()
            .withAls(AlsOptions.defaults().withRank(32).withIterations(8))
            .withTower(Optional.of(tower)),
        0.2);
  }

  /** Another world and other draws in training. */
  public DemoOptions withSeed(long seed) {
    return new DemoOptions(world.withSeed(seed), pipeline.withSeed(seed), testShare);
  }

  public DemoOptions withWorld(WorldOptions value) {
    return new DemoOptions(value, pipeline, testShare);
  }

  public DemoOptions withPipeline(PipelineOptions value) {
    return new DemoOptions(world, value, testShare);
  }
}
