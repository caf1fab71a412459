package dev.kindred.engine.als;

/** How the ridge regression of one row is solved. */
public enum Solver {
  /** {@link #CHOLESKY} up to rank 128, above that {@link #CONJUGATE_GRADIENT}. */
  AUTO,

  /**
   * Exact: form the matrix and factor it. A row with at most three quarters of the rank in entries
   * is solved by a system of its own length.
   */
  CHOLESKY,

  /**
   * Three steps of conjugate gradients a half sweep, from where the last one ended; short rows
   * exactly. Takács, Pilászy and Tikk, "Applications of the Conjugate Gradient Method for Implicit
   * Feedback Collaborative Filtering" (2011).
   */
  CONJUGATE_GRADIENT,

  /**
   * Blocks of 64 factors, each exact with the others fixed, from where the last half sweep ended;
   * short rows exactly. Rendle, Krichene, Zhang and Koren, "iALS++: Speeding up Matrix
   * Factorization with Subspace Optimization" (2021).
   */
  BLOCK;

  /** Up to here {@link #AUTO} solves every row exactly. */
  private static final int LARGEST_EXACT_RANK = 128;

  /** What solves rows of this rank: itself, or what {@link #AUTO} picks. */
  public Solver forRank(int rank) {
    if (this != AUTO) {
      return this;
    }
    return rank <= LARGEST_EXACT_RANK ? CHOLESKY : CONJUGATE_GRADIENT;
  }
}
