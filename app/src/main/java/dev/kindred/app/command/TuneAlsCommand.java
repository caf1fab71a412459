package dev.kindred.app.command;

import dev.kindred.app.output.ConstantName;
import dev.kindred.app.output.TextTable;
import dev.kindred.engine.als.AlsModel;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.als.AlsTuner;
import dev.kindred.engine.als.AlsTuner.Trial;
import dev.kindred.engine.als.AlsTunerOptions;
import dev.kindred.engine.als.Convention;
import dev.kindred.engine.als.ImplicitAls;
import dev.kindred.engine.als.StrengthException;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Interactions.Duplicates;
import dev.kindred.engine.data.SplitFiles;
import dev.kindred.engine.eval.FactorScores;
import dev.kindred.engine.eval.TopNEvaluator;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kindred tune als}: a seeded, resumable search; the test part is looked at once, last. */
@Command(
    name = "als",
    description = {
      "Search ALS hyper-parameters by recall + NDCG on items held out of the training data.",
      "With --test the best setting is trained on all of --train and measured, once."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred tune als --train train.txt.gz --rank 64 --minutes 10",
      "  kindred tune als --train train.txt.gz --test test.txt.gz --rank 256 \\",
      "      --log tune.jsonl"
    })
final class TuneAlsCommand extends KindredCommand {
  @Option(
      names = "--train",
      required = true,
      paramLabel = "FILE",
      description = "Pairs to learn from: 'user item item ...' lines or user,item[,value] CSV.")
  private Path train;

  @Option(
      names = "--test",
      paramLabel = "FILE",
      description = "Pairs to measure the chosen setting on.")
  private Path test;

  @Option(
      names = "-k",
      paramLabel = "N",
      defaultValue = "20",
      description = "Length of the lists (default: ${DEFAULT-VALUE}).")
  private int k;

  @Option(
      names = "--scout-rank",
      paramLabel = "N",
      defaultValue = "256",
      description =
          "A search at a larger --rank starts with cheap trials at this one (default:"
              + " ${DEFAULT-VALUE}).")
  private int scoutRank;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      defaultValue = "10",
      description = "Time for trials in all, resumed ones included (default: ${DEFAULT-VALUE}).")
  private double minutes;

  @Option(
      names = "--trials",
      paramLabel = "N",
      defaultValue = "40",
      description = "At most so many (default: ${DEFAULT-VALUE}).")
  private int trials;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "Trials are written here as they end; a search that finds it goes on from it.")
  private Path log;

  @Mixin private AlsOptionsGroup group;

  @Override
  protected void run() throws IOException {
    AlsTunerOptions options =
        options(
            () -> {
              AlsTunerOptions o = AlsTunerOptions.defaults();
              o = seed().isPresent() ? o.withSeed(seed().getAsLong()) : o;
              return o.withBase(group.over(AlsOptions.defaults(), seed()))
                  .withScoutRank(scoutRank)
                  .withK(k)
                  .withTrials(trials);
            });
    if (!(minutes > 0 && minutes <= 1e6)) {
      throw usage("--minutes is " + minutes + ", must be above 0");
    }
    new RunFiles()
        .reads("--train", train)
        .reads("--test", test)
        .writes("--log", log)
        .requireApart(this);
    if (log != null) {
      Destination.file(log); // before the log is read: a wrong place shows now
    }
    options = options.withBudget(Duration.ofMillis((long) (minutes * 60_000)));
    Ids users = new Ids();
    Ids items = new Ids();
    Duplicates duplicates = group.duplicates();
    SplitFiles.Split split =
        test == null
            ? null
            : TestPart.toFind(
                SplitFiles.read(train, test, users, items, duplicates, this::note),
                train,
                test,
                this::note);
    Interactions data =
        split == null
            ? SplitFiles.read(train, users, items, duplicates, this::note)
            : split.train();
    try (Workers workers = Workers.of(threads());
        TrialLog trialLog = TrialLog.open(log, data, options)) {
      AlsTuner tuner = new AlsTuner(data, options);
      List<Trial> done = trialLog.trials();
      if (!done.isEmpty()) {
        note("going on after " + done.size() + " trials of " + log);
      }
      done.forEach(this::write);
      List<Trial> all =
          tuner.search(
              done,
              trial -> {
                trialLog.append(trial);
                write(trial);
              },
              workers,
              progress());
      Trial best = AlsTuner.best(all);
      print(all);
      writeBest(best);
      note("the best: kindred als " + arguments(best.options()));
      if (split != null) {
        measure(best.options(), split, workers);
      }
    } catch (StrengthException e) {
      throw NamedStrength.of(e, train, users, items);
    }
  }

  private void measure(AlsOptions best, SplitFiles.Split split, Workers workers) {
    long start = System.nanoTime();
    AlsModel model = ImplicitAls.train(split.train(), best, workers, progress());
    double seconds = (System.nanoTime() - start) / 1e9;
    TestPart.noteZeros(model, this::note);
    TopNEvaluator.Report report =
        TopNEvaluator.evaluate(
            new FactorScores(model.userFactors(), model.itemFactors(), model.rank()),
            split.train(),
            split.test(),
            k,
            workers,
            progress());
    if (json()) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("model", "als");
      result.put("recall@" + k, report.recall());
      result.put("ndcg@" + k, report.ndcg());
      result.put("hr@" + k, report.hitRate());
      result.put("trainSeconds", Math.round(seconds * 1000) / 1000.0);
      result.put("arguments", arguments(best));
      result.put("modelHash", model.hash());
      jsonLines().write(result);
    } else {
      out()
          .printf(
              Locale.ROOT,
              "test: recall@%d %.5f, ndcg@%d %.5f, hr@%d %.5f, trained in %.1f s%n",
              k,
              report.recall(),
              k,
              report.ndcg(),
              k,
              report.hitRate(),
              seconds);
    }
  }

  private void write(Trial trial) {
    if (json()) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("trial", trial.number());
      result.put("recall@" + k, trial.recall());
      result.put("ndcg@" + k, trial.ndcg());
      result.put("seconds", Math.round(trial.seconds() * 1000) / 1000.0);
      result.put("arguments", arguments(trial.options()));
      jsonLines().write(result);
    }
  }

  /** Trials are written as they end, so which of them is the best stands in a line behind them. */
  private void writeBest(Trial trial) {
    if (json()) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("best", trial.number());
      result.put("recall@" + k, trial.recall());
      result.put("ndcg@" + k, trial.ndcg());
      result.put("arguments", arguments(trial.options()));
      jsonLines().write(result);
    }
  }

  private void print(List<Trial> trials) {
    if (json()) {
      return;
    }
    TextTable table = new TextTable(">trial", ">recall@" + k, ">ndcg@" + k, ">seconds", "options");
    trials.stream()
        .sorted(Comparator.comparingDouble(t -> -t.score()))
        .forEach(
            t ->
                table.row(
                    t.number(),
                    String.format(Locale.ROOT, "%.5f", t.recall()),
                    String.format(Locale.ROOT, "%.5f", t.ndcg()),
                    String.format(Locale.ROOT, "%.1f", t.seconds()),
                    arguments(t.options())));
    table.print(out());
  }

  /**
   * The setting as arguments of {@code kindred als}. Numbers read back to the same bits, so that
   * they train the model that was measured.
   */
  private String arguments(AlsOptions o) {
    String arguments =
        "--rank "
            + o.rank()
            + " --iterations "
            + o.iterations()
            + " --convention "
            + ConstantName.of(o.convention())
            + " --regularization "
            + o.regularization()
            + " --alpha "
            + o.alpha();
    if (o.convention() == Convention.IALS) {
      arguments +=
          " --unobserved-weight "
              + o.unobservedWeight()
              + " --frequency-exponent "
              + o.frequencyExponent()
              + " --popularity-exponent "
              + o.popularityExponent();
    }
    if (group.duplicates() != Duplicates.SUM) {
      arguments += " --duplicates " + ConstantName.of(group.duplicates());
    }
    return arguments
        + " --tolerance "
        + o.tolerance()
        + " --solver "
        + ConstantName.of(o.solver())
        + " --seed "
        + o.seed()
        + " -k "
        + k;
  }
}
