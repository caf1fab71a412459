package dev.kindred.index;

import dev.kindred.index.run.Draws;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Seeded vectors, and the dullest possible search to compare with. */
final class TestVectors {
  private TestVectors() {}

  /** Normal values around uneven cluster centres: [n x dim]. */
  static float[] clustered(int n, int dim, int clusters, long seed) {
    float[] centres = normal(clusters, dim, seed);
    float[] rows = new float[n * dim];
    Draws draws = Draws.of(seed, "clustered");
    for (int row = 0; row < n; row++) {
      draws.reset(row);
      int centre = (int) (clusters * draws.nextDouble() * draws.nextDouble());
      for (int i = 0; i < dim; i++) {
        rows[row * dim + i] = centres[centre * dim + i] + 0.7f * (float) draws.nextGaussian();
      }
    }
    return rows;
  }

  static float[] normal(int n, int dim, long seed) {
    float[] rows = new float[n * dim];
    Draws draws = Draws.of(seed, "normal");
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) draws.nextGaussian();
    }
    return rows;
  }

  static Embeddings embeddings(float[] rows, int dim) {
    return Embeddings.copyOf(rows, dim, Arena.ofAuto());
  }

  static float[] row(float[] rows, int dim, int ordinal) {
    return Arrays.copyOfRange(rows, ordinal * dim, (ordinal + 1) * dim);
  }

  static double score(Metric metric, float[] query, float[] rows, int dim, int ordinal) {
    double dot = 0;
    double squaredQuery = 0;
    double squaredRow = 0;
    double squaredDistance = 0;
    for (int i = 0; i < dim; i++) {
      double q = query[i];
      double r = rows[ordinal * dim + i];
      dot += q * r;
      squaredQuery += q * q;
      squaredRow += r * r;
      squaredDistance += (q - r) * (q - r);
    }
    return switch (metric) {
      case DOT -> dot;
      case L2 -> -squaredDistance;
      case COSINE ->
          squaredQuery == 0 || squaredRow == 0
              ? 0
              : dot / Math.sqrt(squaredQuery) / Math.sqrt(squaredRow);
    };
  }

  /** The min(k, accepted) best ordinals: scores all, sorts all. */
  static int[] oracle(
      Metric metric, float[] query, float[] rows, int dim, int k, OrdinalFilter filter) {
    int n = rows.length / dim;
    Integer[] accepted =
        IntStream.range(0, n).filter(filter::accepts).boxed().toArray(Integer[]::new);
    double[] scores = new double[n];
    for (int ordinal : accepted) {
      scores[ordinal] = score(metric, query, rows, dim, ordinal);
    }
    Arrays.sort(
        accepted,
        Comparator.comparingDouble((Integer ordinal) -> -scores[ordinal])
            .thenComparingInt(ordinal -> ordinal));
    return Arrays.stream(accepted).limit(k).mapToInt(Integer::intValue).toArray();
  }
}
