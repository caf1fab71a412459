package dev.kindred.app.command;

import dev.kindred.app.config.MmoeSpec;
import dev.kindred.app.output.TextTable;
import dev.kindred.app.tasks.ConstantGuess;
import dev.kindred.app.tasks.RowSplit;
import dev.kindred.app.tasks.ShownLists;
import dev.kindred.app.tasks.TableNotes;
import dev.kindred.app.tasks.TaskScores;
import dev.kindred.app.tasks.TaskTable;
import dev.kindred.engine.data.TextColumns;
import dev.kindred.engine.mmoe.GateUsage;
import dev.kindred.engine.mmoe.Mmoe;
import dev.kindred.engine.mmoe.MmoeModel;
import dev.kindred.engine.mmoe.MmoeOptions;
import dev.kindred.engine.mmoe.Sharing;
import dev.kindred.engine.mmoe.TaskLabels;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kindred mmoe}: trains a multi-task network on the columns of a table and rates it. */
@Command(
    name = "mmoe",
    description = {
      "Train a multi-task network on the columns of a table and measure it on held-out rows.",
      "--spec says what the columns are, which are to be predicted, how rows are split, and how"
          + " the network is made and trained: [network] sharing = \"gate-per-task\", \"one-gate\""
          + " or \"shared-bottom\", [network.schedule] of the learning rate, hidden layers of the"
          + " [bias] tower. docs/networks.md has all keys."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred mmoe --spec docs/examples/mmoe/census-kdd.toml --data census.csv.gz \\",
      "      --json",
      "  kindred mmoe --spec spec.toml --baselines --seeds 5"
    })
final class MmoeCommand extends KindredCommand {
  @Option(
      names = "--spec",
      required = true,
      paramLabel = "FILE",
      description = "Columns, tasks, split and network, as TOML.")
  private Path spec;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "The table, instead of the one that the specification names.")
  private Path data;

  @Option(
      names = "--baselines",
      description =
          "Also train logistic regression, a network per task and a shared bottom, and, where there"
              + " is a bias tower, the network without it. The regression has a learning rate of"
              + " 0.003 and 30 epochs, or the file's if those are more.")
  private boolean baselines;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Train each network with so many seeds and print means (default: ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "At most, instead of the file's, and of the regression's 30.")
  private Integer epochs;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "Write the first network, with its features, to a safetensors file.")
  private Path save;

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description =
          "Keep the first network's training here after each epoch; a run that finds it goes on.")
  private Path checkpoint;

  private final Map<String, List<Map<String, Object>>> runs = new LinkedHashMap<>();

  @Override
  protected void run() throws IOException {
    if (seeds < 1 || seeds > 1000) {
      throw usage("--seeds is " + seeds + ", must be 1 to 1000");
    }
    if (epochs != null && epochs < 1) {
      throw usage("--epochs is " + epochs + ", must be at least 1");
    }
    Stream.of(save, checkpoint).filter(Objects::nonNull).forEach(Destination::file);
    MmoeSpec parsed = MmoeSpec.read(spec, Optional.ofNullable(data));
    new RunFiles()
        .reads("--spec", spec)
        .reads(data == null ? "[table] of --spec" : "--data", parsed.source().file())
        .writes("--save", save)
        .writes("--checkpoint", checkpoint)
        .requireApart(this);
    TextColumns table =
        TextColumns.read(parsed.source(), parsed.columns(), parsed.limits(), progress());
    RowSplit split = RowSplit.of(table, parsed.split(), parsed.limits());
    TaskTable encoded = TaskTable.of(table, parsed, split.train());
    TableNotes.of(table, parsed).forEach(this::note);
    Optional<ShownLists> lists =
        parsed
            .lists()
            .map(each -> new ShownLists(table, each, encoded.labels(), split, parsed.limits()));
    MmoeOptions options = epochs == null ? parsed.options() : parsed.options().withEpochs(epochs);
    if (seed().isPresent()) {
      options = options.withSeed(seed().getAsLong());
    }
    note(
        "%d rows to learn from, %d to stop by, %d to measure on"
            .formatted(split.train().length, split.validation().length, split.test().length));
    noteUnmeasured(encoded.labels(), split.test());
    notes(Mmoe.notes(split.train().length, options));
    try (Workers workers = Workers.of(threads())) {
      Trial trial = new Trial(encoded, split, lists, workers);
      for (int s = 0; s < seeds; s++) {
        MmoeOptions seeded = options.withSeed(options.seed() + s);
        trial.run("mmoe", seeded, encoded.bias(), s == 0);
        if (baselines) {
          trial.baselines(seeded);
        }
      }
    }
    means();
  }

  /** A task may be known in early rows alone: it is learned, but nothing can be said of it. */
  private void noteUnmeasured(TaskLabels labels, int[] test) {
    for (int t = 0; t < labels.tasks().size(); t++) {
      int task = t;
      if (Arrays.stream(test).allMatch(row -> Float.isNaN(labels.label(task, row)))) {
        note(
            "task %s has no label in the %d rows to measure on, so it has no figures; split them otherwise"
                .formatted(labels.tasks().get(t).name(), test.length));
      }
    }
  }

  /** Trains and measures networks on one split. */
  private final class Trial {
    final TaskTable table;
    final RowSplit split;
    final Optional<ShownLists> lists;
    final Workers workers;

    Trial(TaskTable table, RowSplit split, Optional<ShownLists> lists, Workers workers) {
      this.table = table;
      this.split = split;
      this.lists = lists;
      this.workers = workers;
    }

    void run(String name, MmoeOptions options, Optional<FeatureTable> bias, boolean keeps)
        throws IOException {
      long start = System.nanoTime();
      Optional<Path> file = keeps ? Optional.ofNullable(checkpoint) : Optional.empty();
      MmoeModel model = train(table.labels(), options, bias, file);
      double seconds = (System.nanoTime() - start) / 1e9;
      if (keeps && save != null) {
        Destination.file(save).fill(() -> model.save(save));
      }
      List<Map<String, Object>> scores = new ArrayList<>();
      float[][] fitted = fitted(model, bias, split.test());
      float[][] stopped = fitted(model, bias, split.validation());
      for (int t = 0; t < fitted.length; t++) {
        scores.add(TaskScores.of(table.labels(), t, split.test(), fitted[t]));
        noteGuess(name, t, stopped[t], model);
      }
      Map<String, Object> result = result(name, options.seed(), scores);
      GateUsage usage = model.gateUsage(table.inputs(), split.test(), workers);
      usage.warnings().forEach(MmoeCommand.this::note);
      if (!usage.gates().isEmpty() && split.test().length > 0) {
        result.put("gates", gates(usage));
      }
      if (lists.isPresent()) {
        rank(model, lists.get().task(), bias, lists.get(), result);
      }
      result.put("epochs", model.epochs());
      result.put("bestEpoch", model.bestEpoch());
      if (model.scores().length > 0) {
        double best = model.scores()[model.bestEpoch() - 1];
        put(result, "validationScore", best);
      }
      result.put("trainSeconds", Math.round(seconds * 1000) / 1000.0);
      result.put("modelHash", model.hash());
      add(name, result);
    }

    private MmoeModel train(
        TaskLabels labels, MmoeOptions options, Optional<FeatureTable> bias, Optional<Path> file)
        throws IOException {
      try (KeptCheckpoint _ = KeptCheckpoint.of(file.orElse(null), MmoeCommand.this::note)) {
        return Mmoe.train(
            table.inputs(),
            bias,
            labels,
            split.train(),
            split.validation(),
            options,
            file,
            workers,
            progress());
      }
    }

    private float[][] fitted(MmoeModel model, Optional<FeatureTable> bias, int[] rows) {
      return model.hasBias()
          ? model.predictSeen(table.inputs(), bias.orElseThrow(), rows, workers)
          : model.predict(table.inputs(), rows, workers);
    }

    private void noteGuess(String name, int task, float[] stopped, MmoeModel model) {
      boolean falling = ConstantGuess.stillFalls(model.losses(), model.bestEpoch());
      ConstantGuess.warning(
              table.labels(), task, split.train(), split.validation(), stopped, falling)
          .ifPresent(warning -> note(name + ": " + warning));
    }

    void baselines(MmoeOptions options) throws IOException {
      if (table.bias().isPresent()) {
        run("mmoe without bias tower", options, Optional.empty(), false);
      }
      if (options.sharing() != Sharing.SHARED_BOTTOM) { // else it is the first network
        run("shared bottom", bottom(options), table.bias(), false);
      }
      if (table.labels().tasks().size() > 1) {
        alone("single task", bottom(options), table.bias());
      }
      // A weight per value moves slowly: the epochs of a network would stop it before its best one,
      // which patience finds on the same rows as the network's.
      MmoeOptions linear = MmoeOptions.linear();
      alone(
          "logistic regression",
          linear
              .withSeed(options.seed())
              .withBatch(options.batch())
              .withUnknownIds(options.unknownIds())
              .withBiasMode(options.biasMode())
              .withBiasDropout(options.biasDropout())
              .withEpochs(epochs == null ? Math.max(30, options.epochs()) : epochs)
              .withPatience(options.patience()),
          table.bias());
    }

    /** The bottom is as wide as an expert; in total a network of several experts has more. */
    private MmoeOptions bottom(MmoeOptions options) {
      return options.withSharing(Sharing.SHARED_BOTTOM);
    }

    /** A network per task, measured as one; that of the lists' task ranks them. */
    private void alone(String name, MmoeOptions options, Optional<FeatureTable> bias)
        throws IOException {
      List<Map<String, Object>> scores = new ArrayList<>();
      Map<String, Object> ranked = new LinkedHashMap<>();
      long trainNanos = 0;
      int most = 0;
      for (int t = 0; t < table.labels().tasks().size(); t++) {
        long start = System.nanoTime();
        MmoeModel model = train(table.labels().only(t), options, bias, Optional.empty());
        trainNanos += System.nanoTime() - start;
        scores.add(
            TaskScores.of(table.labels(), t, split.test(), fitted(model, bias, split.test())[0]));
        noteGuess(name, t, fitted(model, bias, split.validation())[0], model);
        if (lists.isPresent() && lists.get().task() == t) {
          rank(model, 0, bias, lists.get(), ranked);
        }
        most = Math.max(most, model.epochs());
      }
      Map<String, Object> result = result(name, options.seed(), scores);
      result.putAll(ranked);
      result.put("epochs", most);
      result.put("trainSeconds", Math.round(trainNanos / 1e6) / 1000.0);
      add(name, result);
    }

    /**
     * @param task whose score ranks, by its index in the model
     */
    private void rank(
        MmoeModel model,
        int task,
        Optional<FeatureTable> bias,
        ShownLists shown,
        Map<String, Object> result) {
      int[] test = split.test();
      float[] served = model.predict(table.inputs(), test, workers)[task];
      Map<Integer, Float> byRow = new HashMap<>();
      for (int i = 0; i < test.length; i++) {
        byRow.put(test[i], served[i]);
      }
      ShownLists.Ndcg ndcg = shown.of(byRow);
      put(result, "ndcg", ndcg.raw());
      put(result, "weightedNdcg", ndcg.weighted());
      result.put("lists", ndcg.lists());
      if (model.hasBias()) {
        float[] said = model.bias(bias.orElseThrow(), test, workers)[task];
        Map<Double, Double> curve = shown.byPosition(test, said);
        result.put("positionCurve", curve.values().stream().map(TaskScores::rounded).toList());
        put(result, "positionCorrelation", ShownLists.rankCorrelation(curve));
      }
    }
  }

  /** Rounded; left out where it is NaN, which means undefined. */
  private static void put(Map<String, Object> result, String key, double figure) {
    if (!Double.isNaN(figure)) {
      result.put(key, TaskScores.rounded(figure));
    }
  }

  private static Map<String, Object> result(
      String name, long seed, List<Map<String, Object>> scores) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("model", name);
    result.put("seed", seed);
    result.put("tasks", scores);
    return result;
  }

  private static List<Map<String, Object>> gates(GateUsage usage) {
    List<Map<String, Object>> gates = new ArrayList<>();
    for (int g = 0; g < usage.gates().size(); g++) {
      Map<String, Object> gate = new LinkedHashMap<>();
      gate.put("gate", usage.gates().get(g));
      gate.put("shares", Arrays.stream(usage.shares(g)).map(TaskScores::rounded).boxed().toList());
      gate.put("effectiveExperts", TaskScores.rounded(usage.effectiveExperts(g)));
      gate.put("collapsed", usage.isCollapsed(g));
      gates.add(gate);
    }
    return gates;
  }

  private void add(String name, Map<String, Object> result) {
    runs.computeIfAbsent(name, n -> new ArrayList<>()).add(result);
    if (json()) {
      jsonLines().write(result);
    }
  }

  /** Means over the seeds: JSON lines of their own, or tables of the tasks and of the lists. */
  private void means() {
    TextTable ranked =
        new TextTable("model", ">lists", ">ndcg", ">weighted ndcg", ">position correlation");
    TextTable text = new TextTable("model", "task", ">auc", ">log loss", ">rmse", ">seconds");
    runs.forEach(
        (name, results) -> {
          Map<String, Object> mean = new LinkedHashMap<>();
          mean.put("model", name);
          mean.put("seeds", results.size());
          List<Map<String, Object>> tasks = new ArrayList<>();
          for (int t = 0; t < tasks(results.getFirst()).size(); t++) {
            tasks.add(mean(results, t));
            Map<String, Object> each = tasks.getLast();
            text.row(
                name,
                each.get("task"),
                each.getOrDefault("auc", "-"),
                each.getOrDefault("logLoss", "-"),
                each.getOrDefault("rmse", "-"),
                results.getFirst().get("trainSeconds"));
          }
          mean.put("meanOfTasks", tasks);
          for (String key : List.of("ndcg", "weightedNdcg", "positionCorrelation")) {
            if (results.stream().allMatch(result -> result.containsKey(key))) {
              mean.put(
                  key,
                  TaskScores.rounded(
                      mean(results.stream().map(result -> result.get(key)).toList())));
            }
          }
          if (mean.containsKey("ndcg")) {
            ranked.row(
                name,
                results.getFirst().get("lists"), // of the split, which is the same for all seeds
                mean.get("ndcg"),
                mean.get("weightedNdcg"),
                mean.get("positionCorrelation"));
          }
          if (json() && seeds > 1) {
            jsonLines().write(mean);
          }
        });
    if (json()) {
      return;
    }
    text.print(out());
    if (runs.values().stream().anyMatch(results -> results.getFirst().containsKey("ndcg"))) {
      out().println();
      ranked.print(out());
    }
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> tasks(Map<String, Object> result) {
    return (List<Map<String, Object>>) result.get("tasks");
  }

  private static Map<String, Object> mean(List<Map<String, Object>> results, int task) {
    Map<String, Object> mean = new LinkedHashMap<>();
    mean.put("task", tasks(results.getFirst()).get(task).get("task"));
    for (String key : List.of("auc", "logLoss", "rmse")) {
      if (tasks(results.getFirst()).get(task).containsKey(key)) {
        double average = mean(results.stream().map(r -> tasks(r).get(task).get(key)).toList());
        mean.put(
            key,
            key.equals("rmse") ? TaskScores.significant(average) : TaskScores.rounded(average));
      }
    }
    return mean;
  }

  private static double mean(List<Object> numbers) {
    return numbers.stream().mapToDouble(n -> ((Number) n).doubleValue()).average().orElseThrow();
  }
}
