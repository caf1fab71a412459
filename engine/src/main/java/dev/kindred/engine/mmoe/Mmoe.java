package dev.kindred.engine.mmoe;

import dev.kindred.engine.data.Note;
import dev.kindred.engine.eval.Auc;
import dev.kindred.engine.nn.Checkpoint;
import dev.kindred.engine.nn.CheckpointKey;
import dev.kindred.engine.nn.DivergedException;
import dev.kindred.engine.nn.EarlyStopping;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Fingerprint;
import dev.kindred.engine.nn.Losses;
import dev.kindred.engine.nn.Pass;
import dev.kindred.engine.nn.Schedule;
import dev.kindred.engine.nn.Trainer;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Trains one network for several tasks: shared experts, a softmax gate and a tower per task (Ma et
 * al., "Modeling task relationships in multi-task learning with multi-gate mixture-of-experts", KDD
 * 2018), with a shallow bias tower where there are bias features (Zhao et al., "Recommending what
 * video to watch next", RecSys 2019).
 *
 * <p>Same seed, same data and same vector width give the same bits for any number of threads.
 * Stateless.
 */
public final class Mmoe {
  private Mmoe() {}

  /** As the other one, without a checkpoint. */
  public static MmoeModel train(
      FeatureTable inputs,
      Optional<FeatureTable> bias,
      TaskLabels labels,
      int[] train,
      int[] validation,
      MmoeOptions options,
      Workers workers,
      Progress progress) {
    try {
      return train(
          inputs, bias, labels, train, validation, options, Optional.empty(), workers, progress);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // no file is touched
    }
  }

  /**
   * Trains on some rows of a table.
   *
   * @param inputs a row per example
   * @param bias what the bias tower sees, a row per example; empty = no bias tower, and there is
   *     none either if no task is biased
   * @param labels for every row
   * @param train rows to learn from
   * @param validation rows to stop by; may be empty, then all epochs are run
   * @param checkpoint written after each epoch; a training that finds the file goes on from it, to
   *     the same bits as one that was never interrupted
   * @throws IllegalArgumentException if the tables don't fit, a task has no labels to learn from,
   *     the schedule is a cosine to the end of the training and its warm-up is no shorter, or the
   *     checkpoint is of another training or of more epochs
   * @throws DivergedException if the loss, or a weight after an epoch, is no finite number any
   *     more; a checkpoint stays that of the last epoch before
   * @throws IOException if the checkpoint can't be read or written
   */
  public static MmoeModel train(
      FeatureTable inputs,
      Optional<FeatureTable> bias,
      TaskLabels labels,
      int[] train,
      int[] validation,
      MmoeOptions options,
      Optional<Path> checkpoint,
      Workers workers,
      Progress progress)
      throws IOException {
    check("labels", labels.rows(), inputs.rows());
    bias.ifPresent(table -> check("bias features", table.rows(), inputs.rows()));
    if (train.length == 0) {
      throw new IllegalArgumentException("there are no rows to train a network on");
    }
    boolean biased = labels.tasks().stream().anyMatch(Task::biased);
    Optional<FeatureTable> used = biased ? bias : Optional.empty();
    if (used.isPresent() && options.biasMode() == BiasMode.MULTIPLICATIVE) {
      labels.tasks().forEach(Mmoe::checkProbability);
    }
    return new Training(inputs, used, labels, train, validation, options)
        .run(checkpoint, workers, progress);
  }

  /**
   * What should be known before a training on so many rows: that it ends before the learning rate
   * has risen. No fault, as a checkpoint may be taken on to more epochs.
   */
  public static List<Note> notes(int rows, MmoeOptions options) {
    long steps = steps(rows, options);
    Schedule schedule = options.schedule();
    return !schedule.risesBeyond(steps)
        ? List.of()
        : List.of(
            Note.warning(
                "the learning rate warms up over %d steps, and the training has at most %d, so it never gets to %s; warm up over fewer or train for more epochs"
                    .formatted(schedule.warmUp(), steps, options.optimizer().learningRate())));
  }

  /** Steps of all epochs. */
  private static long steps(int rows, MmoeOptions options) {
    return (long) options.epochs() * Math.ceilDiv(rows, Math.clamp(rows, 1, options.batch()));
  }

  private static void check(String what, int rows, int expected) {
    if (rows != expected) {
      throw new IllegalArgumentException(
          "%s of %d rows don't fit inputs of %d rows".formatted(what, rows, expected));
    }
  }

  /** Refuses a biased task that multiplicative bias can't serve. */
  static void checkProbability(Task task) {
    if (task.biased() && task.kind() != Task.Kind.BINARY) {
      throw new IllegalArgumentException(
          "task %s is a number, which the probability of being seen can't multiply; take its bias"
                  .formatted(task.name())
              + " away, or make the bias additive");
    }
  }

  /** One training from start to end. */
  private static final class Training {
    final FeatureTable inputs;
    final FeatureTable bias; // null = no bias tower
    final TaskLabels labels;
    final List<Task> tasks;
    final int[] train;
    final int[] order;
    final int[] validation;
    final MmoeOptions options;
    final Schedule schedule;
    final Graph graph;
    final Graph serving;
    final Graph biasTower; // null = no bias tower
    final float[] means;
    final float[] deviations;
    final double[] certainties; // weights of the tasks' validation scores
    final int batch;
    final int chunk;
    final Scratch[] scratches;

    Training(
        FeatureTable inputs,
        Optional<FeatureTable> bias,
        TaskLabels labels,
        int[] train,
        int[] validation,
        MmoeOptions options) {
      this.inputs = inputs;
      this.bias = bias.orElse(null);
      this.labels = labels;
      this.options = options;
      this.validation = validation.clone();
      tasks = labels.tasks();
      this.train = train.clone();
      order = train.clone();
      means = new float[tasks.size()];
      deviations = new float[tasks.size()];
      certainties = new double[tasks.size()];
      List<Feature> biasFeatures = bias.map(FeatureTable::features).orElse(List.of());
      graph = new Graph(tasks, inputs.features(), biasFeatures, options);
      serving = new Graph(tasks, inputs.features(), List.of(), options);
      biasTower =
          biasFeatures.isEmpty() ? null : new Graph(tasks, List.of(), biasFeatures, options);
      for (int t = 0; t < tasks.size(); t++) {
        describe(t);
        certainties[t] = certainty(t);
      }
      graph.network.refresh();
      batch = Math.min(options.batch(), order.length);
      schedule = options.schedule().over(steps(order.length, options));
      // A function of the options alone, so that bits don't depend on threads.
      chunk = Math.clamp(options.batch() / 4, 64, 256);
      scratches = new Scratch[(batch + chunk - 1) / chunk];
      Arrays.setAll(scratches, i -> new Scratch(chunk));
    }

    /** Mean and deviation of a task's training labels; lets a logit start at the base rate. */
    private void describe(int t) {
      double sum = 0;
      double squares = 0;
      double n = 0;
      for (int row : order) {
        float y = labels.label(t, row);
        if (!Float.isNaN(y)) {
          float weight = labels.weight(t, row);
          sum += (double) weight * y;
          squares += (double) weight * y * y;
          n += weight;
        }
      }
      Task task = tasks.get(t);
      boolean binary = task.kind() == Task.Kind.BINARY;
      if (!binary && n == 0) {
        throw new IllegalArgumentException(
            "task %s has no label of a weight above 0 among %d training rows; it needs some"
                .formatted(task.name(), order.length));
      }
      if (binary && (sum == 0 || sum == n)) {
        throw new IllegalArgumentException(
            "task %s has %d positives and %d negatives among %d training rows; it needs some of each"
                .formatted(task.name(), (long) sum, (long) (n - sum), order.length));
      }
      double mean = sum / n;
      if (binary) {
        means[t] = 0;
        deviations[t] = 1;
        graph.startAt(t, (float) Math.log(mean / (1 - mean)));
      } else {
        double deviation = Math.sqrt(Math.max(0, squares / n - mean * mean));
        means[t] = (float) mean;
        deviations[t] = deviation > 0 ? (float) deviation : 1;
      }
    }

    MmoeModel run(Optional<Path> file, Workers workers, Progress progress) throws IOException {
      Trainer trainer =
          new Trainer(
              "the multi-task network",
              graph.network,
              options.optimizer(),
              batch,
              chunk,
              options.seed());
      boolean stops = options.patience() > 0 && validation.length > 0;
      EarlyStopping stopping =
          new EarlyStopping(Math.max(1, options.patience()), 1, graph.network.parameters());
      List<Double> losses = new ArrayList<>();
      List<Double> scores = new ArrayList<>();
      Checkpoint checkpoint =
          file.isEmpty()
              ? null
              : new Checkpoint(
                  file.get(), key(), graph.network.parameters(), trainer.updater(), stopping);
      if (checkpoint != null) {
        Optional<Checkpoint.Progress> done = checkpoint.resume(options.epochs());
        done.ifPresent(d -> losses.addAll(d.losses()));
        done.ifPresent(d -> scores.addAll(d.scores()));
      }
      try (Progress.Stage stage =
          progress.stage("Train multi-task network", (long) options.epochs() * order.length)) {
        for (int epoch = losses.size() + 1; epoch <= options.epochs(); epoch++) {
          // Rows that say nothing of any task stop nothing.
          boolean judged = stopping.bestScore() > Double.NEGATIVE_INFINITY;
          if (stops && judged && stopping.shouldStop()) {
            break;
          }
          System.arraycopy(train, 0, order, 0, order.length);
          Draws.of(options.seed(), "mmoe.order", epoch).shuffle(order, 0, order.length);
          losses.add(epoch(trainer, workers, stage));
          trainer.checkWeights();
          String note = String.format(Locale.ROOT, "epoch %d: loss %.5f", epoch, losses.getLast());
          if (stops) {
            scores.add(score(workers));
            stopping.offer(epoch, scores.getLast());
            note += String.format(Locale.ROOT, ", validation %.5f", scores.getLast());
          }
          stage.note(note);
          if (checkpoint != null) {
            checkpoint.write(new Checkpoint.Progress(losses, scores));
          }
        }
      }
      int best = losses.size();
      if (stops) {
        stopping.restore();
        graph.network.refresh();
        best = stopping.bestEpoch();
      }
      return model(losses, scores, best);
    }

    /** Tells trainings apart: one that goes on from a checkpoint may be of more epochs. */
    private CheckpointKey key() {
      Fingerprint data = new Fingerprint();
      for (int[] rows : List.of(train, validation)) {
        data.add(rows.length);
        inputs.addTo(data, rows);
        if (bias != null) {
          bias.addTo(data, rows);
        }
        for (int row : rows) {
          for (int t = 0; t < tasks.size(); t++) {
            data.add(labels.label(t, row)).add(labels.weight(t, row));
          }
        }
      }
      Map<String, Object> described = MmoeDescription.options(options);
      described.remove("epochs");
      CheckpointKey key =
          CheckpointKey.of("multi-task network", described, data.hex())
              .with("tasks", tasks.stream().map(Training::told).collect(Collectors.joining(", ")));
      // A cosine to the end of the training depends on how many epochs there are.
      return schedule.equals(options.schedule())
          ? key
          : key.with("schedule", "cosine over " + options.epochs() + " epochs");
    }

    private static String told(Task task) {
      return "%s (%s of weight %s, %s)"
          .formatted(
              task.name(),
              task.kind().name().toLowerCase(Locale.ROOT),
              task.weight(),
              task.biased() ? "biased" : "not biased");
    }

    /** The network as it is now; the next call overwrites its weights. */
    private MmoeModel model(List<Double> losses, List<Double> scores, int best) {
      serving.copyFrom(graph);
      if (biasTower != null) {
        biasTower.copyFrom(graph);
      }
      return new MmoeModel(
          options,
          tasks,
          serving,
          biasTower,
          means,
          deviations,
          losses.stream().mapToDouble(d -> d).toArray(),
          scores.stream().mapToDouble(d -> d).toArray(),
          best);
    }

    private double epoch(Trainer trainer, Workers workers, Progress.Stage stage) {
      double sum = 0;
      for (int from = 0; from < order.length; from += batch) {
        int first = from;
        int n = Math.min(batch, order.length - from);
        double rate = schedule.at(trainer.steps() + 1);
        sum +=
            trainer.step(
                n, rate, (pass, at, count) -> loss(pass, first, at, count, 1f / n), workers);
        stage.add(n);
      }
      return sum / order.length;
    }

    private double loss(Pass pass, int first, int at, int count, float scale) {
      Scratch scratch = scratches[at / chunk];
      pass.bind(graph.input, inputs, order, first + at);
      if (bias != null) {
        pass.bind(graph.biasInput, bias, order, first + at);
      }
      graph.network.forward(pass, count);
      double sum = 0;
      for (int t = 0; t < tasks.size(); t++) {
        scratch.fill(t, first + at, count);
        sum += lossOf(t, pass, scratch, count, scale);
      }
      return sum;
    }

    private double lossOf(int t, Pass pass, Scratch s, int count, float scale) {
      float[] z = pass.value(graph.outputs.get(t));
      float[] dz = pass.gradient(graph.outputs.get(t));
      if (tasks.get(t).kind() == Task.Kind.REGRESSION) {
        return Losses.squaredError(z, s.labels, s.weights, count, scale, dz);
      }
      if (multiplies(t)) {
        float[] seen = pass.value(graph.biases.get(t));
        float[] dSeen = pass.gradient(graph.biases.get(t));
        return Losses.productCrossEntropy(z, seen, s.labels, s.weights, count, scale, dz, dSeen);
      }
      return Losses.crossEntropy(z, s.labels, s.weights, count, scale, dz);
    }

    private boolean multiplies(int t) {
      return bias != null
          && options.biasMode() == BiasMode.MULTIPLICATIVE
          && graph.biases.get(t) != null;
    }

    /**
     * Mean over the tasks of how well the validation rows are told apart, their bias features seen:
     * AUC, or the share of the variance explained. A task weighs by how surely that is known.
     */
    private double score(Workers workers) {
      MmoeModel now = model(List.of(), List.of(), 0);
      float[][] predictions =
          bias == null
              ? now.predict(inputs, validation, workers)
              : now.predictSeen(inputs, bias, validation, workers);
      double sum = 0;
      double weights = 0;
      for (int t = 0; t < tasks.size(); t++) {
        double score =
            tasks.get(t).kind() == Task.Kind.BINARY
                ? auc(t, predictions[t])
                : explained(t, predictions[t]);
        if (!Double.isNaN(score)) {
          sum += certainties[t] * score;
          weights += certainties[t];
        }
      }
      return weights == 0 ? Double.NaN : sum / weights;
    }

    /**
     * One over the standard error of an AUC of P positives and N negatives among the validation
     * rows, but for a factor: the root of PN / (P + N). So a task of few positives moves the mean
     * by chance no more than another. A number counts as if half of its rows were positive.
     */
    private double certainty(int t) {
      double positives = 0;
      double known = 0;
      for (int row : validation) {
        float y = labels.label(t, row);
        known += Float.isNaN(y) ? 0 : 1;
        positives += y == 1 ? 1 : 0;
      }
      if (tasks.get(t).kind() == Task.Kind.REGRESSION) {
        positives = known / 2;
      }
      return known == 0 ? 0 : Math.sqrt(positives * (known - positives) / known);
    }

    private double auc(int t, float[] predictions) {
      float[] scores = new float[predictions.length];
      boolean[] positive = new boolean[predictions.length];
      int n = 0;
      for (int i = 0; i < predictions.length; i++) {
        float y = labels.label(t, validation[i]);
        if (!Float.isNaN(y)) {
          scores[n] = predictions[i];
          positive[n++] = y == 1;
        }
      }
      return Auc.of(Arrays.copyOf(scores, n), Arrays.copyOf(positive, n));
    }

    private double explained(int t, float[] predictions) {
      double error = 0;
      double total = 0;
      for (int i = 0; i < predictions.length; i++) {
        float y = labels.label(t, validation[i]);
        if (!Float.isNaN(y)) {
          error += Math.pow((double) y - predictions[i], 2);
          total += Math.pow((double) y - means[t], 2);
        }
      }
      return total > 0 ? 1 - error / total : Double.NaN;
    }

    /** The labels and weights of one chunk of one task. */
    private final class Scratch {
      final float[] labels;
      final float[] weights;

      Scratch(int rows) {
        labels = new float[rows];
        weights = new float[rows];
      }

      void fill(int t, int from, int count) {
        float weight = (float) tasks.get(t).weight();
        for (int i = 0; i < count; i++) {
          float y = Training.this.labels.label(t, order[from + i]);
          boolean known = !Float.isNaN(y);
          labels[i] = known ? (y - means[t]) / deviations[t] : 0;
          weights[i] = known ? weight * Training.this.labels.weight(t, order[from + i]) : 0;
        }
      }
    }
  }
}
