package dev.kindred.index;

import dev.kindred.index.file.ElementType;
import dev.kindred.simd.Distances;
import dev.kindred.simd.HalfFloats;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** What exact and approximate searchers do alike with a query. */
final class Queries {
  private Queries() {}

  /** Floats from one row to the next; kernels run over the padding too, which saves a tail. */
  static int paddedDim(Embeddings rows) {
    return paddedDim(rows.dim(), rows.elementType());
  }

  static int paddedDim(int dim, ElementType type) {
    return (int) (Embeddings.strideFor(dim, type) / type.bytes());
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
    MemorySegment values = rows.rows();
    long stride = rows.strideBytes();
    boolean halves = rows.elementType() == ElementType.F16;
    int n = paddedDim(rows);
    if (metric == Metric.L2) {
      if (halves) {
        HalfFloats.squaredL2Rows(prepared, values, stride, ordinals, from, to, n, scores);
      } else {
        Distances.squaredL2Rows(prepared, 0, values, stride, ordinals, from, to, n, scores);
      }
      for (int i = from; i < to; i++) {
        scores[i] = -scores[i];
      }
    } else if (halves) {
      HalfFloats.dotRows(prepared, values, stride, ordinals, from, to, n, scores);
    } else {
      Distances.dotRows(prepared, 0, values, stride, ordinals, from, to, n, scores);
    }
  }

  /** Inner products with rows [first, first + count), to scores[0, count). */
  static void dotRange(float[] prepared, Embeddings rows, long first, int count, float[] scores) {
    MemorySegment values = rows.rows();
    long stride = rows.strideBytes();
    int n = paddedDim(rows);
    if (rows.elementType() == ElementType.F16) {
      HalfFloats.dotRange(prepared, values, stride, first, count, n, scores);
    } else {
      Distances.dotRange(prepared, 0, values, stride, first, count, n, scores, 0);
    }
  }
}
