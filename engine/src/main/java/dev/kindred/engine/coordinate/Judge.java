package dev.kindred.engine.coordinate;

import dev.kindred.engine.coordinate.SampleColumns.Role;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.nn.Adam;
import dev.kindred.engine.nn.Concat;
import dev.kindred.engine.nn.Dense;
import dev.kindred.engine.nn.FeatureInput;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Input;
import dev.kindred.engine.nn.Layer;
import dev.kindred.engine.nn.Losses;
import dev.kindred.engine.nn.Network;
import dev.kindred.engine.nn.Pass;
import dev.kindred.engine.nn.Product;
import dev.kindred.engine.nn.Trainer;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Activation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The network itself, for one fold: user, item and sample in, one sigmoid per objective out, as
 * logits.
 *
 * <p>A sample is shown once per objective, each time without the columns that would give that
 * objective's label away. For one thread.
 */
final class Judge {
  private static final int CHUNK = 128;

  /** Values in which user and item are compared before the hidden layers. */
  private static final int MATCH = 24;

  /** Ids that the network did not train on are read as unknown: let it see some of those. */
  private static final double UNKNOWN_IDS = 0.05;

  private final Events events;
  private final SampleColumns columns;
  private final FeatureTable users;
  private final FeatureTable items;
  private final CoordinateOptions options;
  private final int objectives;
  private final FeatureInput userInput;
  private final FeatureInput itemInput;
  private final Input sample;
  private final Layer output;
  private final Network network;

  Judge(
      Events events,
      SampleColumns columns,
      FeatureTable users,
      FeatureTable items,
      CoordinateOptions options,
      int fold) {
    this.events = events;
    this.columns = columns;
    this.users = users;
    this.items = items;
    this.options = options;
    objectives = events.objectives().size();
    long seed = Draws.of(options.seed(), "coordinate.network", fold).nextLong();
    int dim = options.embeddingDim();
    int all = Integer.MAX_VALUE;
    userInput = FeatureInput.of("user", users.features(), dim, Map.of(), UNKNOWN_IDS, all, seed);
    itemInput = FeatureInput.of("item", items.features(), dim, Map.of(), UNKNOWN_IDS, all, seed);
    sample = new Input("sample", columns.size() * SampleColumns.WIDTH);
    Layer match =
        new Product(
            "match",
            new Dense("match.user", userInput, MATCH, Activation.NONE, seed),
            new Dense("match.item", itemInput, MATCH, Activation.NONE, seed));
    Layer layer = new Concat("all", List.of(userInput, itemInput, sample, match));
    for (int i = 0; i < options.hidden().size(); i++) {
      layer = new Dense("hidden" + (i + 1), layer, options.hidden().get(i), Activation.RELU, seed);
    }
    output = new Dense("output", layer, objectives, Activation.NONE, seed);
    network = new Network(output);
  }

  /** Minimises the mean cross-entropy of the examples, in an order drawn anew each epoch. */
  void train(Examples examples, int fold, Workers workers, Progress.Stage stage) {
    Trainer trainer =
        new Trainer(
            "the Coordinating Network",
            network,
            Adam.of(options.learningRate()),
            options.batch(),
            CHUNK,
            options.seed() + fold);
    int[] order = new int[examples.size];
    Arrays.setAll(order, i -> i);
    Batch batch = new Batch(options.batch());
    for (int epoch = 0; epoch < options.epochs(order.length); epoch++) {
      Draws.of(options.seed(), "coordinate.order", fold, epoch).shuffle(order, 0, order.length);
      for (int from = 0; from < order.length; from += options.batch()) {
        int n = Math.min(options.batch(), order.length - from);
        batch.take(examples, order, from, n);
        trainer.step(n, 1, (pass, at, count) -> loss(pass, batch, at, count, n), workers);
        stage.add(n);
      }
    }
  }

  private final class Batch {
    final int[] user;
    final int[] item;
    final int[] row;
    final int[] objective;
    final float[] label;

    Batch(int size) {
      user = new int[size];
      item = new int[size];
      row = new int[size];
      objective = new int[size];
      label = new float[size];
    }

    void take(Examples examples, int[] order, int from, int n) {
      for (int i = 0; i < n; i++) {
        int example = order[from + i];
        row[i] = examples.row[example];
        user[i] = events.user(row[i]);
        item[i] = events.item(row[i]);
        objective[i] = examples.objective[example];
        label[i] = examples.label[example];
      }
    }
  }

  private double loss(Pass pass, Batch batch, int from, int count, int n) {
    forward(pass, batch.user, batch.item, batch.row, batch.objective, from, count);
    float[] logits = new float[count];
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    for (int i = 0; i < count; i++) {
      logits[i] = pass.value(output)[i * objectives + batch.objective[from + i]];
    }
    float[] labels = Arrays.copyOfRange(batch.label, from, from + count);
    double loss = Losses.crossEntropy(logits, labels, ones, count, 1f / n, logits);
    float[] gradient = pass.gradient(output);
    Arrays.fill(gradient, 0, count * objectives, 0);
    for (int i = 0; i < count; i++) {
      gradient[i * objectives + batch.objective[from + i]] = logits[i];
    }
    return loss;
  }

  private void forward(
      Pass pass, int[] user, int[] item, int[] row, int[] objective, int from, int count) {
    pass.bind(userInput, users, user, from);
    pass.bind(itemInput, items, item, from);
    float[] inputs = pass.value(sample);
    for (int i = 0; i < count; i++) {
      columns.write(objective[from + i], Role.INPUT, row[from + i], inputs, i * sample.width());
    }
    network.forward(pass, count);
  }

  /** Writes the logit of the objective for each of the rows to logits[row]. */
  void judge(int[] rows, int objective, float[] logits, Workers workers, Progress.Stage stage) {
    Runner[] runners = new Runner[workers.threads()];
    workers.forEachRange(
        rows.length,
        CHUNK,
        (from, to, worker) -> {
          if (runners[worker] == null) {
            runners[worker] = new Runner();
          }
          runners[worker].run(rows, (int) from, (int) to, objective, logits);
          stage.add(to - from);
        });
  }

  /** One worker's scratch. */
  private final class Runner {
    final Pass pass = Pass.forInference(network, CHUNK);
    final int[] user = new int[CHUNK];
    final int[] item = new int[CHUNK];
    final int[] row = new int[CHUNK];
    final int[] objective = new int[CHUNK];

    void run(int[] rows, int from, int to, int k, float[] logits) {
      int count = to - from;
      Arrays.fill(objective, k);
      for (int i = 0; i < count; i++) {
        row[i] = rows[from + i];
        user[i] = events.user(row[i]);
        item[i] = events.item(row[i]);
      }
      forward(pass, user, item, row, objective, 0, count);
      for (int i = 0; i < count; i++) {
        logits[row[i]] = pass.value(output)[i * objectives + k];
      }
    }
  }
}
