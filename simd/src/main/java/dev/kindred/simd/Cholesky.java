package dev.kindred.simd;

import java.util.Objects;

/**
 * Cholesky factorisation A = L L^T of a symmetric positive definite matrix, and solves with it.
 *
 * <p>Blocked and right-looking (Golub and Van Loan, Matrix Computations, 4.2). Stateless; safe for
 * any number of threads on distinct matrices. For one vector width the result depends on the
 * arguments only.
 */
public final class Cholesky {
  private static final CholeskyKernels KERNELS = Kernels.CHOLESKY;

  private Cholesky() {}

  /**
   * Factors a [n x n], rows {@code lda} floats apart, in place. Only its lower triangle is read;
   * afterwards the lower triangle holds L and the upper one L^T, so that both halves of a solve
   * read rows. About n^3 / 3 operations.
   *
   * @return false if the matrix is not positive definite in float arithmetic (or holds a NaN or an
   *     infinity); then its content is undefined
   */
  public static boolean factor(float[] a, int n, int lda) {
    Shapes.check("a", a, 0, lda, n, n);
    return KERNELS.factor(a, n, lda);
  }

  /**
   * Solves L L^T x = b for the result l of {@link #factor}, b [n] overwritten with x. Both
   * triangles of l are read.
   */
  public static void solve(float[] l, int n, int lda, float[] b, int bOffset) {
    Shapes.check("l", l, 0, lda, n, n);
    Objects.checkFromIndexSize(bOffset, n, b.length);
    KERNELS.solve(l, n, lda, b, bOffset);
  }
}
