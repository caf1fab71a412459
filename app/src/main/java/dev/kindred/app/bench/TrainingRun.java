package dev.kindred.app.bench;

import dev.kindred.app.config.TrainConfig;
import dev.kindred.app.config.TrainingData;
import dev.kindred.engine.Pipeline;
import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.TrainedPipeline;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One training from files to a published snapshot, and what each of its stages took. Immutable.
 *
 * @param samples rows of the log
 * @param users of the log
 * @param items of the catalogue
 * @param objectives K
 * @param snapshot where it was published
 * @param seconds stage to its time, in the order in which they ran, reading and publishing included
 */
public record TrainingRun(
    int samples, int users, int items, int objectives, Path snapshot, Map<String, Double> seconds) {
  /** The stage that reads the log and the catalogues. */
  public static final String READ = "read";

  /** The stage that writes the snapshot. */
  public static final String PUBLISH = "publish";

  /** Trains as {@code kindred train} does, on the files of a configuration. */
  public static TrainingRun of(
      TrainConfig config,
      PipelineOptions options,
      SnapshotWriter writer,
      Workers workers,
      Progress progress)
      throws IOException {
    Map<String, Double> seconds = new LinkedHashMap<>();
    long start = System.nanoTime();
    TrainingData data = TrainingData.read(config, progress);
    seconds.put(READ, secondsSince(start));
    TrainedPipeline trained = Pipeline.train(data.input(), options, workers, progress);
    seconds.putAll(trained.seconds());
    start = System.nanoTime();
    trained.writeTo(writer, workers, progress);
    Path snapshot = writer.publish();
    seconds.put(PUBLISH, secondsSince(start));
    return new TrainingRun(
        data.input().events().size(),
        data.input().events().users().size(),
        data.input().events().items().size(),
        data.input().events().objectives().size(),
        snapshot,
        seconds);
  }

  private static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) / 1e9;
  }

  /** Time of all stages. */
  public double totalSeconds() {
    return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /**
   * How each stage that both runs have grew from this one to a larger one: the exponent p of
   * seconds ~ samples^p. 1 is in proportion, 2 quadratic.
   *
   * @param larger a run on more samples
   * @throws IllegalArgumentException if the other has no more samples
   */
  public Map<String, Double> growthTo(TrainingRun larger) {
    if (larger.samples <= samples) {
      throw new IllegalArgumentException(
          "growth from %d samples to %d; the second must be more"
              .formatted(samples, larger.samples));
    }
    Map<String, Double> growth = new LinkedHashMap<>();
    for (String stage : stages(List.of(this, larger))) {
      if (seconds.containsKey(stage) && larger.seconds.containsKey(stage)) {
        growth.put(stage, exponent(seconds.get(stage), larger.seconds.get(stage), samples, larger));
      }
    }
    return growth;
  }

  /** The same exponent of all stages together. */
  public double totalGrowthTo(TrainingRun larger) {
    return exponent(totalSeconds(), larger.totalSeconds(), samples, larger);
  }

  private static double exponent(double before, double after, int samples, TrainingRun larger) {
    return Math.log(after / before) / Math.log((double) larger.samples / samples);
  }

  /** Names of all stages of some runs, in the order of the longest of them. */
  public static List<String> stages(List<TrainingRun> runs) {
    return runs.stream()
        .sorted((a, b) -> Integer.compare(b.seconds.size(), a.seconds.size()))
        .flatMap(run -> run.seconds.keySet().stream())
        .distinct()
        .toList();
  }
}
