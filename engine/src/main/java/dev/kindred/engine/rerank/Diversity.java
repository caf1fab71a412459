package dev.kindred.engine.rerank;

import java.util.Objects;

/**
 * Maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998): the next item of a list is the
 * one with the largest lambda relevance - (1 - lambda) similarity, where relevance is the score
 * scaled to [0, 1] over the pool, and similarity that to the most similar item above it. Immutable.
 *
 * @param lambda in [0, 1]; 1 = by score alone, which is off
 * @param basis what makes items similar
 */
public record Diversity(double lambda, Basis basis) {
  /** What similarity is taken from. */
  public enum Basis {
    /** Weighted cosine of the profiles, as the content gate has it. */
    PROFILE,
    /** Cosine of what the models learned: the mean over linear channels of positive objectives. */
    VECTORS
  }

  private static final Diversity OFF = new Diversity(1, Basis.PROFILE);

  public Diversity {
    Objects.requireNonNull(basis, "basis");
    if (!(lambda >= 0 && lambda <= 1)) {
      throw new IllegalArgumentException(
          "lambda of diversity is " + lambda + ", must be in [0, 1] (1 = by score alone)");
    }
  }

  /** By score alone. */
  public static Diversity off() {
    return OFF;
  }

  /** By profiles. */
  public static Diversity of(double lambda) {
    return new Diversity(lambda, Basis.PROFILE);
  }

  /** Whether it changes nothing. */
  public boolean isOff() {
    return lambda == 1;
  }
}
