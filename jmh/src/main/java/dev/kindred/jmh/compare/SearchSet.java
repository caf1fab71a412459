package dev.kindred.jmh.compare;

import dev.kindred.index.Embeddings;
import dev.kindred.index.IntRows;
import dev.kindred.index.Metric;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What all engines are asked: the same vectors, the same queries.
 *
 * <p>With cosine both are at length 1, so an engine may use its inner product. Immutable; arrays
 * are shared with the engines and not written to.
 */
final class SearchSet {
  /** A score this near to the true one counts as equal: engines sum floats in different orders. */
  private static final double TOLERANCE = 1e-4;

  private final Embeddings base;
  private final float[][] queries;
  private final IntRows truth;
  private final Metric metric;
  private final String key;

  /**
   * Takes what was read.
   *
   * @param base for cosine unit rows
   * @param queries for cosine unit rows
   * @param truth [queries x at least k], rows of the base
   */
  SearchSet(Embeddings base, Embeddings queries, IntRows truth, Metric metric) {
    this.base = base;
    this.truth = truth;
    this.metric = metric;
    this.queries = new float[queries.size()][base.dim()];
    for (int q = 0; q < queries.size(); q++) {
      queries.copyRow(q, this.queries[q], 0);
    }
    this.key = key(base, this.queries, metric);
  }

  Embeddings base() {
    return base;
  }

  int dim() {
    return base.dim();
  }

  Metric metric() {
    return metric;
  }

  int queryCount() {
    return queries.length;
  }

  float[] query(int query) {
    return queries[query];
  }

  /** A row of the base, copied. */
  float[] row(int ordinal) {
    float[] row = new float[dim()];
    base.copyRow(ordinal, row, 0);
    return row;
  }

  /** Name of these vectors and queries under this metric: 16 hexadecimal digits. */
  String key() {
    return key;
  }

  /** Part of the first k true neighbours that was found, over all queries. */
  double recall(Answers answers) {
    int k = answers.k();
    long hits = 0;
    for (int q = 0; q < queries.length; q++) {
      for (int rank = 0; rank < k; rank++) {
        int found = answers.ordinal(q, rank);
        for (int column = 0; column < k; column++) {
          if (truth.get(q, column) == found) {
            hits++;
            break;
          }
        }
      }
    }
    return (double) hits / queries.length / k;
  }

  /**
   * Compares what an engine says with the vectors: k different rows, best first, each with its
   * score.
   *
   * @throws IllegalStateException naming engine, query and both values
   */
  void check(String engine, Answers answers) {
    for (int q = 0; q < queries.length; q++) {
      double last = Double.POSITIVE_INFINITY;
      for (int rank = 0; rank < answers.k(); rank++) {
        int ordinal = answers.ordinal(q, rank);
        String where = engine + ", query " + q + ", rank " + rank + ": ";
        if (ordinal < 0 || ordinal >= base.size()) {
          throw new IllegalStateException(where + "row " + ordinal + " of " + base.size());
        }
        for (int before = 0; before < rank; before++) {
          if (answers.ordinal(q, before) == ordinal) {
            throw new IllegalStateException(where + "row " + ordinal + " a second time");
          }
        }
        double expected = score(q, ordinal);
        double said = answers.score(q, rank);
        double slack = TOLERANCE * (1 + Math.abs(expected));
        if (!(Math.abs(said - expected) <= slack)) {
          throw new IllegalStateException(where + "score " + said + " instead of " + expected);
        }
        if (expected > last + 2 * slack) {
          throw new IllegalStateException(where + "better than the one before it");
        }
        last = expected;
      }
    }
  }

  /** Inner product, or minus the squared distance for L2, in doubles. */
  private double score(int query, int ordinal) {
    float[] row = row(ordinal);
    float[] asked = queries[query];
    double sum = 0;
    for (int i = 0; i < row.length; i++) {
      double difference = (double) row[i] - asked[i];
      sum += metric == Metric.L2 ? -difference * difference : (double) row[i] * asked[i];
    }
    return sum;
  }

  private static String key(Embeddings base, float[][] queries, Metric metric) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    digest.update((metric + " " + base.size() + " " + base.dim()).getBytes(StandardCharsets.UTF_8));
    ByteBuffer bytes = ByteBuffer.allocate(base.dim() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    float[] row = new float[base.dim()];
    for (int ordinal = 0; ordinal < base.size(); ordinal++) {
      base.copyRow(ordinal, row, 0);
      add(row, bytes, digest);
    }
    for (float[] query : queries) {
      add(query, bytes, digest);
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
  }

  private static void add(float[] row, ByteBuffer bytes, MessageDigest digest) {
    bytes.asFloatBuffer().put(row);
    digest.update(bytes.array());
  }
}
