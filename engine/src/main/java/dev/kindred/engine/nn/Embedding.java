package dev.kindred.engine.nn;

import dev.kindred.index.run.Draws;

/**
 * A table of vectors, one for each known value of a feature and one, row 0, for all unknown values.
 *
 * <p>Several features may share one. Not thread-safe while trained.
 */
public final class Embedding {
  private final Parameter parameter;

  /**
   * Draws normal vectors of expected length {@code length}.
   *
   * @param name of the parameter
   * @param size known values
   * @param dim values per vector
   * @param seed the draws are keyed by it and the name
   */
  public Embedding(String name, int size, int dim, double length, long seed) {
    parameter = Parameter.embedding(name, Math.addExact(size, 1), dim);
    float[] values = parameter.values();
    double deviation = length / Math.sqrt(dim);
    Draws draws = Draws.of(seed, "nn.embedding/" + name);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (draws.nextGaussian() * deviation);
    }
  }

  /** [1 + size x dim], row 0 for unknown values. */
  public Parameter parameter() {
    return parameter;
  }

  public int dim() {
    return parameter.columns();
  }

  /** Known values. */
  public int size() {
    return parameter.rows() - 1;
  }
}
