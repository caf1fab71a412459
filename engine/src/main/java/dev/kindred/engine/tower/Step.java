package dev.kindred.engine.tower;

import dev.kindred.engine.nn.Parameter;
import dev.kindred.engine.nn.Pass;
import dev.kindred.index.run.Workers;
import java.util.List;
import java.util.Map;

/** Loss and gradients of one batch of positives; for one thread. */
interface Step {
  /** Most positives of a batch. */
  int capacity();

  /** All passes, in the order in which their gradients are added. */
  List<Pass> passes();

  /** The loss's own parameters and their gradients. */
  Map<Parameter, float[]> lossParameters();

  /**
   * Computes the gradients of the mean loss of {@code count} positives.
   *
   * @param step keys the random draws
   * @return the sum of the positives' weighted losses
   */
  double run(long step, int[] users, int[] items, float[] weights, int count, Workers workers);

  /** Rows of a chunk: a function of the batch alone, so that bits don't depend on threads. */
  static int chunk(int batch) {
    return Math.clamp(batch / 8, 64, 512);
  }
}
