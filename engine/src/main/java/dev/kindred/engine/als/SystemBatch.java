package dev.kindred.engine.als;

import dev.kindred.simd.BatchedCholesky;

/**
 * The linear systems of a few rows, which are factored and solved side by side: one alone is too
 * small to keep a processor busy.
 *
 * <p>Scratch of one worker: not safe for use by several threads.
 */
final class SystemBatch {
  /** Systems of a batch. */
  final int size = BatchedCholesky.systems();

  /** Floats from row to row of a matrix. */
  final int stride;

  /** Lower triangles of the matrices, zero before they are summed; see {@link #matrix}. */
  final float[] matrices;

  private final int distance;
  private final float[] triangles;
  private final float[] inverses;
  private final float[] sides;
  private final float[] ratios = new float[size];

  /**
   * @param stride the largest size of a system, a multiple of 16
   */
  SystemBatch(int stride) {
    this.stride = stride;
    // A line more, or the same row of all matrices would compete for the same sets of the cache.
    distance = stride * stride + 16;
    matrices = new float[size * distance];
    triangles = new float[BatchedCholesky.floats(stride)];
    inverses = new float[stride * size];
    sides = new float[stride * size];
  }

  /** Where the matrix of a system starts. */
  int matrix(int system) {
    return system * distance;
  }

  /** The size that systems of {@code n} unknowns are filled up to. */
  static int padded(int n) {
    int step = BatchedCholesky.STEP;
    return (n + step - 1) / step * step;
  }

  /**
   * Adds {@code diagonal} [n] and its own of {@code shifts} [size] to every system and factors
   * them; matrices are zero afterwards.
   *
   * @param n their size after padding
   */
  void factor(int n, float[] diagonal, float[] shifts) {
    BatchedCholesky.interleave(matrices, distance, stride, n, triangles);
    BatchedCholesky.addToDiagonals(triangles, n, diagonal, shifts);
    BatchedCholesky.factor(triangles, n, inverses);
    BatchedCholesky.pivotRatios(inverses, n, ratios);
  }

  /**
   * Smallest over largest pivot of a system, squared: an upper bound of 1 / condition; NaN or 0 if
   * it is not positive definite in floats.
   */
  float pivotRatio(int system) {
    return ratios[system] * ratios[system];
  }

  /**
   * Solves the factored systems.
   *
   * @param rights right-hand sides of the first {@code count} systems, {@code n} values each
   * @param solutions get the solutions; may be {@code rights}
   */
  void solve(float[][] rights, float[][] solutions, int count, int n) {
    for (int system = 0; system < size; system++) {
      for (int i = 0; i < n; i++) {
        sides[i * size + system] = system < count ? rights[system][i] : 0;
      }
    }
    BatchedCholesky.solve(triangles, n, inverses, sides);
    for (int system = 0; system < count; system++) {
      for (int i = 0; i < n; i++) {
        solutions[system][i] = sides[i * size + system];
      }
    }
  }
}
