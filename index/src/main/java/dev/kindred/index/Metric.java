package dev.kindred.index;

/** How two vectors are compared; for every metric a score rises with closeness. */
public enum Metric {
  /** Cosine of the angle, in [-1, 1]; 0 if either vector is zero. */
  COSINE,
  /** Inner product, unbounded. */
  DOT,
  /** Negated squared Euclidean distance, at most 0. */
  L2
}
