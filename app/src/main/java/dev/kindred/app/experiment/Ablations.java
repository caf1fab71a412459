package dev.kindred.app.experiment;

import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.TrainedPipeline;
import dev.kindred.engine.coordinate.Routing;
import dev.kindred.engine.data.RowFilter;
import dev.kindred.engine.eval.RelatedLists;
import dev.kindred.engine.experiment.Change;
import dev.kindred.engine.experiment.ExperimentOptions;
import dev.kindred.engine.experiment.ExperimentReport;
import dev.kindred.engine.experiment.Group;
import dev.kindred.engine.experiment.ListPolicy;
import dev.kindred.engine.experiment.Metric;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.RelatedScorer;
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
 *
 * <p>What the Coordinating Network takes out reaches the pipeline's lists through the content gate
 * and beside four cleaner objectives. So it is also shown where nothing else cleans: collaborative
 * filtering of clicks alone, on all of them and on those that it keeps.
 */
public final class Ablations {
  /** Name of the whole pipeline, which the others are compared with. */
  public static final String WHOLE = "default";

  /** Name of the literal reading. */
  public static final String PAPER = "paper()";

  /** Name of collaborative filtering of all clicks. */
  public static final String CLICKS = "CF for clicking";

  /** Name of collaborative filtering of the clicks that the Coordinating Network keeps. */
  public static final String ROUTED_CLICKS = "CF for clicking, routed";

  /**
   * One pipeline.
   *
   * @param name what it lacks
   * @param against the row it is compared with, its own name if none
   * @param auc item-item AUC by the truth, a mean over worlds
   * @param aucGain over that row, with an interval over worlds
   * @param changes against that row, in percent
   * @param seconds of training, a mean
   */
  public record Row(
      String name,
      String against,
      double auc,
      Change aucGain,
      Map<Metric, Change> changes,
      double seconds) {}

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

  /** Makes them; {@code done} gets a line as each is trained. */
  public List<Row> run(Workers workers, Progress progress, Consumer<String> done) {
    List<Played> all = new ArrayList<>();
    for (int s = 0; s < seeds; s++) {
      all.add(play(s, workers, progress, done));
    }
    List<String> names = all.getFirst().names;
    List<Row> rows = new ArrayList<>();
    for (int v = 0; v < names.size(); v++) {
      int variant = v;
      int against = names.get(v).equals(ROUTED_CLICKS) ? v - 1 : 0;
      Map<Metric, Change> changes = new EnumMap<>(Metric.class);
      for (Metric metric : Metric.values()) {
        changes.put(
            metric,
            Change.mean(
                all.stream().map(one -> one.report.change(variant, against, metric)).toList()));
      }
      rows.add(
          new Row(
              names.get(v),
              names.get(against),
              all.stream().mapToDouble(one -> one.aucs.get(variant)).average().orElseThrow(),
              variant == against
                  ? Change.NONE
                  : Change.overWorlds(
                      all.stream()
                          .map(one -> one.aucs.get(variant) - one.aucs.get(against))
                          .toList()),
              changes,
              all.stream().mapToDouble(one -> one.seconds.get(variant)).average().orElseThrow()));
    }
    return List.copyOf(rows);
  }

  /** Trains all on the log of one world and plays them to its users. */
  private Played play(int s, Workers workers, Progress progress, Consumer<String> done) {
    PlayedWorld played = PlayedWorld.of(world.withSeed(world.seed() + s));
    Played out = new Played(played, TruePairs.sample(played, workers), done);
    PipelineOptions whole = variants.values().iterator().next();
    Contenders contenders = new Contenders(played, whole, workers, progress);
    Optional<Routing> routing = Optional.empty();
    for (Map.Entry<String, PipelineOptions> variant : variants.entrySet()) {
      PipelineOptions options = variant.getValue();
      long start = System.nanoTime();
      TrainedPipeline trained = contenders.train(options.withSeed(options.seed() + s));
      out.add(variant.getKey(), trained.scorer(), trained.table()::related, start);
      if (variant.getValue() == whole) {
        routing = trained.routing();
      }
    }
    if (routing.isPresent()) {
      RowFilter kept = routing.get().filter(PlayedWorld.CLICK);
      long start = System.nanoTime();
      Contenders.Filtering raw = contenders.clicks(RowFilter.ALL);
      out.add(CLICKS, raw.scorer(), raw.lists(), start);
      start = System.nanoTime();
      Contenders.Filtering routed = contenders.clicks(kept);
      out.add(ROUTED_CLICKS, routed.scorer(), routed.lists(), start);
    }
    out.report = played.play(out.groups, experiment, workers, progress);
    return out;
  }

  /** What was trained on one world and how it did. */
  private static final class Played {
    final List<String> names = new ArrayList<>();
    final List<Double> aucs = new ArrayList<>();
    final List<Double> seconds = new ArrayList<>();
    final List<Group> groups = new ArrayList<>();
    private final long seed;
    private final TruePairs pairs;
    private final Consumer<String> done;
    ExperimentReport report;

    Played(PlayedWorld world, TruePairs pairs, Consumer<String> done) {
      seed = world.world().options().seed();
      this.pairs = pairs;
      this.done = done;
    }

    /**
     * @param start of its training, in nanoseconds
     */
    void add(String name, RelatedScorer scorer, RelatedLists lists, long start) {
      seconds.add((System.nanoTime() - start) / 1e9);
      names.add(name);
      aucs.add(pairs.auc(scorer));
      groups.add(new Group(name, ListPolicy.of(lists)));
      done.accept(
          String.format(
              Locale.ROOT,
              "seed %d, %s: item-item AUC %.4f, %.0f s",
              seed,
              name,
              aucs.getLast(),
              seconds.getLast()));
    }
  }
}
