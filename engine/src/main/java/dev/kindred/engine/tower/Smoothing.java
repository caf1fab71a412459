package dev.kindred.engine.tower;

import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Distances;
import java.util.Arrays;

/**
 * Vectors that lean towards those of their neighbours in the positives, once training is done: a
 * user's towards the mean of its items, an item's towards the mean of its users (Ju et al., How
 * Does Message Passing Improve Collaborative Filtering?, NeurIPS 2024). It helps most who has few
 * positives, and costs no training.
 *
 * <p>Stateless; same bits for any number of threads.
 */
final class Smoothing {
  private static final int ROWS_AT_ONCE = 256;

  private Smoothing() {}

  /**
   * own + weight x the direction of the mean of the neighbours' vectors, of length 1; rows without
   * neighbours stay as they are.
   *
   * @param own [rows x dim]
   * @param links the neighbours of each row, columns of {@code neighbours}
   * @param neighbours [columns x dim], each of length 1
   */
  static float[] towards(
      float[] own, Interactions links, float[] neighbours, int dim, float weight, Workers workers) {
    float[] result = own.clone();
    if (weight == 0) {
      return result;
    }
    float[][] sums = new float[workers.threads()][dim];
    workers.forEachRange(
        links.rows(),
        ROWS_AT_ONCE,
        (from, to, worker) -> {
          for (int row = (int) from; row < to; row++) {
            if (links.count(row) > 0) {
              lean(result, row * dim, links, row, neighbours, dim, weight, sums[worker]);
            }
          }
        });
    return result;
  }

  private static void lean(
      float[] result,
      int at,
      Interactions links,
      int row,
      float[] neighbours,
      int dim,
      float weight,
      float[] sum) {
    Arrays.fill(sum, 0);
    for (long i = links.start(row); i < links.end(row); i++) {
      Distances.axpy(1f, neighbours, links.column(i) * dim, sum, 0, dim);
    }
    Distances.normalize(sum, 0, dim);
    Distances.axpy(weight, sum, 0, result, at, dim);
    Distances.normalize(result, at, dim);
  }
}
