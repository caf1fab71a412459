package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ExactSearchTest {
  private static final int DIM = 19;

  @ParameterizedTest
  @EnumSource(Metric.class)
  void findsWhatSortingAllScoresFinds(Metric metric) {
    for (int n : new int[] {0, 1, 2, 511, 512, 513, 1500}) {
      float[] rows = TestVectors.clustered(n, DIM, 9, 3);
      Embeddings embeddings = TestVectors.embeddings(rows, DIM);
      check(metric, rows, embeddings, OrdinalFilter.ALL);
      check(metric, rows, embeddings, ordinal -> ordinal % 3 == 1);
      check(metric, rows, embeddings, ordinal -> ordinal == n - 1);
      check(metric, rows, embeddings, ordinal -> false);
    }
  }

  @Test
  void cosineOfUnitRowsIsTheSame() {
    float[] rows = TestVectors.clustered(700, DIM, 9, 4);
    try (Arena arena = Arena.ofConfined()) {
      Embeddings raw = Embeddings.copyOf(rows, DIM, arena);
      Embeddings unit = raw.normalized(arena);
      assertFalse(raw.unit());
      assertTrue(unit.unit());
      assertEquals(unit, unit.normalized(arena));
      check(Metric.COSINE, rows, unit, OrdinalFilter.ALL);
    }
  }

  @Test
  void equalScoresComeByRisingOrdinal() {
    float[] rows = new float[40 * 4];
    for (int row = 0; row < 40; row++) {
      rows[row * 4 + row % 2] = 1; // 20 copies of each of two vectors
    }
    for (Metric metric : Metric.values()) {
      Neighbors found =
          ExactSearch.of(TestVectors.embeddings(rows, 4), metric)
              .searcher()
              .search(new float[] {0, 1, 0, 0}, 25);
      for (int rank = 0; rank < 25; rank++) {
        int expected = rank < 20 ? 2 * rank + 1 : 2 * (rank - 20);
        assertEquals(expected, found.ordinal(rank), metric + " rank " + rank);
      }
    }
  }

  @Test
  void zeroVectorsScoreZeroUnderCosineAndAreFound() {
    float[] rows = {1, 0, 0, 0, -1, 0};
    Embeddings embeddings = TestVectors.embeddings(rows, 2);
    ExactSearcher searcher = ExactSearch.of(embeddings, Metric.COSINE).searcher();
    Neighbors found = searcher.search(new float[] {5, 0}, 3);
    assertEquals(1, found.score(0), 1e-6);
    assertEquals(1, found.ordinal(1));
    assertEquals(0, found.score(1));
    assertEquals(-1, found.score(2), 1e-6);
    Neighbors ofZero = searcher.search(new float[2], 3);
    for (int rank = 0; rank < 3; rank++) {
      assertEquals(rank, ofZero.ordinal(rank));
      assertEquals(0, ofZero.score(rank));
    }
  }

  @Test
  void kAboveNReturnsAllAndTheResultIsReusable() {
    Embeddings embeddings = TestVectors.embeddings(TestVectors.normal(5, DIM, 1), DIM);
    ExactSearcher searcher = ExactSearch.of(embeddings, Metric.DOT).searcher();
    Neighbors result = new Neighbors(0);
    float[] query = TestVectors.normal(1, DIM, 2);
    searcher.search(query, Integer.MAX_VALUE, result);
    assertEquals(5, result.size());
    searcher.search(query, 2, result);
    assertEquals(2, result.size());
    assertThrows(IndexOutOfBoundsException.class, () -> result.ordinal(2));
  }

  @Test
  void badQueriesAreRefusedByPositionAndValue() {
    Embeddings embeddings = TestVectors.embeddings(TestVectors.normal(5, DIM, 1), DIM);
    ExactSearcher searcher = ExactSearch.of(embeddings, Metric.L2).searcher();
    float[] query = new float[DIM];
    assertThrows(IllegalArgumentException.class, () -> searcher.search(query, 0));
    assertThrows(IllegalArgumentException.class, () -> searcher.search(new float[DIM - 1], 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> searcher.search(query, Integer.MAX_VALUE, 1, OrdinalFilter.ALL, new Neighbors(1)));
    query[7] = Float.NEGATIVE_INFINITY;
    String message =
        assertThrows(IllegalArgumentException.class, () -> searcher.search(query, 1)).getMessage();
    assertTrue(message.contains("-Infinity at position 7"), message);
  }

  private static void check(
      Metric metric, float[] rows, Embeddings embeddings, OrdinalFilter filter) {
    ExactSearch index = ExactSearch.of(embeddings, metric);
    assertTrue(index.isExact());
    assertEquals(embeddings.size(), index.size());
    ExactSearcher searcher = index.searcher();
    Neighbors result = new Neighbors(1);
    for (int q = 0; q < 5; q++) {
      float[] query = TestVectors.normal(1, DIM, 100 + q);
      for (int k : new int[] {1, 10, 2000}) {
        searcher.search(query, 0, k, filter, result);
        int[] expected = TestVectors.oracle(metric, query, rows, DIM, k, filter);
        assertEquals(expected.length, result.size());
        for (int rank = 0; rank < expected.length; rank++) {
          // Rounding may swap near ties, so scores are compared, not ordinals.
          double score = TestVectors.score(metric, query, rows, DIM, expected[rank]);
          assertEquals(score, result.score(rank), 1e-4 * (1 + Math.abs(score)));
          assertTrue(filter.accepts(result.ordinal(rank)));
        }
      }
    }
  }
}
