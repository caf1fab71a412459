package dev.kindred.index;

import java.util.Objects;

/**
 * Compares a query with every vector: the truth that approximate indexes are measured against, and
 * the faster way for a few thousand vectors.
 *
 * <p>Immutable and free to share.
 */
public final class ExactSearch implements VectorIndex {
  private final Embeddings rows;
  private final Metric metric;

  /** 1 / length of each row, 0 of a zero row; null unless cosine needs it. */
  private final float[] inverseNorms;

  private ExactSearch(Embeddings rows, Metric metric, float[] inverseNorms) {
    this.rows = rows;
    this.metric = metric;
    this.inverseNorms = inverseNorms;
  }

  /**
   * Searches rows in place. For cosine, rows that aren't unit rows cost one pass here and a float
   * each.
   */
  public static ExactSearch of(Embeddings rows, Metric metric) {
    Objects.requireNonNull(metric);
    boolean needsNorms = metric == Metric.COSINE && !rows.unit();
    return new ExactSearch(rows, metric, needsNorms ? inverseNorms(rows) : null);
  }

  @Override
  public int size() {
    return rows.size();
  }

  @Override
  public int dim() {
    return rows.dim();
  }

  @Override
  public Metric metric() {
    return metric;
  }

  @Override
  public boolean isExact() {
    return true;
  }

  @Override
  public ExactSearcher searcher() {
    return new ExactSearcher(this);
  }

  Embeddings rows() {
    return rows;
  }

  float[] inverseNorms() {
    return inverseNorms;
  }

  /** 1 / length of each row, 0 of a zero row. */
  static float[] inverseNorms(Embeddings rows) {
    float[] inverse = new float[rows.size()];
    float[] row = new float[rows.dim()];
    for (int ordinal = 0; ordinal < inverse.length; ordinal++) {
      rows.copyRow(ordinal, row, 0);
      double squared = Embeddings.squaredNorm(row, 0, row.length);
      inverse[ordinal] = squared == 0 ? 0 : (float) (1 / Math.sqrt(squared));
    }
    return inverse;
  }
}
