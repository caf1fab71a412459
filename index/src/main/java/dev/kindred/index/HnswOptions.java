package dev.kindred.index;

import java.util.Objects;

/**
 * How an {@link Hnsw} is built, in the terms of its paper.
 *
 * @param m links that a new vector gets on each level, in [2, 256]; level 0 holds up to twice as
 *     many
 * @param efConstruction candidates among which the links are chosen, in [m, 10000]
 * @param seed of the levels, of the order of insertion and of the codes of links
 * @param codes what searches go by
 */
public record HnswOptions(int m, int efConstruction, long seed, SearchCodes codes) {
  /** Checks the ranges. */
  public HnswOptions {
    if (m < 2 || m > 256) {
      throw new IllegalArgumentException("m must be in [2, 256], got " + m);
    }
    if (efConstruction < m || efConstruction > 10_000) {
      throw new IllegalArgumentException(
          "efConstruction must be in [m, 10000] = [" + m + ", 10000], got " + efConstruction);
    }
    Objects.requireNonNull(codes, "codes");
  }

  /** With the codes that fit the vectors. */
  public HnswOptions(int m, int efConstruction, long seed) {
    this(m, efConstruction, seed, SearchCodes.AUTO);
  }

  /** m 16, efConstruction 200, seed 1, codes as fits the vectors. */
  public static HnswOptions defaults() {
    return new HnswOptions(16, 200, 1);
  }

  /** The same with another m. */
  public HnswOptions withM(int m) {
    return new HnswOptions(m, efConstruction, seed, codes);
  }

  /** The same with another efConstruction. */
  public HnswOptions withEfConstruction(int efConstruction) {
    return new HnswOptions(m, efConstruction, seed, codes);
  }

  /** The same with another seed. */
  public HnswOptions withSeed(long seed) {
    return new HnswOptions(m, efConstruction, seed, codes);
  }

  /** The same with other codes. */
  public HnswOptions withCodes(SearchCodes codes) {
    return new HnswOptions(m, efConstruction, seed, codes);
  }
}
