package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.lang.foreign.Arena;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SearchCodesTest {
  private static final int N = 600;

  private final Arena arena = Arena.ofShared();
  private final Workers workers = Workers.of(2);

  @AfterEach
  void close() {
    workers.close();
    arena.close();
  }

  @ParameterizedTest
  @CsvSource({"COSINE, 64", "COSINE, 20", "DOT, 33", "L2, 100", "L2, 1"})
  void codesOfRowsEstimateTheScore(Metric metric, int dim) {
    Embeddings rows = rows(metric, dim);
    RowCodes codes = RowCodes.of(rows, metric, arena, workers);
    RowCodes.Query coded = codes.new Query();
    int[] ordinals = new int[N];
    Arrays.setAll(ordinals, i -> i);
    float[] estimates = new float[N];
    float[] scores = new float[N];
    double errors = 0;
    double deviations = 0;
    for (int q = 0; q < 20; q++) {
      float[] query = query(rows, q);
      coded.set(query);
      coded.score(ordinals, N, estimates);
      Queries.scoreRows(metric, query, rows, ordinals, 0, N, scores);
      double mean = 0;
      for (float score : scores) {
        mean += score / N;
      }
      for (int i = 0; i < N; i++) {
        errors += Math.pow(estimates[i] - scores[i], 2);
        deviations += Math.pow(scores[i] - mean, 2);
        assertTrue(scores[i] <= coded.ceiling() + 1e-4 * Math.abs(coded.ceiling()) + 1e-4);
      }
    }
    double part = Math.sqrt(errors / deviations);
    assertTrue(part < 0.03, "errors are " + part + " of the scores' own spread");
  }

  @Test
  void equalRowsAndASingleOneHaveCodesToo() {
    for (int n : new int[] {1, 5}) {
      float[] values = new float[n * 8];
      Arrays.fill(values, 0.25f);
      Embeddings rows = Embeddings.copyOf(values, 8, arena);
      RowCodes.Query coded = RowCodes.of(rows, Metric.DOT, arena, workers).new Query();
      coded.set(new float[] {1, 2, 3, 4, 5, 6, 7, 8});
      float[] estimate = new float[1];
      coded.score(new int[] {n - 1}, 1, estimate);
      assertEquals(9, estimate[0], 1e-5);
    }
  }

  /** The error of an estimate is about 0.6 / sqrt(bits) of the two distances that go into it. */
  @ParameterizedTest
  @EnumSource(Metric.class)
  void codesOfLinksLetTheRightNeighborsPass(Metric metric) {
    int dim = 40;
    Embeddings rows = rows(metric, dim);
    HnswOptions options = HnswOptions.defaults().withCodes(SearchCodes.LINKS);
    Hnsw index = Hnsw.build(rows, metric, options, arena, workers, Progress.none());
    GraphLevel bottom = index.levels()[0];
    LinkCodes.Query coded = index.linkCodes().new Query();
    int[] passing = new int[bottom.maxDegree()];
    float[] scores = new float[1];
    int right = 0;
    int all = 0;
    for (int q = 0; q < 40; q++) {
      float[] query = query(rows, q);
      coded.set(query);
      int node = 7 * q % N;
      float own = score(metric, query, rows, node, scores);
      int degree = bottom.degree(node);
      assertTrue(degree > 28, "slots are filled up");
      float[] sorted = new float[degree];
      for (int i = 0; i < degree; i++) {
        sorted[i] = score(metric, query, rows, bottom.slot(node, i), scores);
      }
      Arrays.sort(sorted);
      float middle = sorted[degree / 2];
      int count = coded.passing(bottom, node, own, middle, passing, 0);
      for (int i = 0; i < count; i++) {
        right += score(metric, query, rows, passing[i], scores) >= middle ? 1 : 0;
      }
      all += count;
      assertEquals(0, coded.passing(bottom, node, own, Float.MAX_VALUE, passing, 0));
      assertEquals(degree, coded.passing(bottom, node, own, -Float.MAX_VALUE, passing, 0));
    }
    assertTrue(all > 40 * 8 && all < 40 * 24, all + " passed");
    assertTrue(right > 0.7 * all, right + " of " + all + " passed rightly");
  }

  @Test
  void manyLinksComeInSeveralPieces() {
    Embeddings rows = rows(Metric.COSINE, 24);
    HnswOptions options = HnswOptions.defaults().withM(45).withCodes(SearchCodes.LINKS);
    Hnsw index = Hnsw.build(rows, Metric.COSINE, options, arena, workers, Progress.none());
    GraphLevel bottom = index.levels()[0];
    LinkCodes.Query coded = index.linkCodes().new Query();
    coded.set(query(rows, 1));
    int[] passing = new int[bottom.maxDegree()];
    int[] slots = new int[bottom.maxDegree()];
    bottom.copySlots(5, slots);
    int degree = bottom.degree(5);
    assertTrue(degree > 64, "degree " + degree);
    assertEquals(degree, coded.passing(bottom, 5, 0, -Float.MAX_VALUE, passing, 0));
    assertEquals(
        Arrays.toString(Arrays.copyOf(slots, degree)),
        Arrays.toString(Arrays.copyOf(passing, degree)));
  }

  @Test
  void automaticCodesFollowTheMemoryThatTheyTake() {
    assertEquals(SearchCodes.NONE, SearchCodes.AUTO.resolved(2_000, 500));
    assertEquals(SearchCodes.ROWS, SearchCodes.AUTO.resolved(20_000, 64));
    assertEquals(SearchCodes.LINKS, SearchCodes.AUTO.resolved(1_000_000, 64));
    assertEquals(SearchCodes.NONE, SearchCodes.NONE.resolved(1_000_000, 64));
    // A rotation of long vectors would take gigabytes.
    assertEquals(SearchCodes.ROWS, SearchCodes.AUTO.resolved(1_000_000, 2_049));
    assertThrows(IllegalArgumentException.class, () -> SearchCodes.LINKS.resolved(10, 2_049));
  }

  private Embeddings rows(Metric metric, int dim) {
    float[] values = TestVectors.clustered(N, dim, 10, 4);
    Draws draws = Draws.of(4, "shift");
    if (metric != Metric.COSINE) {
      for (int i = 0; i < values.length; i++) {
        values[i] += 3 + (i % dim) + 0.1f * draws.nextFloat();
      }
    }
    Embeddings rows = Embeddings.copyOf(values, dim, arena);
    return metric == Metric.COSINE ? rows.normalized(arena) : rows;
  }

  /** A row, moved a little: a prepared query of padded length. */
  private static float[] query(Embeddings rows, int number) {
    float[] query = new float[Queries.paddedDim(rows)];
    rows.copyRow(13 * number % N, query, 0);
    Draws draws = Draws.of(5, "query", number);
    for (int i = 0; i < rows.dim(); i++) {
      query[i] += 0.05f * (float) draws.nextGaussian();
    }
    if (rows.unit()) {
      Embeddings.normalize(query, 0, rows.dim());
    }
    return query;
  }

  private static float score(
      Metric metric, float[] query, Embeddings rows, int ordinal, float[] scores) {
    Queries.scoreRows(metric, query, rows, new int[] {ordinal}, 0, 1, scores);
    return scores[0];
  }
}
