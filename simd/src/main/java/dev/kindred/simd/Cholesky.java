package dev.kindred.simd;

import java.util.Objects;

/**
 * Cholesky factorisation of a symmetric positive definite matrix, and solves with it.
 *
 * <p>The factor is taken from the last row up: A = R^T R with R lower triangular, the mirror image
 * of the usual A = L L^T (Golub and Van Loan, Matrix Computations, 4.2) and as stable. For a lower
 * triangle stored by rows this is the order in which every step reads and writes along rows, and so
 * do both halves of a solve.
 *
 * <p>Stateless; safe for any number of threads on distinct matrices. For one vector width the
 * result depends on the arguments only.
 */
public final class Cholesky {
  private static final CholeskyKernels KERNELS = Kernels.CHOLESKY;

  private Cholesky() {}

  /**
   * Overwrites the lower triangle of a [n x n], rows {@code lda} floats apart, with R. What lies
   * above the diagonal is not read, and undefined afterwards. About n^3 / 3 operations.
   *
   * @return false if the matrix is not positive definite in float arithmetic, or holds a NaN or an
   *     infinity; then its content is undefined
   */
  public static boolean factor(float[] a, int n, int lda) {
    Shapes.check("a", a, 0, lda, n, n);
    return KERNELS.factor(a, n, lda);
  }

  /**
   * Solves A x = b for the result r of {@link #factor}, b [n] overwritten with x. About 2 n^2
   * operations.
   */
  public static void solve(float[] r, int n, int lda, float[] b, int bOffset) {
    Shapes.check("r", r, 0, lda, n, n);
    Objects.checkFromIndexSize(bOffset, n, b.length);
    KERNELS.solve(r, n, lda, b, bOffset);
  }
}
