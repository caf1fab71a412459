package dev.kindred.jmh.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.IntRows;
import dev.kindred.index.VectorFiles;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ItemVectorsTest {
  private static final int DIM = 64;
  private static final int ROWS = 4_000;

  private final float[] rows = rows(new ItemVectors(DIM, 1), ROWS);

  @Test
  void aRowDependsOnlyOnItsNumberAndTheSeed() {
    ItemVectors vectors = new ItemVectors(DIM, 1);
    float[] row = new float[DIM];
    vectors.query(3, row, 0);
    for (int number : new int[] {17, 3, ROWS - 1, 3}) {
      vectors.row(number, row, 0);
      assertArrayEquals(
          Arrays.copyOfRange(rows, number * DIM, (number + 1) * DIM), row, "row " + number);
    }
    new ItemVectors(DIM, 2).row(3, row, 0);
    assertFalse(Arrays.equals(Arrays.copyOfRange(rows, 3 * DIM, 4 * DIM), row));
  }

  @Test
  void rowsAndQueriesHaveLengthOne() {
    ItemVectors vectors = new ItemVectors(DIM, 1);
    float[] query = new float[DIM];
    for (int i = 0; i < 500; i++) {
      vectors.query(i, query, 0);
      assertEquals(1, dot(query, 0, query, 0), 1e-5, "query " + i);
      assertEquals(1, dot(rows, i * DIM, rows, i * DIM), 1e-5, "row " + i);
    }
  }

  @Test
  void queriesLieNearItemsButAreNone() {
    ItemVectors vectors = new ItemVectors(DIM, 1);
    float[] query = new float[DIM];
    double sum = 0;
    for (int q = 0; q < 100; q++) {
      vectors.query(q, query, 0);
      double best = -1;
      for (int row = 0; row < ROWS; row++) {
        best = Math.max(best, dot(query, 0, rows, row * DIM));
      }
      assertTrue(best < 0.999, "query " + q + " has an item at cosine " + best);
      sum += best;
    }
    assertTrue(sum / 100 > 0.5, "mean cosine of the nearest item: " + sum / 100);
  }

  @Test
  void clustersAreOfUnevenSize() {
    ItemVectors vectors = new ItemVectors(DIM, 1);
    int[] sizes = new int[ItemVectors.CLUSTERS];
    for (int row = 0; row < 100_000; row++) {
      sizes[vectors.clusterOf(row)]++;
    }
    Arrays.sort(sizes);
    int largest = sizes[sizes.length - 1];
    int middle = sizes[sizes.length / 2];
    assertTrue(largest > 20 * middle, "largest " + largest + ", median " + middle);
    assertTrue(sizes[0] >= 1 && middle >= 10, "smallest " + sizes[0] + ", median " + middle);
  }

  @Test
  void twentyDimensionsHoldNearlyAllVariance() {
    // Participation ratio (sum of eigenvalues)^2 / sum of their squares: the number of dimensions
    // that a spread over equal ones would have. Trace and Frobenius norm give both sums.
    double[] mean = new double[DIM];
    for (int i = 0; i < rows.length; i++) {
      mean[i % DIM] += rows[i] / (double) ROWS;
    }
    double[] covariance = new double[DIM * DIM];
    for (int row = 0; row < ROWS; row++) {
      for (int a = 0; a < DIM; a++) {
        double deviation = (rows[row * DIM + a] - mean[a]) / ROWS;
        for (int b = 0; b < DIM; b++) {
          covariance[a * DIM + b] += deviation * (rows[row * DIM + b] - mean[b]);
        }
      }
    }
    double trace = 0;
    double squares = 0;
    for (int a = 0; a < DIM; a++) {
      trace += covariance[a * DIM + a];
    }
    for (double value : covariance) {
      squares += value * value;
    }
    double dimensions = trace * trace / squares;
    assertTrue(dimensions > 15 && dimensions < 25, "intrinsic dimension " + dimensions);
  }

  @Test
  void filesDependOnNoThreadAndSmallSetsBeginLargeOnes(@TempDir Path directory) throws IOException {
    Path one = directory.resolve("one");
    Path two = directory.resolve("two");
    Path small = directory.resolve("small");
    try (Workers single = Workers.of(1);
        Workers pair = Workers.of(2)) {
      new SyntheticSet(9_000, 24, 5, 7).write(one, single, Progress.none());
      new SyntheticSet(9_000, 24, 5, 7).write(two, pair, Progress.none());
      new SyntheticSet(500, 24, 5, 7).write(small, pair, Progress.none());
    }
    for (String name : new String[] {"base.f32", "query.f32", "truth.i32"}) {
      assertEquals(-1, Files.mismatch(one.resolve(name), two.resolve(name)), name);
    }
    assertEquals(500L * 24 * 4, Files.size(small.resolve("base.f32")));
    assertEquals(500L * 24 * 4, Files.mismatch(one.resolve("base.f32"), small.resolve("base.f32")));
    IntRows truth = VectorFiles.readInts(one.resolve("truth.i32"), SyntheticSet.TRUE_NEIGHBORS);
    assertEquals(5, truth.rows());
  }

  @Test
  void saysWhatShapesThereAre() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> SyntheticSet.of("1000", 10, 1))
            .getMessage();
    assertTrue(message.contains("ROWSxDIM"), message);
    assertThrows(IllegalArgumentException.class, () -> new ItemVectors(19, 1));
  }

  private static float[] rows(ItemVectors vectors, int count) {
    float[] rows = new float[count * DIM];
    for (int row = 0; row < count; row++) {
      vectors.row(row, rows, row * DIM);
    }
    return rows;
  }

  private static double dot(float[] a, int from, float[] b, int fromB) {
    double sum = 0;
    for (int i = 0; i < DIM; i++) {
      sum += (double) a[from + i] * b[fromB + i];
    }
    return sum;
  }
}
