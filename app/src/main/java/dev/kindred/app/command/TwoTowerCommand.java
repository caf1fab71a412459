package dev.kindred.app.command;

import dev.kindred.app.config.OptimizerName;
import dev.kindred.app.output.ConstantName;
import dev.kindred.app.output.TextTable;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Interactions.Duplicates;
import dev.kindred.engine.data.SplitFiles;
import dev.kindred.engine.eval.FactorScores;
import dev.kindred.engine.eval.PopularityScores;
import dev.kindred.engine.eval.TopNEvaluator;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.tower.TowerLoss;
import dev.kindred.engine.tower.TowerModel;
import dev.kindred.engine.tower.TowerOptions;
import dev.kindred.engine.tower.TowerStart;
import dev.kindred.engine.tower.TwoTower;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kindred two-tower}: trains one two-tower network on a split, ids only, and rates it. */
@Command(
    name = "two-tower",
    description = "Train a two-tower network on a split and measure its top-N lists.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred two-tower --train train.txt.gz --test test.txt.gz -k 20 --json",
      "  kindred two-tower --train train.csv --test test.csv --paper --epochs 10",
      "  kindred two-tower --train train.csv --test test.csv --hidden 256 --dim 128 \\",
      "      --history 50",
      "  kindred two-tower --train train.csv --test test.csv --loss bpr"
    })
final class TwoTowerCommand extends KindredCommand {
  @Option(
      names = "--train",
      required = true,
      paramLabel = "FILE",
      description = "Pairs to learn from: 'user item item ...' lines or user,item[,value] CSV.")
  private Path train;

  @Option(
      names = "--test",
      required = true,
      paramLabel = "FILE",
      description = "Pairs to find, in the same format.")
  private Path test;

  @Option(
      names = "-k",
      paramLabel = "N",
      defaultValue = "20",
      description = "Length of the lists (default: ${DEFAULT-VALUE}).")
  private int k;

  @Option(names = "--paper", description = "Start from the paper's network and training.")
  private boolean paper;

  @Option(names = "--dim", paramLabel = "N", description = "Learned values of a vector.")
  private Integer dim;

  @Option(
      names = "--embedding-dim",
      paramLabel = "N",
      description = "Length of the embeddings (default: --dim where that is given).")
  private Integer embeddingDim;

  @Option(
      names = "--hidden",
      split = ",",
      arity = "0..1",
      fallbackValue = "",
      paramLabel = "N",
      description = "Widths of the hidden layers; --hidden= for none.")
  private List<String> hidden;

  @Option(
      names = "--start",
      paramLabel = "WHERE",
      completionCandidates = ConstantNames.TowerStarts.class,
      description = "Where the vectors of ids stand before training: ${COMPLETION-CANDIDATES}.")
  private TowerStart start;

  @Option(
      names = "--history",
      paramLabel = "N",
      description = "How many of a user's items the user tower averages, 0 = none.")
  private Integer history;

  @Option(
      names = "--loss",
      paramLabel = "LOSS",
      completionCandidates = ConstantNames.TowerLosses.class,
      description = "One of: ${COMPLETION-CANDIDATES}.")
  private TowerLoss loss;

  @Option(
      names = "--scale",
      paramLabel = "S",
      description =
          "Of the cosine within scaled-cross-entropy, bpr and sampled-softmax, 1 to 200; 0 = by the"
              + " number of items.")
  private Double scale;

  @Option(
      names = "--learn-scale",
      description =
          "Learn the scale too, from --scale on, with scaled-cross-entropy, bpr and"
              + " sampled-softmax.")
  private boolean learnScale;

  @Option(
      names = "--negatives",
      paramLabel = "N",
      description =
          "Items drawn as negatives. With sampled-softmax and cosine-contrastive: for a whole"
              + " batch, beside its own items (default: 0). With the other losses: for each"
              + " positive, at least 1 (default: 4).")
  private Integer negatives;

  @Option(
      names = "--no-batch-negatives",
      description = "Don't take the other items of a batch as negatives, only the sampled ones.")
  private boolean noBatchNegatives;

  @Option(
      names = "--popularity-exponent",
      paramLabel = "E",
      description = "Negatives are drawn by popularity to this power; with --negatives.")
  private Double popularityExponent;

  @Option(
      names = "--correction",
      paramLabel = "C",
      description = "Share of log Q taken off the logits of sampled-softmax, 0 to 1.")
  private Double correction;

  @Option(
      names = "--popularity",
      paramLabel = "S",
      description =
          "Share of the log of an item's popularity, 0 to 2, that its score gets beside the cosine,"
              + " with sampled-softmax; 0 = none.")
  private Double popularity;

  @Option(
      names = "--margin",
      paramLabel = "M",
      description = "Cosine up to which a negative costs nothing with cosine-contrastive.")
  private Double margin;

  @Option(
      names = "--negative-weight",
      paramLabel = "W",
      description = "Of the mean over the negatives with cosine-contrastive.")
  private Double negativeWeight;

  @Option(
      names = "--dropout",
      paramLabel = "S",
      description = "Share of the inputs dropped in training.")
  private Double dropout;

  @Option(
      names = "--weight-decay",
      paramLabel = "D",
      description = "Share of a weight lost per step and unit of learning rate.")
  private Double weightDecay;

  @Option(names = "--epochs", paramLabel = "N", description = "At most.")
  private Integer epochs;

  @Option(
      names = "--patience",
      paramLabel = "N",
      description = "Epochs without a better recall before stopping; 0 = run all epochs.")
  private Integer patience;

  @Option(names = "--batch", paramLabel = "N", description = "Examples per step.")
  private Integer batch;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      completionCandidates = ConstantNames.Optimizers.class,
      description = "One of: ${COMPLETION-CANDIDATES}; each brings its own --learning-rate.")
  private OptimizerName optimizer;

  @Option(
      names = "--learning-rate",
      paramLabel = "R",
      description = "Of the optimizer; by default 0.001 with adam, 0.01 with the other two.")
  private Double learningRate;

  @Option(
      names = "--anneal",
      description = "Let the learning rate fall along a cosine, to 0 at the end of --epochs.")
  private boolean anneal;

  @Option(
      names = "--smooth",
      description = "Let vectors lean towards their neighbours', as far as held-out pairs say.")
  private boolean smooth;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "Write the model to a safetensors file.")
  private Path save;

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description = "Keep the training here after each epoch; a run that finds it goes on.")
  private Path checkpoint;

  @Override
  protected void run() throws IOException {
    TowerOptions options = options(this::towerOptions);
    if (k < 1) {
      throw usage("-k is " + k + ", must be at least 1");
    }
    new RunFiles()
        .reads("--train", train)
        .reads("--test", test)
        .writes("--save", save)
        .writes("--checkpoint", checkpoint)
        .requireApart(this);
    Stream.of(save, checkpoint).filter(Objects::nonNull).forEach(Destination::file);
    SplitFiles.Split split =
        TestPart.toFind(
            SplitFiles.read(train, test, new Ids(), new Ids(), Duplicates.SUM, this::note),
            train,
            test,
            this::note);
    List<Map<String, Object>> results = new ArrayList<>();
    try (Workers workers = Workers.of(threads())) {
      TopNEvaluator.Report popularity =
          TopNEvaluator.evaluate(
              new PopularityScores(split.train()),
              split.train(),
              split.test(),
              k,
              workers,
              progress());
      results.add(report("popularity", popularity, split));
      write(results.getLast());
      results.add(towers(split, options, workers));
      write(results.getLast());
      noteIfNoBetter(results.getLast(), popularity, options);
    }
    if (!json()) {
      print(results);
    }
  }

  private Map<String, Object> towers(SplitFiles.Split split, TowerOptions options, Workers workers)
      throws IOException {
    Interactions positives = split.train();
    long start = System.nanoTime();
    TowerModel model;
    try (KeptCheckpoint _ = KeptCheckpoint.of(checkpoint, this::note)) {
      model =
          TwoTower.train(
              positives,
              FeatureTable.ofIds(positives.rows()),
              FeatureTable.ofIds(positives.columns()),
              options,
              Optional.ofNullable(checkpoint),
              workers,
              progress());
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    model.notes().forEach(this::note);
    if (save != null) {
      Destination.file(save).fill(() -> model.save(save));
    }
    TopNEvaluator.Report report =
        TopNEvaluator.evaluate(
            new FactorScores(model.userVectors(), model.itemVectors(), model.dim()),
            positives,
            split.test(),
            k,
            workers,
            progress());
    Map<String, Object> result = report("two-tower", report, split);
    result.put("trainSeconds", Math.round(seconds * 1000) / 1000.0);
    result.put("epochs", model.epochs());
    result.put("bestEpoch", model.bestEpoch());
    if (model.recalls().length > 0) {
      result.put("validationRecall", model.recalls()[model.bestEpoch() - 1]);
    }
    result.put("modelHash", model.hash());
    return result;
  }

  /** An epoch of few pairs is a few steps of the usual batch: patience may end it too early. */
  private void noteIfNoBetter(
      Map<String, Object> towers, TopNEvaluator.Report popularity, TowerOptions options) {
    if (!((double) towers.get("recall@" + k) > popularity.recall())) {
      note(
          "two-tower: its recall is no better than popularity's: try a smaller --batch"
              + ((int) towers.get("epochs") < options.epochs() ? ", --patience 0" : "")
              + " or more --epochs");
    }
  }

  private Map<String, Object> report(
      String model, TopNEvaluator.Report report, SplitFiles.Split split) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("model", model);
    result.put("recall@" + k, report.recall());
    result.put("ndcg@" + k, report.ndcg());
    result.put("hr@" + k, report.hitRate());
    TestPart.Counts.of(split).addTo(result);
    return result;
  }

  private void write(Map<String, Object> result) {
    if (json()) {
      jsonLines().write(result);
    }
  }

  private void print(List<Map<String, Object>> results) {
    TextTable table =
        new TextTable("model", ">recall@" + k, ">ndcg@" + k, ">hr@" + k, ">seconds", ">epochs");
    for (Map<String, Object> result : results) {
      table.row(
          result.get("model"),
          number(result.get("recall@" + k)),
          number(result.get("ndcg@" + k)),
          number(result.get("hr@" + k)),
          result.get("trainSeconds"),
          result.get("epochs"));
    }
    table.print(out());
  }

  private static String number(Object value) {
    return String.format(Locale.ROOT, "%.5f", (double) value);
  }

  private TowerOptions towerOptions() {
    TowerOptions o = paper ? TowerOptions.paper() : TowerOptions.defaults();
    TowerLoss used = loss == null ? o.loss() : loss;
    int drawn = negatives == null ? o.negativesFor(used) : negatives;
    // First, or somebody mends a value only to be told then to leave an option out.
    refuseWhatSaysNothing(used, drawn);
    if (seed().isPresent()) {
      o = o.withSeed(seed().getAsLong());
    }
    o = dim == null ? o : o.withDim(dim).withEmbeddingDim(dim);
    o = embeddingDim == null ? o : o.withEmbeddingDim(embeddingDim);
    o = hidden == null ? o : o.withHidden(widths());
    o = start == null ? o : o.withStart(start);
    o = history == null ? o : o.withHistory(history);
    o = scale == null ? o : o.withScale(scale);
    o = epochs == null ? o : o.withEpochs(epochs);
    o = anneal ? o.withAnneal(true) : o;
    o = smooth ? o.withSmooth(true) : o;
    o = patience == null ? o : o.withPatience(patience);
    o = popularityExponent == null ? o : o.withPopularityExponent(popularityExponent);
    o = correction == null ? o : o.withCorrection(correction);
    o = margin == null ? o : o.withMargin(margin);
    o = negativeWeight == null ? o : o.withNegativeWeight(negativeWeight);
    o = dropout == null ? o : o.withDropout(dropout);
    o = o.withLoss(used, drawn, batch == null ? o.batch() : batch);
    o = learnScale ? o.withLearnScale(true) : o;
    o = popularity == null ? o : o.withPopularity(popularity);
    o = noBatchNegatives ? o.withBatchNegatives(false) : o;
    if (optimizer != null) {
      o = o.withOptimizer(optimizer.insteadOf(o.optimizer()));
    }
    if (learningRate != null) {
      o = o.withOptimizer(o.optimizer().withLearningRate(learningRate));
    }
    if (weightDecay != null) {
      o = o.withOptimizer(o.optimizer().withWeightDecay(weightDecay));
    }
    return o;
  }

  private void refuseWhatSaysNothing(TowerLoss used, int drawn) {
    refuse("--scale", scale != null && !used.hasScale(), used);
    refuse("--learn-scale", learnScale && !used.hasScale(), used);
    if (popularityExponent != null && drawn == 0 && used.sharesNegatives()) {
      throw usage(
          "--popularity-exponent would have no effect with --negatives 0, as no negatives are"
              + " drawn; leave it out or draw some");
    }
    if (used != TowerLoss.COSINE_CONTRASTIVE) {
      refuse("--margin", margin != null, used);
      refuse("--negative-weight", negativeWeight != null, used);
    }
    if (used != TowerLoss.SAMPLED_SOFTMAX) {
      refuse("--correction", correction != null, used);
      refuse("--popularity", popularity != null, used);
    }
    refuse("--no-batch-negatives", noBatchNegatives && !used.sharesNegatives(), used);
  }

  private void refuse(String option, boolean given, TowerLoss used) {
    if (given) {
      throw usage(
          option + " would have no effect with --loss " + ConstantName.of(used) + "; leave it out");
    }
  }

  private List<Integer> widths() {
    List<Integer> widths = new ArrayList<>();
    for (String width : hidden) {
      if (!width.isBlank()) {
        try {
          widths.add(Integer.parseInt(width.strip()));
        } catch (NumberFormatException e) {
          throw usage("--hidden has '" + width + "', must be whole numbers such as 256,128");
        }
      }
    }
    return widths;
  }
}
