package dev.kindred.app.experiment;

import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.experiment.Change;
import dev.kindred.engine.experiment.ExperimentOptions;
import dev.kindred.engine.experiment.ExperimentReport;
import dev.kindred.engine.experiment.Metric;
import dev.kindred.engine.experiment.SplitCheck;
import dev.kindred.engine.world.WorldFamily;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The source paper's Table 1 in simulated worlds: trains the nine groups on each world's log, plays
 * them to its users, and compares them with the first.
 */
public final class TableOne {
  /**
   * One group.
   *
   * @param no from 1, as in the paper
   * @param changes against group 1, in percent, over all worlds
   * @param live the same as a service without twins would see it
   * @param filled share of the shown items that stood in for lists that were too short
   */
  public record Row(
      int no, String name, Map<Metric, Change> changes, Map<Metric, Change> live, double filled) {}

  /**
   * One world's part.
   *
   * @param seed of the world
   * @param check the A/A check
   * @param base the metrics of group 1
   * @param changes of each group
   * @param notes what the pipeline said of itself
   * @param seconds it took
   */
  public record Part(
      long seed,
      SplitCheck check,
      Map<Metric, Double> base,
      List<Map<Metric, Change>> changes,
      List<String> notes,
      double seconds) {}

  /** The table. */
  public record Result(WorldFamily family, List<Part> parts, List<Row> rows) {}

  private final WorldFamily family;
  private final WorldOptions world;
  private final int seeds;
  private final PipelineOptions pipeline;
  private final ExperimentOptions experiment;

  /**
   * A table that has not been made.
   *
   * @param world of the first seed; the others follow it
   * @param seeds how many worlds
   * @param pipeline of group 9
   */
  public TableOne(
      WorldFamily family,
      WorldOptions world,
      int seeds,
      PipelineOptions pipeline,
      ExperimentOptions experiment) {
    if (seeds < 1) {
      throw new IllegalArgumentException("seeds is " + seeds + ", must be at least 1");
    }
    this.family = family;
    this.world = world;
    this.seeds = seeds;
    this.pipeline = pipeline;
    this.experiment = experiment;
  }

  /** The kind of world. */
  public WorldFamily family() {
    return family;
  }

  /**
   * Makes it.
   *
   * @param parts gets each world's part as it is done
   */
  public Result run(Workers workers, Progress progress, Consumer<Part> parts) {
    List<Part> done = new ArrayList<>();
    List<ExperimentReport> reports = new ArrayList<>();
    for (int s = 0; s < seeds; s++) {
      long start = System.nanoTime();
      PlayedWorld played = PlayedWorld.of(world.withSeed(world.seed() + s));
      Contenders contenders =
          new Contenders(played, pipeline.withSeed(pipeline.seed() + s), workers, progress);
      ExperimentReport report = played.play(contenders.all(), experiment, workers, progress);
      List<Map<Metric, Change>> changes = new ArrayList<>();
      for (int g = 0; g < report.groups().size(); g++) {
        int group = g;
        changes.add(each(metric -> report.change(group, metric)));
      }
      Map<Metric, Double> base = new EnumMap<>(Metric.class);
      for (Metric metric : Metric.values()) {
        base.put(metric, report.value(0, metric));
      }
      Part part =
          new Part(
              played.world().options().seed(),
              report.check(),
              base,
              changes,
              contenders.notes(),
              (System.nanoTime() - start) / 1e9);
      done.add(part);
      reports.add(report);
      parts.accept(part);
    }
    List<Row> rows = new ArrayList<>();
    for (int g = 0; g < Contenders.NAMES.size(); g++) {
      int group = g;
      rows.add(
          new Row(
              g + 1,
              Contenders.NAMES.get(g),
              each(metric -> mean(reports, report -> report.change(group, metric))),
              each(metric -> mean(reports, report -> report.liveChange(group, metric))),
              reports.stream()
                  .mapToDouble(report -> report.filled(group))
                  .average()
                  .orElseThrow()));
    }
    return new Result(family, List.copyOf(done), List.copyOf(rows));
  }

  private static Change mean(
      List<ExperimentReport> reports, Function<ExperimentReport, Change> change) {
    return Change.mean(reports.stream().map(change).toList());
  }

  private static Map<Metric, Change> each(Function<Metric, Change> change) {
    Map<Metric, Change> changes = new EnumMap<>(Metric.class);
    for (Metric metric : Metric.values()) {
      changes.put(metric, change.apply(metric));
    }
    return changes;
  }
}
