package dev.kindred.engine.tower;

import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.eval.FactorScores;
import dev.kindred.engine.eval.TopNEvaluator;
import dev.kindred.engine.nn.Checkpoint;
import dev.kindred.engine.nn.CheckpointKey;
import dev.kindred.engine.nn.DivergedException;
import dev.kindred.engine.nn.EarlyStopping;
import dev.kindred.engine.nn.Embedding;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Fingerprint;
import dev.kindred.engine.nn.Parameter;
import dev.kindred.engine.nn.Schedule;
import dev.kindred.engine.nn.Updater;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Trains a user tower and an item tower so that the cosine of their outputs is high for a user's
 * positives (the non-linear half of "A Multi-Task Learning Algorithm for Non-personalized
 * Recommendations", section 3.2; Covington et al. 2016; Yi et al. 2019).
 *
 * <p>Same seed, same data and same vector width give the same bits for any number of threads.
 * Stateless.
 */
public final class TwoTower {
  /**
   * Name of the user tower's feature that holds the items of the user. A table of users may bring
   * it along; where it doesn't, it is made of the positives.
   */
  public static final String HISTORY = "item history";

  private static final String NETWORK = "the two-tower network";

  /** Length of the lists by whose recall on held-out positives training is stopped. */
  private static final int VALIDATION_LIST = 20;

  /** After one epoch the towers know little but which items are popular: never the best one. */
  private static final int EARLIEST_BEST = 2;

  /** With fewer held-out positives their recall says too little. */
  private static final int MIN_VALIDATION = 50;

  /** What {@link Smoothing} is tried with, for users and items; 0 first: leave them as they are. */
  private static final float[] LEANINGS = {0, 0.25f, 0.5f, 1, 2};

  /** What singular values are raised to, {@link SpectralStart}; the first without validation. */
  private static final double[] POWERS = {1, 0, 0.5, 2, 4};

  private TwoTower() {}

  /** As the other one, without a checkpoint. */
  public static TowerModel train(
      Interactions positives,
      FeatureTable users,
      FeatureTable items,
      TowerOptions options,
      Workers workers,
      Progress progress) {
    try {
      return train(positives, users, items, options, Optional.empty(), workers, progress);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // no file is touched
    }
  }

  /**
   * Trains on the positives of one objective.
   *
   * @param positives [users x items]; a value is the weight of its pair, relative to the others
   * @param users a row per user of {@code positives}; with a feature {@link #HISTORY} of its own it
   *     can be a row per example, each with the items met before it
   * @param items a row per item of {@code positives}
   * @param checkpoint written after each epoch; a training that finds the file goes on from it, to
   *     the same bits as one that was never interrupted
   * @throws IllegalArgumentException if the tables don't fit the positives or there are none, or
   *     the checkpoint is of another training or of more epochs
   * @throws DivergedException if the loss, or a weight after an epoch, is no finite number any
   *     more; a checkpoint stays that of the last epoch before
   * @throws IOException if the checkpoint can't be read or written
   */
  public static TowerModel train(
      Interactions positives,
      FeatureTable users,
      FeatureTable items,
      TowerOptions options,
      Optional<Path> checkpoint,
      Workers workers,
      Progress progress)
      throws IOException {
    if (users.rows() != positives.rows() || items.rows() != positives.columns()) {
      throw new IllegalArgumentException(
          "feature tables of %d users and %d items don't fit positives of shape [%d x %d]"
              .formatted(users.rows(), items.rows(), positives.rows(), positives.columns()));
    }
    checkValues(positives);
    List<String> notes = new ArrayList<>();
    Interactions train = positives;
    Interactions validation = null;
    if (options.smooth() && options.patience() == 0) {
      notes.add("vectors do not lean towards their neighbours': nothing was held out to choose by");
    }
    if (options.patience() > 0) {
      HeldOut parts = HeldOut.of(positives, options.seed());
      if (parts.validation().size() >= MIN_VALIDATION) {
        train = parts.train();
        validation = parts.validation();
      } else {
        notes.add(
            "too few positives (%d) to hold some out: trained all %d epochs without early stopping"
                .formatted(positives.size(), options.epochs()));
      }
    }
    return new Training(positives, train, validation, users, items, options, notes)
        .run(checkpoint, workers, progress);
  }

  private static void checkValues(Interactions positives) {
    if (positives.size() == 0) {
      throw new IllegalArgumentException(
          "there are no positives to train a two-tower network on; leave the objective out");
    }
    for (long i = 0; i < positives.size(); i++) {
      if (!(positives.value(i) > 0)) {
        throw new IllegalArgumentException(
            "positive %d has the value %s, must be more than 0".formatted(i, positives.value(i)));
      }
    }
  }

  /** The user tower reads its history through the item tower's own ids where that has them. */
  static Map<String, Embedding> sharedHistory(Tower itemTower, TowerOptions options) {
    if (options.history() == 0) {
      return Map.of();
    }
    List<Feature> features = itemTower.input.features();
    for (int f = 0; f < features.size(); f++) {
      if (features.get(f).kind() == Feature.Kind.ID) {
        return Map.of(HISTORY, itemTower.input.embedding(f));
      }
    }
    return Map.of();
  }

  /** One training from start to end. */
  private static final class Training {
    final Interactions positives;
    final Interactions train;
    final Interactions validation; // null = none held out
    final FeatureTable itemTable;
    final FeatureTable userTable;
    final FeatureTable fullUserTable;
    final TowerOptions options;
    final Tower userTower;
    final Tower itemTower;
    final int[] counts; // positives of each item that are learned from
    final Popularity popularity; // null = none
    final boolean[] knownItems;
    final boolean[] knownUsers;
    final List<String> notes;

    Training(
        Interactions positives,
        Interactions train,
        Interactions validation,
        FeatureTable users,
        FeatureTable items,
        TowerOptions options,
        List<String> notes) {
      this.positives = positives;
      this.train = train;
      this.validation = validation;
      this.options = options;
      this.notes = notes;
      counts = Popularity.counts(train);
      popularity =
          options.popularity() > 0
              ? new Popularity(options, counts.length, Arrays.stream(counts).max().orElseThrow())
              : null;
      knownItems = new boolean[positives.columns()];
      knownUsers = new boolean[positives.rows()];
      for (int u = 0; u < train.rows(); u++) {
        knownUsers[u] = train.count(u) > 0;
        for (long i = train.start(u); i < train.end(u); i++) {
          knownItems[train.column(i)] = true;
        }
      }
      // The vector of an id without positives would stay as it was drawn: read it as unknown.
      itemTable = items.withKnownIds(knownItems);
      FeatureTable known = users.withKnownIds(knownUsers);
      userTable = withHistory(known, train);
      fullUserTable = validation == null ? userTable : withHistory(known, positives);
      itemTower = new Tower("item", itemTable.features(), options, Map.of());
      userTower =
          new Tower("user", userTable.features(), options, sharedHistory(itemTower, options));
    }

    private FeatureTable withHistory(FeatureTable table, Interactions of) {
      boolean given = table.features().stream().anyMatch(f -> f.name().equals(HISTORY));
      if (options.history() == 0 || given) {
        return table;
      }
      int[] starts = new int[of.rows() + 1];
      int[] values = new int[Math.toIntExact(of.size())];
      for (int u = 0; u < of.rows(); u++) {
        starts[u + 1] = Math.toIntExact(of.end(u));
        of.copyColumns(of.start(u), (int) of.count(u), values, starts[u]);
      }
      return table.with(Feature.categorical(HISTORY, of.columns()), starts, values);
    }

    /**
     * Places the ids along singular vectors, weighted by the power of the singular values with the
     * best recall on held-out positives.
     */
    private void startSpectrally(Workers workers) {
      int userId = idOf(userTower);
      int itemId = idOf(itemTower);
      int dim = Integer.MAX_VALUE;
      if (userId >= 0) {
        dim = Math.min(dim, userTower.input.embedding(userId).dim());
      }
      if (itemId >= 0) {
        dim = Math.min(dim, itemTower.input.embedding(itemId).dim());
      }
      if (dim == Integer.MAX_VALUE) {
        notes.add("neither users nor items have ids that could start spectrally");
        return;
      }
      SpectralStart spectrum = SpectralStart.of(train, dim, options.seed(), workers);
      double best = -1;
      double power = POWERS[0];
      for (int p = 0; validation != null && p < POWERS.length; p++) {
        double recall = recall(spectrum.users(POWERS[p]), spectrum.items(POWERS[p]), dim, workers);
        if (recall > best) {
          best = recall;
          power = POWERS[p];
        }
      }
      if (userId >= 0) {
        userTower.input.place(userTable, userId, spectrum.users(power), dim);
      }
      if (itemId >= 0) {
        itemTower.input.place(itemTable, itemId, spectrum.items(power), dim);
      }
      String judged =
          best < 0
              ? ""
              : String.format(
                  Locale.ROOT,
                  ", alone with recall@%d %.4f on held-out positives",
                  VALIDATION_LIST,
                  best);
      notes.add("ids start at singular vectors times singular values^" + power + judged);
    }

    private static int idOf(Tower tower) {
      List<Feature> features = tower.input.features();
      for (int f = 0; f < features.size(); f++) {
        if (features.get(f).kind() == Feature.Kind.ID) {
          return f;
        }
      }
      return -1;
    }

    /** What popularity adds to the score of each item. */
    private double[] logits() {
      return popularity == null
          ? new double[counts.length]
          : Arrays.stream(counts).mapToDouble(popularity::logit).toArray();
    }

    /** Tells trainings apart: one that goes on from a checkpoint may be of more epochs. */
    private CheckpointKey key() {
      Fingerprint data = new Fingerprint();
      for (int u = 0; u < positives.rows(); u++) {
        data.add((int) positives.count(u));
        for (long i = positives.start(u); i < positives.end(u); i++) {
          data.add(positives.column(i)).add(positives.value(i));
        }
      }
      userTable.addTo(data, IntStream.range(0, userTable.rows()).toArray());
      itemTable.addTo(data, IntStream.range(0, itemTable.rows()).toArray());
      Map<String, Object> described = TowerDescription.options(options);
      described.remove("epochs");
      CheckpointKey key = CheckpointKey.of("two-tower network", described, data.hex());
      // An annealed rate depends on how many epochs there are.
      return options.anneal() ? key.with("anneal", "over " + options.epochs() + " epochs") : key;
    }

    TowerModel run(Optional<Path> file, Workers workers, Progress progress) throws IOException {
      if (options.start() == TowerStart.SPECTRAL) {
        startSpectrally(workers);
      }
      Step step =
          options.loss().sharesNegatives()
              ? new SharedNegativesStep(
                  userTower, itemTower, userTable, itemTable, train, logits(), options)
              : new PairStep(userTower, itemTower, userTable, itemTable, train, options);
      long batches = (samples() + step.capacity() - 1) / step.capacity();
      Schedule schedule =
          options.anneal() ? Schedule.cosine(0, batches * options.epochs()) : Schedule.constant();
      Updater updater = new Updater(options.optimizer(), step.passes(), step.lossParameters());
      Set<Parameter> parameters = new LinkedHashSet<>(userTower.network.parameters());
      parameters.addAll(itemTower.network.parameters());
      parameters.addAll(step.lossParameters().keySet());
      boolean stops = validation != null;
      EarlyStopping stopping =
          new EarlyStopping(
              Math.max(1, options.patience()), EARLIEST_BEST, List.copyOf(parameters));
      List<Double> losses = new ArrayList<>();
      List<Double> recalls = new ArrayList<>();
      Checkpoint checkpoint =
          file.isEmpty()
              ? null
              : new Checkpoint(file.get(), key(), List.copyOf(parameters), updater, stopping);
      if (checkpoint != null) {
        Optional<Checkpoint.Progress> done = checkpoint.resume(options.epochs());
        done.ifPresent(d -> losses.addAll(d.losses()));
        done.ifPresent(d -> recalls.addAll(d.scores()));
      }
      try (Progress.Stage stage =
          progress.stage("Train two-tower network", options.epochs() * samples())) {
        for (int epoch = losses.size() + 1; epoch <= options.epochs(); epoch++) {
          if (stops && stopping.shouldStop()) {
            break;
          }
          losses.add(epoch(epoch, step, schedule, updater, workers, stage));
          DivergedException.checkWeights(
              NETWORK,
              parameters,
              updater.steps(),
              options.optimizer().learningRate() * schedule.at(updater.steps()));
          String note = "epoch %d: loss %.4f".formatted(epoch, losses.getLast());
          if (stops) {
            recalls.add(recall(workers));
            stopping.offer(epoch, recalls.getLast());
            note += ", recall@%d %.4f".formatted(VALIDATION_LIST, recalls.getLast());
          }
          stage.note(note);
          if (checkpoint != null) {
            checkpoint.write(new Checkpoint.Progress(losses, recalls));
          }
        }
      }
      int best = losses.size();
      if (stops) {
        stopping.restore();
        userTower.network.refresh();
        itemTower.network.refresh();
        best = stopping.bestEpoch();
      }
      float[] userVectors = userTower.vectors(fullUserTable, workers);
      float[] itemVectors = itemTower.vectors(itemTable, workers);
      if (options.smooth() && validation != null) {
        Leanings chosen = leanings(itemVectors, workers);
        float[] raw = userVectors;
        userVectors =
            Smoothing.towards(raw, positives, itemVectors, options.dim(), chosen.users, workers);
        itemVectors =
            Smoothing.towards(
                itemVectors, positives.transposed(), raw, options.dim(), chosen.items, workers);
        notes.add(chosen.toString());
      }
      return new TowerModel(
          options,
          userTower,
          itemTower,
          ofUsers(userVectors, options.dim()),
          ofItems(itemVectors, options.dim()),
          TowerModel.presence(itemTable, knownItems),
          losses.stream().mapToDouble(d -> d).toArray(),
          recalls.stream().mapToDouble(d -> d).toArray(),
          best,
          popularity,
          notes);
    }

    /** How far vectors lean towards their neighbours', and what that gave on held-out positives. */
    private record Leanings(float users, float items, double recall, double plain) {
      @Override
      public String toString() {
        return String.format(
            Locale.ROOT,
            "vectors lean towards their neighbours', users by %.2f and items by %.2f:"
                + " recall@%d on held-out positives %.4f, without %.4f",
            users,
            items,
            VALIDATION_LIST,
            recall,
            plain);
      }
    }

    /** The weights of {@link Smoothing} with the best recall on held-out positives. */
    private Leanings leanings(float[] itemVectors, Workers workers) {
      int dim = options.dim();
      float[] userVectors = userTower.vectors(userTable, workers);
      Interactions back = train.transposed();
      Leanings best = new Leanings(0, 0, -1, -1);
      for (float byItem : LEANINGS) {
        float[] items = Smoothing.towards(itemVectors, back, userVectors, dim, byItem, workers);
        for (float byUser : LEANINGS) {
          float[] users = Smoothing.towards(userVectors, train, itemVectors, dim, byUser, workers);
          double recall = recall(users, items, dim, workers);
          double plain = best.plain < 0 ? recall : best.plain;
          if (recall > best.recall) {
            best = new Leanings(byUser, byItem, recall, plain);
          } else {
            best = new Leanings(best.users, best.items, best.recall, plain);
          }
        }
      }
      return best;
    }

    /** Mean loss of one pass over the training positives, or some of them, in a drawn order. */
    private double epoch(
        int epoch,
        Step step,
        Schedule schedule,
        Updater updater,
        Workers workers,
        Progress.Stage stage) {
      Permutation order =
          new Permutation(train.size(), Draws.of(options.seed(), "tower.order", epoch));
      float meanValue = meanValue();
      int capacity = step.capacity();
      int[] users = new int[capacity];
      int[] items = new int[capacity];
      float[] weights = new float[capacity];
      double sum = 0;
      long samples = samples();
      for (long from = 0; from < samples; from += capacity) {
        int count = (int) Math.min(capacity, samples - from);
        for (int i = 0; i < count; i++) {
          long positive = order.at(from + i);
          users[i] = rowOf(positive);
          items[i] = train.column(positive);
          weights[i] = train.value(positive) / meanValue;
        }
        long number = updater.steps() + 1;
        double rate = schedule.at(number);
        double loss = step.run(number, users, items, weights, count, workers);
        if (!Double.isFinite(loss)) {
          throw new DivergedException(
              NETWORK, loss, number, options.optimizer().learningRate() * rate);
        }
        updater.step(rate, workers);
        sum += loss;
        stage.add(count);
      }
      return sum / samples;
    }

    /** Positives of one pass: of the drawn order, so many from the start. */
    private long samples() {
      return options.epochSamples() == 0
          ? train.size()
          : Math.min(train.size(), options.epochSamples());
    }

    private float meanValue() {
      if (train.uniform()) {
        return train.value(0);
      }
      double sum = 0;
      for (long i = 0; i < train.size(); i++) {
        sum += train.value(i);
      }
      return (float) (sum / train.size());
    }

    /** The user of a positive, by bisection of the rows' starts. */
    private int rowOf(long positive) {
      int low = 0;
      int high = train.rows() - 1;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (train.end(middle) <= positive) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }

    private float[] ofUsers(float[] units, int dim) {
      return popularity == null ? units : popularity.users(units, dim);
    }

    private float[] ofItems(float[] units, int dim) {
      return popularity == null ? units : popularity.items(units, dim, counts);
    }

    private double recall(Workers workers) {
      float[] itemVectors = itemTower.vectors(itemTable, workers);
      float[] userVectors = new float[train.rows() * options.dim()];
      int[] rows = new int[train.rows()];
      int n = 0;
      for (int u = 0; u < train.rows(); u++) {
        if (validation.count(u) > 0) {
          rows[n++] = u;
        }
      }
      userTower.vectors(userTable, Arrays.copyOf(rows, n), userVectors, workers);
      return recall(userVectors, itemVectors, options.dim(), workers);
    }

    private double recall(float[] userUnits, float[] itemUnits, int dim, Workers workers) {
      int width = popularity == null ? dim : dim + Popularity.WIDTH;
      return TopNEvaluator.evaluate(
              new FactorScores(ofUsers(userUnits, dim), ofItems(itemUnits, dim), width),
              train,
              validation,
              VALIDATION_LIST,
              workers,
              Progress.none())
          .recall();
    }
  }
}
