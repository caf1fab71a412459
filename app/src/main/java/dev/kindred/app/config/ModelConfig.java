package dev.kindred.app.config;

import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.content.ContentOptions;
import dev.kindred.engine.coordinate.CoordinateOptions;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.fused.FusedOptions;
import dev.kindred.engine.nn.Optimizer;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.NextItemOptions;
import dev.kindred.engine.related.ScoringOptions;
import dev.kindred.engine.related.TogetherOptions;
import dev.kindred.engine.tower.TowerOptions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Reads the tables that set options of the stages; what a table leaves out keeps its default. */
final class ModelConfig {
  private ModelConfig() {}

  /**
   * The options of all stages.
   *
   * @param paper whether the literal reading of the paper is the base, whatever the file says
   * @param objectives those declared: each may have a table of its own in {@code [als]}
   * @param known which profiles there are
   * @param notes takes a line for what is as it is for want of profiles and not by the file
   */
  static PipelineOptions read(
      Section top,
      boolean paper,
      List<Objective> objectives,
      Profiles known,
      Consumer<String> notes) {
    PipelineOptions base =
        top.flag("paper", false) || paper ? PipelineOptions.paper() : known.usual();
    long seed = top.wholeNumber("seed", base.seed());
    PipelineOptions options =
        base.withSeed(seed)
            .withContent(content(top.sectionOrEmpty("content"), base.content()))
            .withCoordinate(coordinate(top.sectionOrEmpty("coordinator"), base.coordinate()))
            .withTower(tower(top.section("tower"), base.tower(), top, notes));
    options = als(top.sectionOrEmpty("als"), options, objectives);
    options = related(top.sectionOrEmpty("related"), options);
    options = options.withRank(RankConfig.read(top.sectionOrEmpty("rank"), false));
    ScoringOptions scoring = options.scoring();
    var next = next(top.sectionOrEmpty("next"), scoring.next());
    Set<String> taken = new HashSet<>();
    objectives.forEach(objective -> taken.add(objective.name()));
    next.ifPresent(counted -> taken.add(counted.name()));
    boolean counts = scoring.together().isPresent() && options.merge() != Merge.MAX;
    var together = together(top.sectionOrEmpty("together"), counts, taken, notes);
    PipelineOptions before = options;
    return top.make(() -> before.withScoring(scoring.withTogether(together).withNext(next)));
  }

  /**
   * What is taken together.
   *
   * @param usual whether it counts if the table doesn't say and its name is free
   * @param taken names of the other objectives
   */
  private static Optional<TogetherOptions> together(
      Section section, boolean usual, Set<String> taken, Consumer<String> notes) {
    TogetherOptions base = TogetherOptions.defaults();
    String name = section.text("name", base.name());
    boolean said = section.has("enabled");
    boolean enabled = section.flag("enabled", usual && !taken.contains(name));
    double weight = section.number("weight", base.weight());
    int pairs = section.positive("pairs-per-item", base.lists().maxPerItem());
    int users = section.positive("min-users", base.lists().minUsers());
    section.finish();
    TogetherOptions options =
        section.make(
            () ->
                new TogetherOptions(
                    name, weight, base.lists().withMaxPerItem(pairs).withMinUsers(users)));
    if (enabled && !said) {
      notes.accept(
          "no catalogue: what is taken together counts, as objective '"
              + name
              + "'; 'enabled = false' under [together] leaves it out");
    }
    return enabled ? Optional.of(options) : Optional.empty();
  }

  private static Optional<NextItemOptions> next(Section section, Optional<NextItemOptions> usual) {
    NextItemOptions base = usual.orElseGet(NextItemOptions::defaults);
    boolean enabled = section.flag("enabled", usual.isPresent());
    String name = section.text("name", base.name());
    double weight = section.number("weight", base.weight());
    double hours = section.number("max-gap-hours", base.maxGapMillis() / 3_600_000.0);
    double smoothing = section.number("smoothing", base.smoothing());
    section.finish();
    NextItemOptions options =
        section.make(
            () -> new NextItemOptions(name, weight, Math.round(hours * 3_600_000), smoothing));
    return enabled ? Optional.of(options) : Optional.empty();
  }

  private static PipelineOptions related(Section section, PipelineOptions base) {
    var merge = section.choice("merge", base.merge());
    var calibration = section.choice("calibration", base.scoring().calibration());
    boolean presence = section.flag("presence", base.scoring().presence());
    boolean learnWeights = section.flag("learn-weights", base.learnWeights());
    int length = section.integer("list-length", base.listLength());
    boolean index = section.flag("index", base.fused().isPresent());
    FusedOptions fused = base.fused().orElse(FusedOptions.defaults());
    int indexDim = section.integer("index-dim", fused.maxDim());
    section.finish();
    return section.make(
        () ->
            base.withMerge(merge)
                .withScoring(base.scoring().withCalibration(calibration).withPresence(presence))
                .withLearnWeights(learnWeights)
                .withListLength(length)
                .withFused(index ? Optional.of(fused.withMaxDim(indexDim)) : Optional.empty()));
  }

  private static ContentOptions content(Section section, ContentOptions base) {
    double threshold = section.number("threshold", base.threshold());
    double floor = section.number("floor", Math.min(base.floor(), threshold));
    double step = section.number("step", base.step());
    int minCandidates = section.integer("min-candidates", base.minCandidates());
    int maxPerItem = section.integer("max-per-item", base.maxPerItem());
    int topK = section.integer("top-k", base.topK());
    int minItems = section.integer("min-items", base.minItems());
    boolean idf = section.flag("idf", base.idf());
    boolean balance = section.flag("balance-fields", base.balanceFields());
    boolean weights = section.flag("field-weights", base.fieldWeights());
    int coOccurring = section.integer("co-occurring", base.coOccurring());
    section.finish();
    return section.make(
        () ->
            new ContentOptions(
                threshold,
                floor,
                step,
                minCandidates,
                maxPerItem,
                topK,
                minItems,
                idf,
                balance,
                weights,
                coOccurring));
  }

  private static Optional<CoordinateOptions> coordinate(
      Section section, Optional<CoordinateOptions> usual) {
    CoordinateOptions base = usual.orElseGet(CoordinateOptions::defaults);
    boolean enabled = section.flag("enabled", usual.isPresent());
    List<Integer> hidden = section.integers("hidden", base.hidden());
    int embeddingDim = section.integer("embedding-dim", base.embeddingDim());
    double threshold = section.number("threshold", base.threshold());
    boolean balanced = section.flag("balanced", base.balanced());
    int folds = section.integer("folds", base.folds());
    double floor = section.number("floor", base.floor());
    int negatives = section.integer("negatives", base.negatives());
    int maxPositives = section.integer("max-positives", base.maxPositives());
    int epochs = section.integer("epochs", base.epochs());
    int steps = section.integer("steps", base.steps());
    int batch = section.integer("batch", base.batch());
    double learningRate = section.number("learning-rate", base.learningRate());
    section.finish();
    CoordinateOptions options =
        section.make(
            () ->
                new CoordinateOptions(
                    hidden,
                    embeddingDim,
                    threshold,
                    balanced,
                    folds,
                    floor,
                    negatives,
                    maxPositives,
                    epochs,
                    steps,
                    batch,
                    learningRate,
                    base.seed()));
    return enabled ? Optional.of(options) : Optional.empty();
  }

  /** {@code [als]} for all objectives, and {@code [als.NAME]} on top of it for one. */
  private static PipelineOptions als(
      Section section, PipelineOptions base, List<Objective> objectives) {
    PipelineOptions options = base;
    AlsOptions all = alsKeys(section, base.als());
    for (Objective objective : objectives) {
      String name = objective.name();
      Optional<Section> own = section.section(name);
      AlsOptions preset = base.alsFor().get(name);
      if (own.isPresent() || preset != null) {
        AlsOptions changed = alsKeys(section, preset == null ? base.als() : preset);
        options = options.withAlsFor(name, own.map(keys -> only(keys, changed)).orElse(changed));
      }
    }
    section.finish();
    return options.withAls(all);
  }

  private static AlsOptions only(Section section, AlsOptions base) {
    AlsOptions options = alsKeys(section, base);
    section.finish();
    return options;
  }

  private static AlsOptions alsKeys(Section section, AlsOptions base) {
    int rank = section.integer("rank", base.rank());
    int iterations = section.integer("iterations", base.iterations());
    double regularization = section.number("regularization", base.regularization());
    double alpha = section.number("alpha", base.alpha());
    var convention = section.choice("convention", base.convention());
    double unobserved = section.number("unobserved-weight", base.unobservedWeight());
    double exponent = section.number("frequency-exponent", base.frequencyExponent());
    double popularityExponent = section.number("popularity-exponent", base.popularityExponent());
    double tolerance = section.number("tolerance", base.tolerance());
    var solver = section.choice("solver", base.solver());
    return section.make(
        () ->
            base.withRank(rank)
                .withIterations(iterations)
                .withRegularization(regularization)
                .withAlpha(alpha)
                .withConvention(convention)
                .withUnobservedWeight(unobserved)
                .withFrequencyExponent(exponent)
                .withPopularityExponent(popularityExponent)
                .withTolerance(tolerance)
                .withSolver(solver));
  }

  /** The networks: the usual ones, and any that a table asks for. */
  private static Optional<TowerOptions> tower(
      Optional<Section> given, Optional<TowerOptions> usual, Section top, Consumer<String> notes) {
    Section section = given.orElseGet(() -> top.sectionOrEmpty("tower"));
    TowerOptions base = usual.orElseGet(TowerOptions::defaults);
    boolean enabled = section.flag("enabled", usual.isPresent() || given.isPresent());
    if (given.isEmpty() && usual.isEmpty()) {
      notes.accept(
          "no profiles of items or users: no two-tower networks, which of ids alone learn no more"
              + " than factors do; 'enabled = true' under [tower] trains them");
    }
    List<Integer> hidden = section.integers("hidden", base.hidden());
    int dim = section.integer("dim", base.dim());
    boolean reluOutput = section.flag("relu-output", base.reluOutput());
    boolean skip = section.flag("skip", base.skip());
    int embeddingDim = section.integer("embedding-dim", base.embeddingDim());
    var start = section.choice("start", base.start());
    int history = section.integer("history", base.history());
    var loss = section.choice("loss", base.loss());
    double scale = section.number("scale", base.scale());
    boolean learnScale = section.flag("learn-scale", base.learnScale());
    int negatives = section.integer("negatives", base.negativesFor(loss));
    boolean batchNegatives = section.flag("batch-negatives", base.batchNegatives());
    double popularityExponent = section.number("popularity-exponent", base.popularityExponent());
    double correction = section.number("correction", base.correction());
    double margin = section.number("margin", base.margin());
    double negativeWeight = section.number("negative-weight", base.negativeWeight());
    double dropout = section.number("dropout", base.dropout());
    double unknownIds = section.number("unknown-ids", base.unknownIds());
    Optimizer optimizer = optimizer(section, base.optimizer());
    boolean anneal = section.flag("anneal", base.anneal());
    int batch = section.integer("batch", base.batch());
    int epochs = section.integer("epochs", base.epochs());
    int epochSamples = section.integer("epoch-samples", base.epochSamples());
    int patience = section.integer("patience", base.patience());
    boolean smooth = section.flag("smooth", base.smooth());
    section.finish();
    TowerOptions options =
        section.make(
            () ->
                new TowerOptions(
                    hidden,
                    dim,
                    reluOutput,
                    skip,
                    embeddingDim,
                    start,
                    history,
                    loss,
                    scale,
                    learnScale,
                    negatives,
                    batchNegatives,
                    popularityExponent,
                    correction,
                    base.popularity(),
                    margin,
                    negativeWeight,
                    dropout,
                    unknownIds,
                    optimizer,
                    anneal,
                    batch,
                    epochs,
                    epochSamples,
                    patience,
                    smooth,
                    base.seed()));
    return enabled ? Optional.of(options) : Optional.empty();
  }

  /** The optimiser of {@code base} with other numbers, or another one. */
  private static Optimizer optimizer(Section section, Optimizer base) {
    Optimizer chosen = section.choice("optimizer", OptimizerName.of(base)).insteadOf(base);
    double rate = section.number("learning-rate", chosen.learningRate());
    double decay = section.number("weight-decay", chosen.weightDecay());
    return section.make(() -> chosen.withLearningRate(rate).withWeightDecay(decay));
  }
}
