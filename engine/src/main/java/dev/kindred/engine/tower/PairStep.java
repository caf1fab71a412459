package dev.kindred.engine.tower;

import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Losses;
import dev.kindred.engine.nn.Parameter;
import dev.kindred.engine.nn.Pass;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Distances;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Each positive pair and sampled pairs of the same user, never known positives: the cross-entropy
 * of all of them, or Bayesian personalised ranking of the positive before each of the others.
 *
 * <p>For one thread.
 */
final class PairStep implements Step {
  private final Tower userTower;
  private final Tower itemTower;
  private final FeatureTable userTable;
  private final FeatureTable itemTable;
  private final NegativeSampler sampler;
  private final TowerOptions options;
  private final boolean ranks;
  private final boolean scaled;
  private final int batch;
  private final int chunk;
  private final int perUser;
  private final List<Pass> userPasses = new ArrayList<>();
  private final List<Pass> itemPasses = new ArrayList<>();

  /** log of the scale and, but for a ranking, in which it would say nothing, the bias. */
  private final Parameter logScaleAndBias;

  private final float[] lossGradient;
  private final Chunk[] chunks;

  PairStep(
      Tower userTower,
      Tower itemTower,
      FeatureTable userTable,
      FeatureTable itemTable,
      Interactions positives,
      TowerOptions options) {
    this.userTower = userTower;
    this.itemTower = itemTower;
    this.userTable = userTable;
    this.itemTable = itemTable;
    this.options = options;
    ranks = options.loss() == TowerLoss.BPR;
    scaled = options.loss().hasScale();
    sampler = new NegativeSampler(positives, options.popularityExponent());
    perUser = 1 + options.negatives();
    batch = (int) Math.min(options.batch() / perUser, positives.size());
    chunk = Math.max(1, Step.chunk(options.batch()) / perUser);
    logScaleAndBias =
        ranks
            ? Parameter.dense("loss.logScale", 1, 1)
            : Parameter.dense("loss.logScaleAndBias", 1, 2);
    lossGradient = new float[logScaleAndBias.values().length];
    logScaleAndBias.values()[0] = (float) Math.log(options.scaleFor(positives.columns()));
    if (!ranks) {
      // Random pairs start at a cosine near 0: let their probability start at the share of
      // positives.
      logScaleAndBias.values()[1] = (float) -Math.log(options.negatives());
    }
    for (int from = 0; from < batch; from += chunk) {
      int rows = Math.min(chunk, batch - from);
      userPasses.add(Pass.forTraining(userTower.network, rows, options.seed()));
      itemPasses.add(Pass.forTraining(itemTower.network, rows * perUser, options.seed()));
    }
    chunks = new Chunk[userPasses.size()];
    Arrays.setAll(chunks, i -> new Chunk());
  }

  /** What one chunk of a batch needs beside its passes. */
  private final class Chunk {
    final int[] items = new int[chunk * perUser];
    final float[] logits = new float[chunk * perUser];
    final float[] cosines = new float[chunk * perUser];
    final float[] labels = new float[chunk * perUser];
    final float[] weights = new float[chunk * perUser];
    final float[] positives = new float[ranks ? chunk * (perUser - 1) : 0];
    final float[] negatives = new float[positives.length];
    final float[] comparisons = new float[positives.length];
    final Draws draws = Draws.of(options.seed(), "tower.negatives");
    double loss;
    double byScale;
    double byBias;
  }

  @Override
  public int capacity() {
    return batch;
  }

  @Override
  public List<Pass> passes() {
    List<Pass> all = new ArrayList<>(userPasses);
    all.addAll(itemPasses);
    return all;
  }

  @Override
  public Map<Parameter, float[]> lossParameters() {
    boolean own = ranks ? options.learnScale() : scaled;
    return own ? Map.of(logScaleAndBias, lossGradient) : Map.of();
  }

  @Override
  public double run(
      long step, int[] users, int[] items, float[] weights, int count, Workers workers) {
    workers.forEachRange(
        chunks.length,
        1,
        (from, to, worker) -> {
          for (int i = (int) from; i < to; i++) {
            runChunk(i, step, users, items, weights, count);
          }
        });
    double sum = 0;
    double byScale = 0;
    double byBias = 0;
    for (Chunk each : chunks) {
      sum += each.loss;
      byScale += each.byScale;
      byBias += each.byBias;
    }
    lossGradient[0] = options.learnScale() ? (float) byScale : 0;
    if (!ranks) {
      lossGradient[1] = (float) byBias;
    }
    return sum;
  }

  private void runChunk(int i, long step, int[] users, int[] items, float[] weights, int count) {
    Chunk c = chunks[i];
    Pass userPass = userPasses.get(i);
    Pass itemPass = itemPasses.get(i);
    c.loss = 0;
    c.byScale = 0;
    c.byBias = 0;
    int rows = Math.clamp(count - i * chunk, 0, userPass.capacity());
    if (rows == 0) {
      userPass.skip();
      itemPass.skip();
      return;
    }
    int from = i * chunk;
    choosePairs(c, step, users, items, weights, from, rows);
    userPass.at(step, from);
    userPass.bind(userTower.input, userTable, users, from);
    userPass.leaveOut(userTower.input, userTower.history, items, from);
    userTower.network.forward(userPass, rows);
    itemPass.at(step, (long) from * perUser);
    itemPass.bind(itemTower.input, itemTable, c.items, 0);
    itemTower.network.forward(itemPass, rows * perUser);
    int terms = ranks ? count * (perUser - 1) : count * perUser;
    c.loss = loss(c, userPass, itemPass, rows, 1f / terms);
    userTower.network.backward(userPass);
    itemTower.network.backward(itemPass);
  }

  private void choosePairs(
      Chunk c, long step, int[] users, int[] items, float[] weights, int from, int rows) {
    for (int r = 0; r < rows; r++) {
      int at = r * perUser;
      c.items[at] = items[from + r];
      c.labels[at] = 1;
      c.weights[at] = weights[from + r];
      c.draws.reset(step, from + r);
      for (int j = at + 1; j < at + perUser; j++) {
        int negative = sampler.drawNegative(users[from + r], c.draws);
        c.items[j] = Math.max(negative, 0);
        c.labels[j] = 0;
        c.weights[j] = negative < 0 ? 0 : weights[from + r];
      }
    }
  }

  private double loss(Chunk c, Pass userPass, Pass itemPass, int rows, float share) {
    int dim = options.dim();
    float[] u = userPass.value(userTower.output);
    float[] v = itemPass.value(itemTower.output);
    float scale = scaled ? (float) TowerOptions.bounded(Math.exp(logScaleAndBias.values()[0])) : 1;
    float bias = scaled && !ranks ? logScaleAndBias.values()[1] : 0;
    int n = rows * perUser;
    for (int j = 0; j < n; j++) {
      c.cosines[j] = Distances.dot(u, j / perUser * dim, v, j * dim, dim);
      c.logits[j] = scale * c.cosines[j] + bias;
    }
    double loss =
        switch (options.loss()) {
          case BPR -> ranking(c, rows, share);
          case SCALED_CROSS_ENTROPY ->
              Losses.crossEntropy(c.logits, c.labels, c.weights, n, share, c.logits);
          case COSINE_CROSS_ENTROPY ->
              Losses.crossEntropyOfProbability(c.logits, c.labels, c.weights, n, share, c.logits);
          case SAMPLED_SOFTMAX, COSINE_CONTRASTIVE ->
              throw new IllegalStateException(
                  options.loss() + " has shared negatives, and no pairs of its own");
        };
    float[] du = userPass.gradient(userTower.output);
    float[] dv = itemPass.gradient(itemTower.output);
    Arrays.fill(du, 0, rows * dim, 0);
    Arrays.fill(dv, 0, n * dim, 0);
    for (int j = 0; j < n; j++) {
      float g = c.logits[j];
      c.byScale += (double) g * scale * c.cosines[j];
      c.byBias += g;
      Distances.axpy(g * scale, v, j * dim, du, j / perUser * dim, dim);
      Distances.axpy(g * scale, u, j / perUser * dim, dv, j * dim, dim);
    }
    return loss;
  }

  /** Compares each positive with each of its negatives; the logits' gradients overwrite them. */
  private double ranking(Chunk c, int rows, float share) {
    int perPositive = perUser - 1;
    for (int r = 0; r < rows; r++) {
      int at = r * perUser;
      for (int j = 0; j < perPositive; j++) {
        c.positives[r * perPositive + j] = c.logits[at];
        c.negatives[r * perPositive + j] = c.logits[at + 1 + j];
        c.comparisons[r * perPositive + j] = c.weights[at + 1 + j];
      }
    }
    float[] gradient = c.positives;
    double loss =
        Losses.bayesianRanking(
            c.positives, c.negatives, c.comparisons, rows * perPositive, share, gradient);
    for (int r = 0; r < rows; r++) {
      int at = r * perUser;
      c.logits[at] = 0;
      for (int j = 0; j < perPositive; j++) {
        c.logits[at] += gradient[r * perPositive + j];
        c.logits[at + 1 + j] = -gradient[r * perPositive + j];
      }
    }
    return loss;
  }
}
