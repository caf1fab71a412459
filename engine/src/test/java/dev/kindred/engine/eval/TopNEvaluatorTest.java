package dev.kindred.engine.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Interactions.Duplicates;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopNEvaluatorTest {

  private static Interactions pairs(int users, int items, int[][] pairs) {
    return Interactions.of(
        users,
        items,
        sink -> {
          for (int[] pair : pairs) {
            sink.add(pair[0], pair[1], 1f);
          }
        },
        Duplicates.LAST);
  }

  private static TopNEvaluator.Report evaluate(
      Scores scores, Interactions train, Interactions test, int k, int threads) {
    try (Workers workers = Workers.of(threads)) {
      return TopNEvaluator.evaluate(scores, train, test, k, workers, Progress.none());
    }
  }

  @Test
  void handWorkedPopularity() {
    // Counts: item 0 three, item 1 two, items 2 and 3 one. User 0 has seen 0, so its list is 1 2;
    // user 1 has seen 0 and 1, so its list is 2 3; user 2 has no test item and doesn't count.
    Interactions train =
        pairs(3, 4, new int[][] {{0, 0}, {1, 0}, {1, 1}, {2, 0}, {2, 1}, {2, 2}, {2, 3}});
    Interactions test = pairs(3, 4, new int[][] {{0, 2}, {0, 3}, {1, 2}});
    TopNEvaluator.Report report = evaluate(new PopularityScores(train), train, test, 2, 1);
    assertEquals(2, report.users());
    assertEquals((0.5 + 1) / 2, report.recall(), 1e-12);
    double first = (1 / (Math.log(3) / Math.log(2))) / (1 + 1 / (Math.log(3) / Math.log(2)));
    assertEquals((first + 1) / 2, report.ndcg(), 1e-12);
    assertEquals(1, report.hitRate());
    assertEquals(0.5, report.precision());
    assertEquals((0.5 + 1) / 2, report.reciprocalRank(), 1e-12);
  }

  @Test
  void listsEndWhereItemsEnd() {
    Interactions train = pairs(1, 3, new int[][] {{0, 0}});
    Interactions test = pairs(1, 3, new int[][] {{0, 1}});
    TopNEvaluator.Report report = evaluate(new PopularityScores(train), train, test, 20, 1);
    assertEquals(1, report.recall());
    assertEquals(1.0 / 20, report.precision());
  }

  @Test
  void factorScoresEqualANaiveRankingForAnyThreads() {
    int users = 150;
    int items = 2500; // more than two tiles
    int rank = 5;
    Random random = new Random(4);
    float[] u = new float[users * rank];
    float[] v = new float[items * rank];
    for (int i = 0; i < u.length; i++) {
      u[i] = random.nextInt(7) - 3; // small whole numbers: exact in any order, with many ties
    }
    for (int i = 0; i < v.length; i++) {
      v[i] = random.nextInt(7) - 3;
    }
    int[][] trainPairs = new int[3000][];
    int[][] testPairs = new int[900][];
    for (int i = 0; i < trainPairs.length; i++) {
      trainPairs[i] = new int[] {random.nextInt(users), random.nextInt(items)};
    }
    for (int i = 0; i < testPairs.length; i++) {
      testPairs[i] = new int[] {random.nextInt(users / 2) * 2, random.nextInt(items)};
    }
    Interactions train = pairs(users, items, trainPairs);
    Interactions test = pairs(users, items, testPairs);
    int k = 100;
    double recall = 0;
    double ndcg = 0;
    int counted = 0;
    for (int user = 0; user < users; user++) {
      if (test.count(user) == 0) {
        continue;
      }
      counted++;
      int at = user;
      float[] scores = new float[items];
      for (int i = 0; i < items; i++) {
        for (int j = 0; j < rank; j++) {
          scores[i] += u[user * rank + j] * v[i * rank + j];
        }
      }
      int[] ranked =
          IntStream.range(0, items)
              .filter(i -> !train.contains(at, i))
              .boxed()
              .sorted(
                  Comparator.comparing((Integer i) -> -scores[i])
                      .thenComparing(Comparator.naturalOrder()))
              .limit(k)
              .mapToInt(Integer::intValue)
              .toArray();
      int[] truth = new int[(int) test.count(user)];
      test.copyColumns(test.start(user), truth.length, truth, 0);
      recall +=
          (double) Arrays.stream(ranked).filter(i -> test.contains(at, i)).count() / truth.length;
      ndcg += RankingMetrics.ndcg(ranked, ranked.length, k, truth);
    }
    TopNEvaluator.Report one = evaluate(new FactorScores(u, v, rank), train, test, k, 1);
    assertEquals(counted, one.users());
    assertEquals(recall / counted, one.recall(), 1e-9);
    assertEquals(ndcg / counted, one.ndcg(), 1e-9);
    assertEquals(one, evaluate(new FactorScores(u, v, rank), train, test, k, 3));
  }

  @Test
  void refusesShapesThatDisagreeAndEmptyTests() {
    Interactions train = pairs(2, 3, new int[][] {{0, 0}});
    Interactions wide = pairs(2, 4, new int[][] {{0, 0}});
    Interactions empty = pairs(2, 3, new int[][] {});
    Scores scores = new PopularityScores(train);
    assertThrows(IllegalArgumentException.class, () -> evaluate(scores, train, wide, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> evaluate(scores, train, empty, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> evaluate(scores, train, train, 0, 1));
  }
}
