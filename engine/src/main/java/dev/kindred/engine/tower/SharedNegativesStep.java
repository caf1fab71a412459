package dev.kindred.engine.tower;

import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Losses;
import dev.kindred.engine.nn.Parameter;
import dev.kindred.engine.nn.Pass;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Activation;
import dev.kindred.simd.Distances;
import dev.kindred.simd.Gemm;
import dev.kindred.simd.PackedMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Each positive's item against sampled items that all positives of the batch share, and against the
 * batch's other items where these are negatives too: by a softmax or the cosine contrastive loss.
 *
 * <p>The classes of a batch are its own items, one per positive, and sampled ones. A class that is
 * a known positive of a row's user takes no part in that row. For one thread.
 */
final class SharedNegativesStep implements Step {
  private final Tower userTower;
  private final Tower itemTower;
  private final FeatureTable userTable;
  private final FeatureTable itemTable;
  private final Interactions positives;
  private final NegativeSampler sampler;
  private final TowerOptions options;
  private final boolean softmax;
  private final double[] popularity; // added to the logits of each item
  private final int batch;
  private final int classes;

  /** The classes that every row sees are those from here on. */
  private final int firstShared;

  private final int shared;

  /** Of a row's logits: the shared classes and, where its own is none of them, that one. */
  private final int columns;

  private final int chunk;
  private final int dim;
  private final List<Pass> userPasses = new ArrayList<>();
  private final List<Pass> itemPasses = new ArrayList<>();
  private final double[] batchProbability;

  /** log of the scale. */
  private final Parameter logScale = Parameter.dense("loss.logScale", 1, 1);

  private final float[] scaleGradient = new float[1];
  private final float[] classVectors;
  private final PackedMatrix packedVectors;
  private final PackedMatrix packedTransposed;
  private final float[][] scaledUsers;
  private final float[][] logits;
  private final float[][] classGradients;
  private final double[] losses;
  private final double[] scaleGradients;
  private final int[] classItems;
  private final float[] shifts;
  private final int[] targets;
  private final int[] classOf;
  private final int[] nextClass;
  private final Draws draws;

  /**
   * @param popularity what is added to each item's logit; all 0 but for a softmax
   */
  SharedNegativesStep(
      Tower userTower,
      Tower itemTower,
      FeatureTable userTable,
      FeatureTable itemTable,
      Interactions positives,
      double[] popularity,
      TowerOptions options) {
    this.popularity = popularity;
    this.userTower = userTower;
    this.itemTower = itemTower;
    this.userTable = userTable;
    this.itemTable = itemTable;
    this.positives = positives;
    this.options = options;
    sampler = new NegativeSampler(positives, options.popularityExponent());
    softmax = options.loss() == TowerLoss.SAMPLED_SOFTMAX;
    batch = (int) Math.min(options.batch(), positives.size());
    classes = batch + options.negatives();
    firstShared = options.batchNegatives() ? 0 : batch;
    shared = classes - firstShared;
    columns = shared + (options.batchNegatives() ? 0 : 1);
    chunk = Step.chunk(options.batch());
    dim = options.dim();
    addPasses(userPasses, userTower, batch);
    addPasses(itemPasses, itemTower, classes);
    batchProbability = new double[positives.columns()];
    for (long i = 0; i < positives.size(); i++) {
      batchProbability[positives.column(i)] += 1.0 / positives.size();
    }
    logScale.values()[0] = (float) Math.log(options.scaleFor(positives.columns()));
    classVectors = new float[classes * dim];
    packedVectors = PackedMatrix.pack(classVectors, firstShared * dim, shared, dim);
    packedTransposed = PackedMatrix.packTransposed(classVectors, firstShared * dim, shared, dim);
    scaledUsers = new float[userPasses.size()][chunk * dim];
    logits = new float[userPasses.size()][chunk * columns];
    classGradients = new float[userPasses.size()][classes * dim];
    losses = new double[userPasses.size()];
    scaleGradients = new double[userPasses.size()];
    classItems = new int[classes];
    shifts = new float[shared];
    targets = new int[batch];
    Arrays.setAll(targets, i -> options.batchNegatives() ? i : shared);
    classOf = new int[positives.columns()];
    Arrays.fill(classOf, -1);
    nextClass = new int[classes];
    draws = Draws.of(options.seed(), "tower.negatives");
  }

  private void addPasses(List<Pass> passes, Tower tower, int rows) {
    for (int from = 0; from < rows; from += chunk) {
      passes.add(Pass.forTraining(tower.network, Math.min(chunk, rows - from), options.seed()));
    }
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
    return softmax && options.learnScale() ? Map.of(logScale, scaleGradient) : Map.of();
  }

  @Override
  public double run(
      long step, int[] users, int[] items, float[] weights, int count, Workers workers) {
    float scale = softmax ? (float) TowerOptions.bounded(Math.exp(logScale.values()[0])) : 1;
    chooseClasses(step, items, count);
    int userChunks = userPasses.size();
    workers.forEachRange(
        userChunks + itemPasses.size(),
        1,
        (from, to, worker) -> {
          for (int i = (int) from; i < to; i++) {
            if (i < userChunks) {
              forwardUsers(i, step, users, items, count);
            } else {
              forwardItems(i - userChunks, step);
            }
          }
        });
    packedVectors.repack(classVectors, firstShared * dim);
    packedTransposed.repackTransposed(classVectors, firstShared * dim);
    workers.forEachRange(
        userChunks,
        1,
        (from, to, worker) -> {
          for (int i = (int) from; i < to; i++) {
            losses[i] = userLoss(i, users, weights, count, scale);
          }
        });
    workers.forEachRange(
        itemPasses.size(),
        1,
        (from, to, worker) -> {
          for (int i = (int) from; i < to; i++) {
            backwardItems(i);
          }
        });
    forgetClasses();
    double sum = 0;
    double byScale = 0;
    for (int i = 0; i < userChunks; i++) {
      sum += losses[i];
      byScale += scaleGradients[i];
    }
    scaleGradient[0] = (float) byScale;
    return sum;
  }

  /** The batch's items stand first, so row r's class is r; missing rows of a short batch follow. */
  private void chooseClasses(long step, int[] items, int count) {
    draws.reset(step);
    for (int j = 0; j < classes; j++) {
      boolean own = j < batch;
      int item = own ? items[Math.min(j, count - 1)] : sampler.draw(draws);
      classItems[j] = item;
      if (j >= firstShared) {
        shifts[j - firstShared] = own && j >= count ? Losses.EXCLUDED : shift(item, count);
        nextClass[j] = classOf[item];
        classOf[item] = j;
      }
    }
  }

  /** The item's popularity minus the log of how often it is expected among the shared classes. */
  private float shift(int item, int count) {
    if (!softmax || options.correction() == 0) {
      return (float) popularity[item];
    }
    double expected = options.negatives() * sampler.probability(item);
    if (options.batchNegatives()) {
      expected += count * batchProbability[item];
    }
    return (float) (popularity[item] - options.correction() * Math.log(expected));
  }

  private void forgetClasses() {
    for (int item : classItems) {
      classOf[item] = -1;
    }
  }

  private int rows(int userChunk, int count) {
    return Math.clamp(count - userChunk * chunk, 0, Math.min(chunk, batch - userChunk * chunk));
  }

  private void forwardUsers(int i, long step, int[] users, int[] items, int count) {
    Pass pass = userPasses.get(i);
    pass.at(step, (long) i * chunk);
    pass.bind(userTower.input, userTable, users, i * chunk);
    pass.leaveOut(userTower.input, userTower.history, items, i * chunk);
    userTower.network.forward(pass, rows(i, count));
  }

  private void forwardItems(int i, long step) {
    Pass pass = itemPasses.get(i);
    pass.at(step, (long) i * chunk);
    pass.bind(itemTower.input, itemTable, classItems, i * chunk);
    itemTower.network.forward(pass, pass.capacity());
    System.arraycopy(
        pass.value(itemTower.output), 0, classVectors, i * chunk * dim, pass.rows() * dim);
  }

  /** The loss of a chunk of users, their backward pass and their share of the items' gradients. */
  private double userLoss(int i, int[] users, float[] weights, int count, float scale) {
    Pass pass = userPasses.get(i);
    int rows = pass.rows();
    float[] toClasses = classGradients[i];
    Arrays.fill(toClasses, 0);
    scaleGradients[i] = 0;
    if (rows == 0) {
      return 0;
    }
    float[] vectors = pass.value(userTower.output);
    float[] scaled = scaledUsers[i];
    for (int k = 0; k < rows * dim; k++) {
      scaled[k] = vectors[k] * scale;
    }
    float[] z = logits[i];
    Gemm.multiplyBias(
        scaled, 0, dim, rows, packedTransposed, z, 0, columns, shifts, Activation.NONE);
    for (int r = 0; r < rows; r++) {
      int own = i * chunk + r;
      excludePositives(users[own], own, z, r * columns - firstShared);
      if (firstShared > 0) {
        z[r * columns + shared] =
            Distances.dot(scaled, r * dim, classVectors, own * dim, dim)
                + (float) popularity[classItems[own]];
      }
    }
    double loss =
        softmax
            ? Losses.softmaxCrossEntropy(z, rows, columns, targets, weights, i * chunk, 1f / count)
            : Losses.cosineContrastive(
                z,
                rows,
                columns,
                targets,
                weights,
                i * chunk,
                (float) options.margin(),
                (float) options.negativeWeight(),
                1f / count);
    float[] gradient = pass.gradient(userTower.output);
    Gemm.multiply(z, 0, columns, rows, packedVectors, gradient, 0, dim);
    Gemm.multiplyTransposedAdd(
        z, 0, columns, scaled, 0, dim, rows, shared, dim, toClasses, firstShared * dim, dim);
    if (firstShared > 0) {
      for (int r = 0; r < rows; r++) {
        int own = (i * chunk + r) * dim;
        float byOwn = z[r * columns + shared];
        Distances.axpy(byOwn, classVectors, own, gradient, r * dim, dim);
        Distances.axpy(byOwn, scaled, r * dim, toClasses, own, dim);
      }
    }
    // d loss / d log scale = scale * sum of gradient . cosine, which is that of users . scaled.
    double byScale = 0;
    for (int r = 0; r < rows; r++) {
      byScale += Distances.dot(gradient, r * dim, scaled, r * dim, dim);
    }
    scaleGradients[i] = byScale;
    Distances.scale(scale, gradient, 0, rows * dim);
    userTower.network.backward(pass);
    return loss;
  }

  private void excludePositives(int user, int own, float[] z, int at) {
    for (long p = positives.start(user); p < positives.end(user); p++) {
      for (int j = classOf[positives.column(p)]; j >= 0; j = nextClass[j]) {
        if (j != own) {
          z[at + j] = Losses.EXCLUDED;
        }
      }
    }
  }

  private void backwardItems(int i) {
    Pass pass = itemPasses.get(i);
    int n = pass.rows() * dim;
    float[] gradient = pass.gradient(itemTower.output);
    System.arraycopy(classGradients[0], i * chunk * dim, gradient, 0, n);
    for (int c = 1; c < classGradients.length; c++) {
      Distances.axpy(1f, classGradients[c], i * chunk * dim, gradient, 0, n);
    }
    itemTower.network.backward(pass);
  }
}
