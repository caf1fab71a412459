package dev.kindred.index;

import dev.kindred.simd.Distances;
import java.util.Objects;

/** What exact and approximate searchers do alike with a query. */
final class Queries {
  private Queries() {}

  /** Floats from one row to the next; kernels run over the padding too, which saves a tail. */
  static int paddedDim(Embeddings rows) {
    return (int) (rows.strideBytes() / Float.BYTES);
  }

  /** Checks a query and copies it, at length 1 for cosine, to prepared[0, dim). */
  static void prepare(float[] query, int offset, int k, Metric metric, int dim, float[] prepared) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1, got " + k);
    }
    if (offset < 0 || query.length - dim < offset) {
      throw new IllegalArgumentException(
          "the query has "
              + query.length
              + " values from offset "
              + offset
              + " on, the index has dim "
              + dim);
    }
    int bad = Embeddings.firstNotFinite(query, offset, dim);
    if (bad >= 0) {
      throw new IllegalArgumentException(
          "the query has "
              + query[offset + bad]
              + " at position "
              + bad
              + "; its values must be finite");
    }
    System.arraycopy(query, offset, prepared, 0, dim);
    if (Objects.requireNonNull(metric) == Metric.COSINE) {
      Embeddings.normalize(prepared, 0, dim);
    }
  }

  /** Scores of rows ordinals[from, to), to scores[from, to); they rise with closeness. */
  static void scoreRows(
      Metric metric,
      float[] prepared,
      Embeddings rows,
      int[] ordinals,
      int from,
      int to,
      float[] scores) {
    int n = paddedDim(rows);
    if (metric == Metric.L2) {
      Distances.squaredL2Rows(
          prepared, 0, rows.rows(), rows.strideBytes(), ordinals, from, to, n, scores);
      for (int i = from; i < to; i++) {
        scores[i] = -scores[i];
      }
    } else {
      Distances.dotRows(
          prepared, 0, rows.rows(), rows.strideBytes(), ordinals, from, to, n, scores);
    }
  }
}
