package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The oracle of the other tests, on cases worked by hand. */
class TestVectorsTest {
  private static final float[] ROWS = {1, 0, 0, 2, -1, 0, 1, 0, 0, 0};

  @Test
  void ordersByScoreThenOrdinal() {
    assertArrayEquals(
        new int[] {0, 3, 1, 4, 2},
        TestVectors.oracle(Metric.DOT, new float[] {1, 0}, ROWS, 2, 5, OrdinalFilter.ALL));
    assertArrayEquals(
        new int[] {1, 4, 0},
        TestVectors.oracle(Metric.L2, new float[] {0, 1.1f}, ROWS, 2, 3, OrdinalFilter.ALL));
    assertArrayEquals(
        new int[] {1, 0},
        TestVectors.oracle(Metric.COSINE, new float[] {0, 3}, ROWS, 2, 2, OrdinalFilter.ALL));
  }

  @Test
  void keepsToTheFilterAndReturnsAllThatPassIfTheyAreFew() {
    assertArrayEquals(
        new int[] {3, 4, 2},
        TestVectors.oracle(Metric.DOT, new float[] {1, 0}, ROWS, 2, 5, ordinal -> ordinal >= 2));
  }

  @Test
  void scoresAreTheTextbookOnes() {
    assertEquals(-5, TestVectors.score(Metric.L2, new float[] {1, 0}, ROWS, 2, 1));
    assertEquals(
        Math.sqrt(0.5), TestVectors.score(Metric.COSINE, new float[] {2, 2}, ROWS, 2, 1), 1e-12);
    assertEquals(0, TestVectors.score(Metric.COSINE, new float[] {2, 2}, ROWS, 2, 4));
  }
}
