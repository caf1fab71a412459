package dev.kindred.engine.als;

import dev.kindred.index.run.Workers;
import dev.kindred.simd.Gemm;
import dev.kindred.simd.PackedMatrix;
import dev.kindred.simd.SymmetricUpdate;
import java.util.Arrays;

/**
 * The side that is held fixed during a half sweep, and what all rows of the other side share of it:
 * w0 times its Gramian.
 *
 * <p>Turned to its principal axes that Gramian is diagonal. The loss only knows inner products and
 * lengths, so a rotation of both sides changes nothing, and a half sweep that starts from scratch
 * needs only the fixed side turned. It buys cheap exact solves of short rows and cheap iterative
 * ones of long rows.
 *
 * <p>Immutable once made; shared by all workers.
 */
final class FixedSide {
  /** Rows whose outer products are summed by one worker; fixed, so that sums don't depend on it. */
  private static final int GRAMIAN_GRAIN = 4096;

  private static final int TURN_GRAIN = 64;

  final float[] factors;
  final int rows;
  final int rank;

  /** Whether the Gramian is diagonal. */
  final boolean turned;

  /** If not turned: w0 times the Gramian, lower triangle, row-major [rank x rank]. */
  final double[] gramian;

  /** If turned: w0 times the diagonal [rank]. */
  final double[] diagonal;

  /** Each row's share in the weight of its entries; empty = all 1. */
  private final float[] weights;

  /** Of the weights. */
  private final float[] weightRoots;

  /** Whether the rows have weights. */
  final boolean weighted;

  private final PackedMatrix rotation;

  private FixedSide(
      float[] factors,
      int rank,
      double[] gramian,
      double[] diagonal,
      float[] weights,
      PackedMatrix rotation) {
    this.factors = factors;
    this.rank = rank;
    this.rows = factors.length / rank;
    this.gramian = gramian;
    this.diagonal = diagonal;
    this.turned = diagonal.length > 0;
    this.weights = weights;
    this.weighted = weights.length > 0;
    this.weightRoots = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      weightRoots[i] = (float) Math.sqrt(weights[i]);
    }
    this.rotation = rotation;
  }

  /** The factors as they are. */
  static FixedSide of(
      float[] factors, int rank, double unobservedWeight, float[] weights, Workers workers) {
    double[] gramian = gramian(factors, rank, workers);
    for (int i = 0; i < gramian.length; i++) {
      gramian[i] *= unobservedWeight;
    }
    return new FixedSide(factors, rank, gramian, new double[0], weights, null);
  }

  /** Turns {@code factors} in place to the principal axes. */
  static FixedSide turn(
      float[] factors, int rank, double unobservedWeight, float[] weights, Workers workers) {
    SymmetricEigen eigen = new SymmetricEigen(gramian(factors, rank, workers), rank);
    double[] diagonal = new double[rank];
    for (int k = 0; k < rank; k++) {
      diagonal[k] = unobservedWeight * Math.max(0, eigen.values()[k]);
    }
    float[] axes = new float[rank * rank];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = (float) eigen.vectors()[i];
    }
    FixedSide side =
        new FixedSide(
            factors,
            rank,
            new double[0],
            diagonal,
            weights,
            PackedMatrix.packTransposed(axes, 0, rank, rank));
    side.turnToo(factors, workers);
    return side;
  }

  /** Turns other factors the same way, in place: those that a warm start begins from. */
  void turnToo(float[] others, Workers workers) {
    float[][] scratch = new float[workers.threads()][];
    workers.forEachRange(
        others.length / rank,
        TURN_GRAIN,
        (from, to, worker) -> {
          if (scratch[worker] == null) {
            scratch[worker] = new float[TURN_GRAIN * rank];
          }
          int start = (int) from * rank;
          int count = (int) (to - from);
          Gemm.multiply(others, start, rank, count, rotation, scratch[worker], 0, rank);
          System.arraycopy(scratch[worker], 0, others, start, count * rank);
        });
  }

  /** Share of a row of this side in the weight of its entries. */
  float weight(int row) {
    return weights.length == 0 ? 1 : weights[row];
  }

  /** Root of {@link #weight}. */
  float weightRoot(int row) {
    return weights.length == 0 ? 1 : weightRoots[row];
  }

  /** result = (w0 Y'Y + lambda I) x, x being {@code vector} from {@code offset} on. */
  void base(float[] vector, int offset, double lambda, double[] result) {
    for (int i = 0; i < rank; i++) {
      double x = vector[offset + i];
      if (turned) {
        result[i] = (diagonal[i] + lambda) * x;
        continue;
      }
      double sum = lambda * x;
      for (int j = 0; j < rank; j++) {
        sum += gramian[Math.max(i, j) * rank + Math.min(i, j)] * vector[offset + j];
      }
      result[i] = sum;
    }
  }

  /** Lower triangle of the sum of outer products, in doubles, in an order of its own. */
  private static double[] gramian(float[] factors, int rank, Workers workers) {
    int rows = factors.length / rank;
    int pieces = (rows + GRAMIAN_GRAIN - 1) / GRAMIAN_GRAIN;
    // Pieces are summed in waves, so that memory stays small for many rows and high ranks.
    double[][] partial = new double[Math.min(Math.max(1, pieces), 16)][rank * rank];
    double[] sum = new double[rank * rank];
    for (int first = 0; first < pieces; first += partial.length) {
      int base = first;
      int count = Math.min(partial.length, pieces - first);
      workers.forEachRange(
          count,
          1,
          (from, to, worker) -> {
            for (int p = (int) from; p < to; p++) {
              Arrays.fill(partial[p], 0);
              int start = (base + p) * GRAMIAN_GRAIN;
              SymmetricUpdate.gramian(
                  factors, start, Math.min(GRAMIAN_GRAIN, rows - start), rank, partial[p]);
            }
          });
      for (int p = 0; p < count; p++) {
        for (int i = 0; i < rank; i++) {
          for (int j = i * rank; j <= i * rank + i; j++) {
            sum[j] += partial[p][j];
          }
        }
      }
    }
    return sum;
  }
}
