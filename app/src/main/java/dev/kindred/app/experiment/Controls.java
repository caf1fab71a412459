package dev.kindred.app.experiment;

import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.TrainedPipeline;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.experiment.Change;
import dev.kindred.engine.experiment.ExperimentOptions;
import dev.kindred.engine.experiment.ExperimentReport;
import dev.kindred.engine.experiment.Group;
import dev.kindred.engine.experiment.ListPolicy;
import dev.kindred.engine.experiment.Metric;
import dev.kindred.engine.related.ObjectiveWeights;
import dev.kindred.engine.world.WorldFamily;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Worlds in which a win would be a mistake of the experiment: without noise the Coordinating
 * Network has nothing to remove, where nothing brings users back there are no weights to learn, and
 * where there is nothing but popularity no list can beat the popular one.
 */
public final class Controls {
  /** The columns of Table 1: visits follow from them. */
  private static final List<Metric> COLUMNS =
      List.of(Metric.CLICKING, Metric.PLAYED_TIME, Metric.SATISFACTION, Metric.NEGATIVE);

  /**
   * One control.
   *
   * @param world in which
   * @param expected what must come out
   * @param held whether it did
   * @param found in words
   * @param changes that it rests on; empty for weights
   */
  public record Control(
      WorldFamily world,
      String expected,
      boolean held,
      String found,
      Map<Metric, Change> changes) {}

  private final int size; // percent of the families' own
  private final int seeds;
  private final long seed;
  private final PipelineOptions pipeline;
  private final ExperimentOptions experiment;

  /**
   * Controls that have not been made.
   *
   * @param sizePercent of the worlds' items, users and samples
   * @param seed of the first world
   */
  public Controls(
      int sizePercent,
      long seed,
      int seeds,
      PipelineOptions pipeline,
      ExperimentOptions experiment) {
    size = sizePercent;
    this.seed = seed;
    this.seeds = seeds;
    this.pipeline = pipeline;
    this.experiment = experiment;
  }

  /** Makes all three. */
  public List<Control> run(Workers workers, Progress progress) {
    return List.of(
        noNoise(workers, progress),
        retentionIndependent(workers, progress),
        popularityOnly(workers, progress));
  }

  private PlayedWorld world(WorldFamily family, int s) {
    WorldOptions options = family.options();
    return PlayedWorld.of(scaled(options, size).withSeed(seed + s));
  }

  /** The same laws with that percentage of users, items and samples. */
  public static WorldOptions scaled(WorldOptions options, int percent) {
    return options.withSize(
        (int) ((long) options.items() * percent / 100),
        (int) ((long) options.users() * percent / 100),
        (int) ((long) options.samples() * percent / 100));
  }

  private Control noNoise(Workers workers, Progress progress) {
    List<Map<Metric, Change>> worlds = new ArrayList<>();
    for (int s = 0; s < seeds; s++) {
      PlayedWorld played = world(WorldFamily.NO_NOISE, s);
      PipelineOptions options = pipeline.withSeed(pipeline.seed() + s);
      Contenders contenders = new Contenders(played, options, workers, progress);
      List<Group> groups =
          List.of(
              group("without", contenders.train(options.withCoordinate(Optional.empty()))),
              group("with", contenders.train(options)));
      worlds.add(changes(played.play(groups, experiment, workers, progress)));
    }
    return noNoise(worlds);
  }

  /** The verdict on what the Coordinating Network changed in each world without noise. */
  static Control noNoise(List<Map<Metric, Change>> worlds) {
    Map<Metric, Change> changes = mean(worlds);
    boolean held = COLUMNS.stream().noneMatch(metric -> isGain(metric, changes.get(metric)));
    return new Control(
        WorldFamily.NO_NOISE,
        "no gain by the Coordinating Network",
        held,
        held
            ? "no column of the pipeline with it is clearly better than without"
            : "a column of the pipeline with it is clearly better than without",
        changes);
  }

  private Control retentionIndependent(Workers workers, Progress progress) {
    List<ObjectiveWeights> worlds = new ArrayList<>();
    for (int s = 0; s < seeds; s++) {
      PlayedWorld played = world(WorldFamily.RETENTION_INDEPENDENT, s);
      // Weights are learned from the routed log alone, whatever the channels.
      PipelineOptions options =
          pipeline
              .withSeed(pipeline.seed() + s)
              .withLinear(true)
              .withTower(Optional.empty())
              .withAls(AlsOptions.defaults().withRank(8).withIterations(2));
      TrainedPipeline trained = new Contenders(played, options, workers, progress).train(options);
      worlds.add(trained.scorer().weights());
    }
    return retentionIndependent(worlds);
  }

  /** The verdict on the weights of each world where nothing brings users back. */
  static Control retentionIndependent(List<ObjectiveWeights> worlds) {
    long equal = worlds.stream().filter(weights -> !weights.learned()).count();
    return new Control(
        WorldFamily.RETENTION_INDEPENDENT,
        "equal weights",
        equal == worlds.size(),
        equal
            + " of "
            + worlds.size()
            + " worlds gave equal weights; the last: "
            + worlds.getLast().note(),
        Map.of());
  }

  private Control popularityOnly(Workers workers, Progress progress) {
    List<Map<Metric, Change>> worlds = new ArrayList<>();
    for (int s = 0; s < seeds; s++) {
      PlayedWorld played = world(WorldFamily.POPULARITY_ONLY, s);
      PipelineOptions options = pipeline.withSeed(pipeline.seed() + s);
      Contenders contenders = new Contenders(played, options, workers, progress);
      List<Group> groups =
          List.of(
              new Group("popularity", ListPolicy.of(played.popular())),
              group("pipeline", contenders.train(options)));
      worlds.add(changes(played.play(groups, experiment, workers, progress)));
    }
    return popularityOnly(worlds);
  }

  /**
   * The verdict on how the pipeline differs from the popular items in each world without tastes.
   */
  static Control popularityOnly(List<Map<Metric, Change>> worlds) {
    Map<Metric, Change> changes = mean(worlds);
    List<String> gains =
        COLUMNS.stream()
            .filter(metric -> isGain(metric, changes.get(metric)))
            .map(Metric::label)
            .toList();
    return new Control(
        WorldFamily.POPULARITY_ONLY,
        "no win of the pipeline over the list of popular items",
        gains.isEmpty(),
        gains.isEmpty()
            ? "no column is clearly better than that of the popular items"
            : "clearly better than the popular items: " + gains,
        changes);
  }

  private static Group group(String name, TrainedPipeline trained) {
    return new Group(name, ListPolicy.of(trained.table()::related));
  }

  static boolean isGain(Metric metric, Change change) {
    return metric == Metric.NEGATIVE ? change.isFall() : change.isRise();
  }

  /** Of the second group against the first. */
  private static Map<Metric, Change> changes(ExperimentReport report) {
    Map<Metric, Change> changes = new EnumMap<>(Metric.class);
    for (Metric metric : Metric.values()) {
      changes.put(metric, report.change(1, 0, metric));
    }
    return changes;
  }

  private static Map<Metric, Change> mean(List<Map<Metric, Change>> worlds) {
    Map<Metric, Change> mean = new EnumMap<>(Metric.class);
    for (Metric metric : Metric.values()) {
      mean.put(metric, Change.mean(worlds.stream().map(world -> world.get(metric)).toList()));
    }
    return mean;
  }
}
