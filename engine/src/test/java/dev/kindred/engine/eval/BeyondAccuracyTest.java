package dev.kindred.engine.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Workers;
import org.junit.jupiter.api.Test;

/** What lists are like, against values worked out by hand. */
final class BeyondAccuracyTest {
  private static final double EPSILON = 1e-9;

  /** Four items met by 4, 2, 1 and no users of four. */
  private static Interactions met() {
    return Interactions.of(
        4,
        4,
        sink -> {
          for (int user = 0; user < 4; user++) {
            sink.add(user, 0, 1);
            if (user < 2) {
              sink.add(user, 1, 1);
            }
            if (user < 1) {
              sink.add(user, 2, 1);
            }
          }
        },
        Interactions.Duplicates.SUM);
  }

  /** Lists: 0 -> 1, 2; 1 -> 0, 2; 2 -> 0; 3 has none. */
  private static int related(int item, int n, int[] out) {
    int[][] lists = {{1, 2}, {0, 2}, {0}, {}};
    int length = Math.min(n, lists[item].length);
    System.arraycopy(lists[item], 0, out, 0, length);
    return length;
  }

  @Test
  void coverageNoveltyDiversityAndGiniAreThoseWorkedOutByHand() {
    try (Workers workers = Workers.of(2)) {
      BeyondAccuracy q =
          BeyondAccuracy.of(
              BeyondAccuracyTest::related, met(), 5, (a, b) -> a + b == 3 ? .25 : .75, workers);
      assertEquals(3, q.lists());
      assertEquals(3 / 4.0, q.coverage(), EPSILON);
      // Shown: item 0 twice (0 bits), item 1 once (1 bit), item 2 twice (2 bits each).
      assertEquals((0 + 1 + 4) / 5.0, q.novelty(), EPSILON);
      assertEquals(((1 - .25) + (1 - .75)) / 2, q.diversity(), EPSILON);
      assertEquals(BeyondAccuracy.gini(new long[] {2, 1, 2, 0}), q.gini(), EPSILON);
    }
  }

  @Test
  void onlyTheFirstKCount() {
    try (Workers workers = Workers.of(1)) {
      BeyondAccuracy q =
          BeyondAccuracy.of(BeyondAccuracyTest::related, met(), 1, (a, b) -> 0, workers);
      assertEquals(2 / 4.0, q.coverage(), EPSILON);
      assertTrue(Double.isNaN(q.diversity()), "a list of one item has no diversity");
    }
  }

  @Test
  void giniIsZeroForEqualCountsAndNearOneForASingleItem() {
    assertEquals(0, BeyondAccuracy.gini(new long[] {3, 3, 3}), EPSILON);
    assertEquals(0, BeyondAccuracy.gini(new long[3]), EPSILON);
    assertEquals(.99, BeyondAccuracy.gini(oneOf(100)), EPSILON);
    // Mean difference of two of {1, 3} drawn with replacement is 1, the mean 2: 1 / (2 x 2).
    assertEquals(.25, BeyondAccuracy.gini(new long[] {3, 1}), EPSILON);
  }

  private static long[] oneOf(int n) {
    long[] counts = new long[n];
    counts[n / 2] = 7;
    return counts;
  }
}
