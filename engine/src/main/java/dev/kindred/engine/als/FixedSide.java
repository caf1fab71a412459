package dev.kindred.engine.als;

import dev.kindred.index.run.Workers;
import dev.kindred.simd.SymmetricUpdate;

/**
 * The side that is held fixed during a half sweep, and what all rows of the other side share of it:
 * w0 times its Gramian.
 *
 * <p>Immutable once made; shared by all workers.
 */
final class FixedSide {
  /** Rows whose outer products are summed by one worker; fixed, so that sums don't depend on it. */
  private static final int GRAIN = 4096;

  final float[] factors;
  final int rows;
  final int rank;

  /** w0 times the Gramian, lower triangle, row-major [rank x rank]. */
  final double[] gramian;

  /** The same in floats. */
  final float[] gramianFloats;

  FixedSide(float[] factors, int rank, double unobservedWeight, Workers workers) {
    this.factors = factors;
    this.rank = rank;
    this.rows = factors.length / rank;
    int pieces = Math.max(1, (rows + GRAIN - 1) / GRAIN);
    // Pieces are summed in waves, so that memory stays small for many rows and high ranks.
    int wave = Math.min(pieces, 64);
    double[][] partial = new double[wave][];
    gramian = new double[rank * rank];
    for (int first = 0; first < pieces; first += wave) {
      int base = first;
      int count = Math.min(wave, pieces - first);
      workers.forEachRange(
          count,
          1,
          (from, to, worker) -> {
            for (int p = (int) from; p < to; p++) {
              partial[p] = new double[rank * rank];
              int start = (base + p) * GRAIN;
              SymmetricUpdate.gramian(
                  factors, start, Math.min(GRAIN, rows - start), rank, partial[p]);
            }
          });
      for (int p = 0; p < count; p++) {
        for (int i = 0; i < gramian.length; i++) {
          gramian[i] += partial[p][i];
        }
        partial[p] = null;
      }
    }
    gramianFloats = new float[rank * rank];
    for (int i = 0; i < rank; i++) {
      for (int j = 0; j < rank; j++) {
        int at = i * rank + j;
        gramian[at] = j <= i ? gramian[at] * unobservedWeight : 0;
        gramianFloats[at] = (float) gramian[at];
      }
    }
  }
}
