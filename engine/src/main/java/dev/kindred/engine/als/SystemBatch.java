package dev.kindred.engine.als;

import dev.kindred.simd.BatchedCholesky;
import java.util.Arrays;

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
  private final int[] sizes = new int[size];
  private int n; // of the batch, after padding

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

  /** Tells the size of a system, whose matrix is summed up. */
  void setSize(int system, int n) {
    sizes[system] = n;
  }

  private static int padded(int n) {
    int step = BatchedCholesky.STEP;
    return (n + step - 1) / step * step;
  }

  /**
   * Adds {@code diagonal} and its own of {@code shifts} to the first {@code count} systems and
   * factors them; matrices are zero afterwards.
   *
   * @param diagonal as long as {@link #stride}, above 0 past the end of a system
   * @param shifts [size]
   */
  void factor(int count, float[] diagonal, float[] shifts) {
    n = 0;
    for (int system = 0; system < count; system++) {
      n = Math.max(n, padded(sizes[system]));
    }
    BatchedCholesky.interleave(matrices, distance, stride, n, triangles);
    BatchedCholesky.addToDiagonals(triangles, n, diagonal, shifts);
    BatchedCholesky.factor(triangles, n, inverses);
    // Padding is solved for zeros, whatever its pivot, which must not count as the system's.
    for (int system = 0; system < count; system++) {
      for (int i = sizes[system]; i < n; i++) {
        inverses[i * size + system] = inverses[system];
      }
    }
    BatchedCholesky.pivotRatios(inverses, n, ratios);
    for (int system = 0; system < count; system++) {
      if (!(ratios[system] > 0)) {
        // What is not finite would stay for the systems to come.
        Arrays.fill(matrices, 0f);
      }
    }
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
   * @param rights right-hand sides of the first {@code count} systems
   * @param solutions get the solutions; may be {@code rights}
   */
  void solve(float[][] rights, float[][] solutions, int count) {
    Arrays.fill(sides, 0, n * size, 0f);
    for (int system = 0; system < count; system++) {
      for (int i = 0; i < sizes[system]; i++) {
        sides[i * size + system] = rights[system][i];
      }
    }
    BatchedCholesky.solve(triangles, n, inverses, sides);
    for (int system = 0; system < count; system++) {
      for (int i = 0; i < sizes[system]; i++) {
        solutions[system][i] = sides[i * size + system];
      }
    }
  }
}
