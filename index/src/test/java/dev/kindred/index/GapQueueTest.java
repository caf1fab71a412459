package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GapQueueTest {
  /** Two gaps in one bucket differ by at most this part. */
  private static final double WIDTH = 1.0 / 512;

  private final GapQueue queue = new GapQueue();

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100, 1000, 5000})
  void handsOutTheBestAsSortingWould(int n) {
    for (int round = 0; round < 3; round++) {
      Draws draws = Draws.of(n, "scores", round);
      float[] scores = new float[n];
      int[] nodes = new int[n];
      for (int i = 0; i < n; i++) {
        scores[i] = 1 - 2 * draws.nextFloat() * draws.nextFloat();
        nodes[i] = 3 * i;
      }
      queue.reset(1, 2, n);
      queue.addAll(nodes, scores, n);
      assertEquals(n, queue.size());
      float[] sorted = scores.clone();
      Arrays.sort(sorted);
      for (int i = 0; i < n; i++) {
        int entry = queue.take();
        assertEquals(scores[queue.node(entry) / 3], queue.score(entry));
        double gap = 1 - queue.score(entry);
        double expected = 1 - sorted[n - 1 - i];
        assertEquals(expected, gap, WIDTH * expected + 1e-4);
      }
      assertEquals(-1, queue.take());
    }
  }

  @Test
  void keepsToTheBestOfTheLimitWhenMoreComeInPieces() {
    int n = 4000;
    int limit = 50;
    Draws draws = Draws.of(1, "pieces");
    float[] all = new float[n];
    queue.reset(0, 100, limit);
    int taken = 0;
    for (int from = 0; from < n; from += 20) {
      int[] nodes = new int[20];
      float[] scores = new float[20];
      for (int i = 0; i < 20; i++) {
        nodes[i] = from + i;
        scores[i] = -100 * draws.nextFloat();
        all[from + i] = scores[i];
      }
      queue.addAll(nodes, scores, 20);
      int entry = queue.take();
      if (entry >= 0) {
        assertTrue(queue.score(entry) >= queue.bar() * (1 + WIDTH));
        taken++;
      }
    }
    Arrays.sort(all);
    double barGap = -all[n - limit];
    assertEquals(barGap, -queue.bar(), 2 * WIDTH * barGap);
    assertTrue(taken >= limit && queue.size() < n / 4, taken + " taken, " + queue.size());
    int[] best = new int[queue.size()];
    int listed = queue.best(10, best);
    assertTrue(listed >= 10 && listed <= 14, "listed " + listed);
  }

  @Test
  void takesWhatIsOutOfItsRangeAndWhatIsNoNumber() {
    queue.reset(1, 2, 10);
    int[] nodes = {0, 1, 2, 3, 4};
    float[] scores = {Float.NaN, 1.5f, -1e30f, Float.NEGATIVE_INFINITY, 1f};
    queue.addAll(nodes, scores, 5);
    assertEquals(5, queue.size());
    int first = queue.node(queue.take());
    int second = queue.node(queue.take());
    assertEquals(5, first + second, "those above and at the ceiling come first");
    for (int i = 0; i < 3; i++) {
      assertTrue(queue.take() >= 0);
    }
    assertEquals(-1, queue.take());
    queue.reset(1, 2, 10);
    assertEquals(0, queue.size());
    assertEquals(-1, queue.take());
  }
}
