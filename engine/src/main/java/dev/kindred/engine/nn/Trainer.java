package dev.kindred.engine.nn;

import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Trains one network on batches, each cut into chunks of fixed size that may run on any thread.
 *
 * <p>Same bits for any number of threads. For one thread, which owns the network meanwhile.
 */
public final class Trainer {
  private final String what;
  private final Network network;
  private final Optimizer optimizer;
  private final int chunk;
  private final List<Pass> passes = new ArrayList<>();
  private final double[] losses;
  private final Updater updater;
  private double lastRate;

  /** Runs the loss of one chunk. */
  @FunctionalInterface
  public interface ChunkLoss {
    /**
     * Binds the pass to the rows [from, from + count) of the batch, runs the network forward and
     * writes the gradient of its outputs.
     *
     * @return the sum of the chunk's losses
     */
    double run(Pass pass, int from, int count);
  }

  /**
   * @param what is trained, for messages
   * @param batch most rows of a step
   * @param chunk rows per pass
   * @param seed of dropout and the like
   */
  public Trainer(
      String what, Network network, Optimizer optimizer, int batch, int chunk, long seed) {
    if (batch < 1 || chunk < 1) {
      throw new IllegalArgumentException(
          "batch and chunk are %d and %d, must be at least 1".formatted(batch, chunk));
    }
    this.what = what;
    this.network = network;
    this.optimizer = optimizer;
    this.chunk = Math.min(chunk, batch);
    for (int from = 0; from < batch; from += this.chunk) {
      passes.add(Pass.forTraining(network, Math.min(this.chunk, batch - from), seed));
    }
    losses = new double[passes.size()];
    updater = new Updater(optimizer, passes, Map.of());
  }

  /** Steps taken so far. */
  public long steps() {
    return updater.steps();
  }

  /**
   * For the end of an epoch, before its weights are kept: a loss is that of the weights before its
   * step, so it doesn't show what the last step did.
   *
   * @throws DivergedException if a weight is no finite number
   */
  public void checkWeights() {
    DivergedException.checkWeights(what, network.parameters(), updater.steps(), lastRate);
  }

  /** Moves the weights and counts the steps. */
  public Updater updater() {
    return updater;
  }

  /**
   * One step on {@code n} rows.
   *
   * @param rateScale times the optimiser's learning rate
   * @return the sum of the rows' losses before the step
   * @throws DivergedException if that is no finite number; the weights stay as they were
   */
  public double step(int n, double rateScale, ChunkLoss loss, Workers workers) {
    long step = updater.steps() + 1;
    for (Pass pass : passes) {
      pass.skip();
    }
    int chunks = (n + chunk - 1) / chunk;
    workers.forEachRange(
        chunks,
        1,
        (first, last, worker) -> {
          for (int i = (int) first; i < last; i++) {
            Pass pass = passes.get(i);
            pass.at(step, (long) i * chunk);
            losses[i] = loss.run(pass, i * chunk, Math.min(chunk, n - i * chunk));
            network.backward(pass);
          }
        });
    double sum = 0;
    for (int i = 0; i < chunks; i++) {
      sum += losses[i];
    }
    if (!Double.isFinite(sum)) {
      throw new DivergedException(what, sum, step, optimizer.learningRate() * rateScale);
    }
    lastRate = optimizer.learningRate() * rateScale;
    updater.step(rateScale, workers);
    return sum;
  }
}
