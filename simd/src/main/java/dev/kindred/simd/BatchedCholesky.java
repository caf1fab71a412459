package dev.kindred.simd;

import java.util.Objects;

/**
 * Cholesky factorisation of as many symmetric positive definite matrices at once as a vector has
 * lanes, and solves with them: A = L L^T, one system a lane.
 *
 * <p>A single small matrix leaves most of a processor idle: its loops are short, and each pivot
 * waits for the one before. Side by side, every operation is one of whole vectors, without tails
 * and without sums across lanes.
 *
 * <p>A batch holds the lower triangles by rows, in steps of 4 rows: rows 4 b to 4 b + 3 have 4 b +
 * 4 values each, and value j of row i of all systems stands side by side, {@link #systems} floats
 * from {@link #at} on. Right-hand sides and solutions are [n x systems] likewise.
 *
 * <p>Stateless; safe for any number of threads on distinct batches. What comes out for a system
 * depends on that system alone, whatever its lane, its neighbours or the width of vectors.
 */
public final class BatchedCholesky {
  /** Sizes are multiples of this. */
  public static final int STEP = 4;

  private static final BatchedCholeskyKernels KERNELS = Kernels.BATCHED_CHOLESKY;

  private BatchedCholesky() {}

  /** Systems of a batch: the floats of a vector. */
  public static int systems() {
    return KERNELS.systems();
  }

  /** Floats of a batch of [n x n] systems, with room for what is read and written past the end. */
  public static int floats(int n) {
    return scratch(n) + STEP * STEP * systems();
  }

  /** Where a block of 4 x 4 values of all systems may be kept, past what interleaving writes. */
  static int scratch(int n) {
    return start(n) * systems() + systems() * systems();
  }

  /** Where value j of row i of the first system stands, j at most i. */
  public static int at(int i, int j) {
    return (start(i) + j) * systems();
  }

  /** Values before the first of row i. */
  static int start(int i) {
    int block = i / STEP;
    int length = STEP * (block + 1);
    return STEP * STEP / 2 * block * (block + 1) + i % STEP * length;
  }

  /**
   * Takes the lower triangles of {@link #systems} matrices [n x n] to a batch, and leaves zeros in
   * their place.
   *
   * @param matrices row-major, one {@code distance} floats after the other, their rows {@code lda}
   *     floats apart; values above the diagonal may be anything
   * @param n a multiple of 4
   * @param a gets the batch, {@link #floats} long
   */
  public static void interleave(float[] matrices, int distance, int lda, int n, float[] a) {
    checkSize(n);
    int padded = (n + systems() - 1) / systems() * systems();
    if (distance < 0
        || lda < padded
        || (systems() - 1L) * distance + (long) n * lda > matrices.length) {
      throw new IllegalArgumentException(
          systems()
              + " matrices ["
              + n
              + " x "
              + n
              + "], "
              + distance
              + " floats apart with rows of "
              + lda
              + ", do not fit an array of "
              + matrices.length
              + "; rows must have at least "
              + padded);
    }
    Objects.checkFromIndexSize(0, floats(n), a.length);
    KERNELS.interleave(matrices, distance, lda, n, a);
  }

  /**
   * Value i of the diagonal of system s += values[i] + shifts[s].
   *
   * @param values [n]
   * @param shifts [systems]
   */
  public static void addToDiagonals(float[] a, int n, float[] values, float[] shifts) {
    checkSize(n);
    Objects.checkFromIndexSize(0, floats(n), a.length);
    Objects.checkFromIndexSize(0, n, values.length);
    Objects.checkFromIndexSize(0, systems(), shifts.length);
    KERNELS.addToDiagonals(a, n, values, shifts);
  }

  /**
   * Overwrites a batch with its factors. About n^3 / 3 operations a system.
   *
   * <p>A system that is not positive definite in float arithmetic, or holds a NaN or an infinity,
   * gets an inverse that is NaN, infinite or 0; the others are none the worse for it.
   *
   * @param inverses gets one over each diagonal value of the factors, [n x systems]
   */
  public static void factor(float[] a, int n, float[] inverses) {
    checkSize(n);
    Objects.checkFromIndexSize(0, floats(n), a.length);
    Objects.checkFromIndexSize(0, n * systems(), inverses.length);
    KERNELS.factor(a, n, inverses);
  }

  /**
   * Smallest over largest diagonal value of each factor: squared, an upper bound of 1 / condition.
   *
   * @param inverses what {@link #factor} found
   * @param ratios get [systems], NaN or 0 where a system was not positive definite
   */
  public static void pivotRatios(float[] inverses, int n, float[] ratios) {
    checkSize(n);
    Objects.checkFromIndexSize(0, n * systems(), inverses.length);
    Objects.checkFromIndexSize(0, systems(), ratios.length);
    KERNELS.pivotRatios(inverses, n, ratios);
  }

  /**
   * Solves for the results of {@link #factor}, right-hand sides b [n x systems] overwritten with
   * the solutions. About 2 n^2 operations a system.
   */
  public static void solve(float[] r, int n, float[] inverses, float[] b) {
    checkSize(n);
    Objects.checkFromIndexSize(0, floats(n), r.length);
    Objects.checkFromIndexSize(0, n * systems(), inverses.length);
    Objects.checkFromIndexSize(0, n * systems(), b.length);
    KERNELS.solve(r, n, inverses, b);
  }

  private static void checkSize(int n) {
    if (n < 0 || n % STEP != 0) {
      throw new IllegalArgumentException(
          "systems of size " + n + "; the size must be a multiple of " + STEP);
    }
  }
}
