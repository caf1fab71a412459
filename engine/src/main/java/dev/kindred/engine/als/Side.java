package dev.kindred.engine.als;

import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.Arrays;

/**
 * One side's rows and the order in which a half sweep solves them.
 *
 * <p>Rows of similar length lie together in the order, longest first, cut into pieces of about
 * equal work: threads end together, and a worker's branches and buffers stay the same for long.
 *
 * <p>Driven by one thread; the work inside is shared out.
 */
final class Side {
  /** Entries (plus a fixed cost a row) in one piece of work. */
  static final long PIECE = 16_384;

  private final Interactions data;
  private final Weighting weighting;
  private final int[] order;
  private final int[] pieceStarts;
  private final double[] rowLosses;
  private final float[] weights;
  private final float[] otherWeights;

  /**
   * @param weights shares of this side's rows in the weight of their entries; empty = all 1
   * @param otherWeights the same of the other side
   */
  Side(Interactions data, Weighting weighting, float[] weights, float[] otherWeights) {
    this.weights = weights;
    this.otherWeights = otherWeights;
    this.data = data;
    this.weighting = weighting;
    this.order = longestFirst(data);
    this.rowLosses = new double[data.rows()];
    this.pieceStarts = pieceStarts(data, order);
  }

  /**
   * Where pieces of work begin in the order: the p-th is [p], inclusive, to [p + 1], exclusive. A
   * piece ends with the row that fills it, so none has more than {@link #PIECE} and a row's work.
   */
  static int[] pieceStarts(Interactions data, int[] order) {
    int rows = data.rows();
    int[] starts = new int[16];
    int pieces = 0;
    long work = 0;
    for (int i = 0; i < rows; i++) {
      if (work == 0) {
        if (pieces + 1 >= starts.length) {
          starts = Arrays.copyOf(starts, 2 * starts.length);
        }
        starts[pieces++] = i;
      }
      work += data.count(order[i]) + 64;
      if (work >= PIECE) {
        work = 0;
      }
    }
    starts[pieces] = rows;
    return Arrays.copyOf(starts, pieces + 1);
  }

  /** Ordinals by falling length, equal lengths by ordinal: a counting sort over capped lengths. */
  static int[] longestFirst(Interactions data) {
    int rows = data.rows();
    // Lengths past the cap are rare: they share a bucket, and which of them goes first is no
    // matter.
    int cap = 1 << 16;
    int[] starts = new int[cap + 2];
    for (int r = 0; r < rows; r++) {
      starts[cap - (int) Math.min(cap, data.count(r)) + 1]++;
    }
    for (int i = 0; i <= cap; i++) {
      starts[i + 1] += starts[i];
    }
    int[] order = new int[rows];
    for (int r = 0; r < rows; r++) {
      order[starts[cap - (int) Math.min(cap, data.count(r))]++] = r;
    }
    return order;
  }

  /**
   * Turns {@code fixed} to its principal axes, solves every row against it and writes the factors
   * to {@code target}.
   *
   * @param warm whether solves start from what {@code target} holds
   * @return the loss without the other side's lambda
   */
  double sweep(
      float[] fixed,
      float[] target,
      int rank,
      boolean warm,
      RowSolver[] solvers,
      Workers workers,
      Progress.Stage stage) {
    FixedSide side = FixedSide.turn(fixed, rank, weighting.unobserved(), otherWeights, workers);
    if (warm) {
      side.turnToo(target, workers);
    }
    workers.forEachRange(
        pieceStarts.length - 1,
        1,
        (from, to, worker) -> {
          RowSolver solver = solvers[worker];
          long entries = 0;
          for (int i = pieceStarts[(int) from]; i < pieceStarts[(int) to]; i++) {
            int row = order[i];
            int n = (int) data.count(row);
            solver.next(side, n).read(data, row);
            solver.add(
                side, weights.length == 0 ? 1 : weights[row], target, row * rank, rowLosses, row);
            entries += n;
          }
          solver.finish(side);
          stage.add(entries);
        });
    double loss = 0;
    for (double rowLoss : rowLosses) {
      loss += rowLoss;
    }
    return loss;
  }

  /** Sum over this side's rows of lambda times the squared norm of {@code factors}. */
  double ridge(float[] factors, int rank) {
    double sum = 0;
    for (int row = 0; row < data.rows(); row++) {
      double squares = 0;
      for (int i = row * rank; i < (row + 1) * rank; i++) {
        squares += (double) factors[i] * factors[i];
      }
      sum += weighting.lambda(positives(row), data.columns()) * squares;
    }
    return sum;
  }

  private int positives(int row) {
    if (data.uniform()) {
      return data.count(row) > 0 && data.value(0) > 0 ? (int) data.count(row) : 0;
    }
    int positives = 0;
    for (long i = data.start(row); i < data.end(row); i++) {
      positives += data.value(i) > 0 ? 1 : 0;
    }
    return positives;
  }
}
