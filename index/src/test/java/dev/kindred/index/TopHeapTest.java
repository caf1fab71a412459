package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TopHeapTest {
  @Test
  void keepsTheBestOfAnyStreamAsSortingDoes() {
    Draws draws = Draws.of(7, "heap");
    TopHeap heap = new TopHeap();
    for (int n = 0; n < 60; n++) {
      for (int limit = 0; limit < 40; limit += limit < 5 ? 1 : 7) {
        long[] keys = new long[n];
        for (int i = 0; i < n; i++) {
          // Few different values, so that equal keys occur.
          keys[i] = draws.nextInt(20) - 10;
        }
        heap.reset(limit);
        for (long key : keys) {
          long bar = heap.bar();
          boolean kept = heap.offer(key);
          assertTrue(!kept || limit > 0 && key > bar);
        }
        long[] sorted = keys.clone();
        Arrays.sort(sorted);
        long[] expected = Arrays.copyOfRange(sorted, Math.max(0, n - limit), n);
        long[] actual = new long[heap.size()];
        for (int i = 0; i < actual.length; i++) {
          actual[i] = heap.removeWorst();
        }
        assertArrayEquals(expected, actual, "n " + n + " limit " + limit);
      }
    }
  }

  @Test
  void keysOrderByScoreThenByRisingOrdinal() {
    float[] rising = {
      Float.NaN,
      Float.NEGATIVE_INFINITY,
      -Float.MAX_VALUE,
      -1,
      -Float.MIN_VALUE,
      0,
      Float.MIN_VALUE,
      1,
      Float.MAX_VALUE,
      Float.POSITIVE_INFINITY
    };
    for (int i = 0; i < rising.length; i++) {
      assertTrue(ScoredOrdinal.of(rising[i], 0) > ScoredOrdinal.NONE);
      for (int ordinal : new int[] {0, 1, Integer.MAX_VALUE}) {
        long key = ScoredOrdinal.of(rising[i], ordinal);
        assertEquals(rising[i], ScoredOrdinal.score(key));
        assertEquals(ordinal, ScoredOrdinal.ordinal(key));
        if (i > 0) {
          assertTrue(key > ScoredOrdinal.of(rising[i - 1], 5), "score " + rising[i]);
        }
      }
      assertTrue(ScoredOrdinal.of(rising[i], 3) > ScoredOrdinal.of(rising[i], 4));
    }
    assertEquals(ScoredOrdinal.of(0f, 9), ScoredOrdinal.of(-0f, 9));
  }
}
