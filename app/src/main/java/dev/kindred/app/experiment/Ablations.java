package dev.kindred.app.experiment;

import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.TrainedPipeline;
import dev.kindred.engine.experiment.Change;
import dev.kindred.engine.experiment.ExperimentOptions;
import dev.kindred.engine.experiment.ExperimentReport;
import dev.kindred.engine.experiment.Group;
import dev.kindred.engine.experiment.ListPolicy;
import dev.kindred.engine.experiment.Metric;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.tower.TowerOptions;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What each stage of the pipeline is worth: the whole one beside some that lack a stage, trained on
 * the same logs and played to the same users.
 */
public final class Ablations {
  /** Name of the whole pipeline, which the others are compared with. */
  public static final String WHOLE = "default";

  /** Name of the literal reading. */
  public static final String PAPER = "paper()";

  /**
   * One pipeline.
   *
   * @param name what it lacks
   * @param auc item-item AUC by the truth, a mean over worlds
   * @param aucGain over the whole pipeline, with an interval over worlds
   * @param changes against the whole pipeline, in percent
   * @param seconds of training, a mean
   */
  public record Row(
      String name, double auc, Change aucGain, Map<Metric, Change> changes, double seconds) {}

  private final WorldOptions world;
  private final int seeds;
  private final Map<String, PipelineOptions> variants;
  private final ExperimentOptions experiment;

  /**
   * Ablations that have not been made.
   *
   * @param world of the first seed; the others follow it
   * @param variants name to options, the whole pipeline first
   */
  public Ablations(
      WorldOptions world,
      int seeds,
      Map<String, PipelineOptions> variants,
      ExperimentOptions experiment) {
    this.world = world;
    this.seeds = seeds;
    this.variants = new LinkedHashMap<>(variants);
    this.experiment = experiment;
  }

  /**
   * One without each stage, and the literal reading of the paper.
   *
   * @param paperEpochs of its networks; the paper has 100
   */
  public static Map<String, PipelineOptions> variants(PipelineOptions whole, int paperEpochs) {
    TowerOptions paperTower = TowerOptions.paper().withEpochs(paperEpochs);
    Map<String, PipelineOptions> variants = new LinkedHashMap<>();
    variants.put(WHOLE, whole);
    variants.put("without content gate", whole.withGate(false));
    variants.put("without Coordinating Network", whole.withCoordinate(Optional.empty()));
    variants.put("without linear channel", whole.withLinear(false));
    variants.put("without non-linear channel", whole.withTower(Optional.empty()));
    variants.put("raw maximum", whole.withMerge(Merge.MAX));
    variants.put("equal weights", whole.withLearnWeights(false));
    variants.put(PAPER, PipelineOptions.paper().withTower(Optional.of(paperTower)));
    return variants;
  }

  /** Makes them; {@code done} gets a line as each pipeline is trained. */
  public List<Row> run(Workers workers, Progress progress, Consumer<String> done) {
    List<String> names = List.copyOf(variants.keySet());
    List<ExperimentReport> reports = new ArrayList<>();
    List<double[]> aucs = new ArrayList<>();
    double[] seconds = new double[names.size()];
    for (int s = 0; s < seeds; s++) {
      PlayedWorld played = PlayedWorld.of(world.withSeed(world.seed() + s));
      TruePairs pairs = TruePairs.sample(played, workers);
      List<Group> groups = new ArrayList<>();
      double[] auc = new double[names.size()];
      for (int v = 0; v < names.size(); v++) {
        PipelineOptions options = variants.get(names.get(v));
        long start = System.nanoTime();
        Contenders contenders = new Contenders(played, options, workers, progress);
        TrainedPipeline trained = contenders.train(options.withSeed(options.seed() + s));
        double took = (System.nanoTime() - start) / 1e9;
        seconds[v] += took / seeds;
        auc[v] = pairs.auc(trained.scorer());
        groups.add(new Group(names.get(v), ListPolicy.of(trained.table()::related)));
        done.accept(
            String.format(
                Locale.ROOT,
                "seed %d, %s: item-item AUC %.4f, %.0f s",
                played.world().options().seed(),
                names.get(v),
                auc[v],
                took));
      }
      aucs.add(auc);
      reports.add(played.play(groups, experiment, workers, progress));
    }
    List<Row> rows = new ArrayList<>();
    for (int v = 0; v < names.size(); v++) {
      int variant = v;
      Map<Metric, Change> changes = new EnumMap<>(Metric.class);
      for (Metric metric : Metric.values()) {
        changes.put(
            metric,
            Change.mean(reports.stream().map(report -> report.change(variant, metric)).toList()));
      }
      rows.add(
          new Row(
              names.get(v),
              aucs.stream().mapToDouble(auc -> auc[variant]).average().orElseThrow(),
              Change.mean(aucs.stream().map(auc -> Change.exact(auc[variant] - auc[0])).toList()),
              changes,
              seconds[v]));
    }
    return List.copyOf(rows);
  }
}
