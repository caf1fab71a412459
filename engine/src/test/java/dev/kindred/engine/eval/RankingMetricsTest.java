package dev.kindred.engine.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class RankingMetricsTest {
  // Right: 2, 5, 7 and 9. List: 4 5 1 9 0, so hits stand at places 2 and 4.
  private static final int[] TRUTH = {2, 5, 7, 9};
  private static final int[] LIST = {4, 5, 1, 9, 0};

  @Test
  void handWorkedList() {
    assertEquals(2, RankingMetrics.hits(LIST, 5, 5, TRUTH));
    assertEquals(0.4, RankingMetrics.precision(LIST, 5, 5, TRUTH), 1e-12);
    assertEquals(0.5, RankingMetrics.recall(LIST, 5, 5, TRUTH), 1e-12);
    assertEquals(4.0 / 9, RankingMetrics.f1(LIST, 5, 5, TRUTH), 1e-12);
    assertEquals(1, RankingMetrics.hitRate(LIST, 5, 5, TRUTH));
    assertEquals(0.5, RankingMetrics.reciprocalRank(LIST, 5, 5, TRUTH));
    // Precision at the hits: 1/2 and 2/4; four are right.
    assertEquals(0.25, RankingMetrics.averagePrecision(LIST, 5, 5, TRUTH), 1e-12);
    // 1/log2(3) = 0.63093, 1/log2(5) = 0.43068; best 1 + 0.63093 + 0.5 + 0.43068 = 2.56161.
    assertEquals(1.06161 / 2.56161, RankingMetrics.ndcg(LIST, 5, 5, TRUTH), 1e-5);
  }

  @Test
  void onlyTheFirstKCount() {
    assertEquals(0, RankingMetrics.hits(LIST, 5, 1, TRUTH));
    assertEquals(0, RankingMetrics.ndcg(LIST, 5, 1, TRUTH));
    assertEquals(0, RankingMetrics.f1(LIST, 5, 1, TRUTH));
    assertEquals(0, RankingMetrics.reciprocalRank(LIST, 5, 1, TRUTH));
    assertEquals(0.25, RankingMetrics.recall(LIST, 5, 3, TRUTH));
    assertEquals(0.25 / 1.5, RankingMetrics.averagePrecision(LIST, 5, 3, TRUTH), 1e-12);
  }

  @Test
  void placesBeyondTheListAreMisses() {
    assertEquals(0.2, RankingMetrics.precision(LIST, 5, 10, TRUTH), 1e-12);
    assertEquals(0.5, RankingMetrics.recall(LIST, 5, 10, TRUTH), 1e-12);
    assertEquals(1.06161 / 2.56161, RankingMetrics.ndcg(LIST, 5, 10, TRUTH), 1e-5);
  }

  @Test
  void perfectListsReachOne() {
    int[] list = {7, 2, 9, 5};
    assertEquals(1, RankingMetrics.ndcg(list, 4, 20, TRUTH), 1e-12);
    assertEquals(1, RankingMetrics.averagePrecision(list, 4, 4, TRUTH), 1e-12);
    // Fewer places than right items: still 1, for no list does better.
    assertEquals(1, RankingMetrics.ndcg(list, 4, 2, TRUTH), 1e-12);
    assertEquals(1, RankingMetrics.averagePrecision(list, 4, 2, TRUTH), 1e-12);
    assertEquals(0.5, RankingMetrics.recall(list, 4, 2, TRUTH), 1e-12);
  }

  @Test
  void emptyTruthAndEmptyListsGiveZero() {
    int[] none = {};
    assertEquals(0, RankingMetrics.recall(LIST, 5, 5, none));
    assertEquals(0, RankingMetrics.ndcg(LIST, 5, 5, none));
    assertEquals(0, RankingMetrics.averagePrecision(LIST, 5, 5, none));
    assertEquals(0, RankingMetrics.f1(LIST, 5, 5, none));
    assertEquals(0, RankingMetrics.precision(none, 0, 5, TRUTH));
    assertEquals(0, RankingMetrics.ndcg(none, 0, 5, TRUTH));
    assertThrows(IllegalArgumentException.class, () -> RankingMetrics.recall(LIST, 5, 0, TRUTH));
  }
}
