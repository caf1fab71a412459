package dev.kindred.index;

/**
 * One more coordinate per row that brings all rows to the length of the longest, so that the inner
 * product of two lifted rows orders them like their distance.
 *
 * <p>Source: Bachrach et al., "Speeding Up the Xbox Recommender System Using a Euclidean
 * Transformation for Inner-Product Spaces" (RecSys 2014). A graph for {@link Metric#DOT} is built
 * on lifted rows, because by inner product alone the longest rows are everybody's nearest and the
 * others lose their links. A query's coordinate is 0, so searches need no lift: its scores are the
 * same.
 */
final class Lift {
  /** Leaves every row as it is. */
  static final Lift NONE = new Lift(null);

  private final float[] heights;

  private Lift(float[] heights) {
    this.heights = heights;
  }

  /** The height of each row: sqrt(longest^2 - length^2). */
  static Lift of(Embeddings rows) {
    double[] squares = new double[rows.size()];
    float[] row = new float[rows.dim()];
    double longest = 0;
    for (int ordinal = 0; ordinal < squares.length; ordinal++) {
      rows.copyRow(ordinal, row, 0);
      squares[ordinal] = Embeddings.squaredNorm(row, 0, row.length);
      longest = Math.max(longest, squares[ordinal]);
    }
    float[] heights = new float[squares.length];
    for (int ordinal = 0; ordinal < heights.length; ordinal++) {
      heights[ordinal] = (float) Math.sqrt(longest - squares[ordinal]);
    }
    return new Lift(heights);
  }

  float height(int ordinal) {
    return heights == null ? 0 : heights[ordinal];
  }

  /** Adds the part of the extra coordinate to scores[from, to) of rows ordinals[from, to). */
  void add(float queryHeight, int[] ordinals, int from, int to, float[] scores) {
    if (heights == null) {
      return;
    }
    for (int i = from; i < to; i++) {
      scores[i] += queryHeight * heights[ordinals[i]];
    }
  }
}
