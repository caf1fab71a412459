package dev.kindred.engine.als;

/** How the ridge regression of one row is solved. */
public enum Solver {
  /** The quickest exact one for the rank and the length of the row. */
  AUTO,
  /** Form the [rank x rank] matrix and factor it. */
  CHOLESKY
}
