package dev.kindred.engine.rerank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.Allocation;
import dev.kindred.engine.rerank.RerankedList.Placing;
import dev.kindred.index.run.Draws;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class RerankerTest {
  private static final int N = 60;
  private static final Shelf SHELF = Shelf.random(N, 1);

  private static RerankedList rerank(Shelf shelf, Reranking how, float[] scores, int n) {
    return rerank(shelf, how, scores, n, -1, 0);
  }

  private static RerankedList rerank(
      Shelf shelf, Reranking how, float[] scores, int n, int source, long now) {
    RerankedList out = new RerankedList();
    new Reranker(shelf::similarity, (a, b) -> a == b ? 1 : 0)
        .rerank(
            shelf.bind(how), source, now, Shelf.all(scores.length), scores, scores.length, n, out);
    return out;
  }

  private static List<Integer> items(RerankedList list) {
    List<Integer> items = new ArrayList<>();
    for (int rank = 0; rank < list.size(); rank++) {
      items.add(list.index(rank));
    }
    return items;
  }

  /** Best first, equal scores in the given order: what no re-ranking means. */
  private static List<Integer> byScore(float[] scores, int n) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      order.add(i);
    }
    order.sort(Comparator.comparing(i -> -(scores[i] + 0f))); // + 0f: -0 ties with 0
    return order.subList(0, Math.min(n, order.size()));
  }

  @Test
  void everyPartAtItsNeutralSettingChangesNothing() {
    List<Reranking> neutral =
        List.of(
            Reranking.none(),
            Reranking.none().withDiversity(Diversity.of(1)),
            Reranking.none().withDiversity(new Diversity(1, Diversity.Basis.VECTORS)),
            Reranking.none().withFreshness(new Freshness("year", Double.POSITIVE_INFINITY)),
            Reranking.none().withRule(Rule.boost(Selection.of("3", "5"), 1)),
            Reranking.none().withExploration(Exploration.epsilon(0, 9)),
            Reranking.none().withExploration(Exploration.softmax(0, 9)),
            Reranking.none().withCap("series", N),
            Reranking.none().withWhere("genre exists or not genre exists"),
            Reranking.none().withRule(Rule.bury(Selection.of("unknown"))),
            Reranking.none().withRule(Rule.hide(Selection.of("unknown"))),
            Reranking.none().withPool(1));
    for (int seed = 0; seed < 20; seed++) {
      float[] scores = Shelf.scores(N, seed);
      scores[7] = scores[9]; // ties keep their order
      scores[11] = -0f;
      scores[12] = 0f;
      for (Reranking how : neutral) {
        for (int n : new int[] {0, 1, 10, N, N + 5}) {
          RerankedList list = rerank(SHELF, how, scores, n);
          assertEquals(byScore(scores, n), items(list), how + ", seed " + seed);
          for (int rank = 0; rank < list.size(); rank++) {
            assertEquals(scores[list.index(rank)], list.score(rank));
            assertEquals(1, list.propensity(rank));
            assertEquals(Placing.RANKED, list.placing(rank));
          }
        }
      }
    }
  }

  @Test
  void filterAndHideLeaveItemsOutAndNothingElse() {
    float[] scores = Shelf.scores(N, 3);
    Reranking how =
        Reranking.none()
            .withWhere("year >= 1980")
            .withRule(Rule.hide(Selection.where(AttributeFilter.parse("genre = g1"))))
            .withRule(Rule.hide(Selection.of("4", "unknown")));
    List<Integer> expected = new ArrayList<>(byScore(scores, N));
    int g1 = SHELF.valueOf(0, "g1");
    expected.removeIf(i -> SHELF.number(i, 2) < 1980 || SHELF.has(i, 0, g1) || i == 4);
    assertEquals(expected, items(rerank(SHELF, how, scores, N)));
    assertEquals(Set.of("unknown"), SHELF.bind(how).unknownIds());
  }

  @Test
  void boostAddsTheLogarithmOfItsFactorAndOnlyMovesItsItems() {
    for (int seed = 0; seed < 30; seed++) {
      float[] scores = Shelf.scores(N, seed);
      int item = seed;
      Reranking how = Reranking.none().withRule(Rule.boost(Selection.of("" + item), 2.5));
      RerankedList list = rerank(SHELF, how, scores, N);
      int before = byScore(scores, N).indexOf(item);
      int after = items(list).indexOf(item);
      assertTrue(after <= before, "seed " + seed);
      assertEquals(scores[item] + (float) Math.log(2.5), list.score(after));
      List<Integer> others = new ArrayList<>(items(list));
      others.remove(Integer.valueOf(item));
      List<Integer> expected = new ArrayList<>(byScore(scores, N));
      expected.remove(Integer.valueOf(item));
      assertEquals(expected, others);
    }
  }

  @Test
  void scoreIsTheSumOfItsAdjustmentsToTheBit() {
    Reranking how =
        Reranking.none()
            .withRule(Rule.boost(Selection.where(AttributeFilter.parse("genre = g0")), 1.3))
            .withRule(Rule.boost(Selection.of("1", "2", "3"), 0.7))
            .withRule(Rule.boost(Selection.where(AttributeFilter.parse("year < 2000")), 3))
            .withFreshness(new Freshness("year", 7));
    float[] scores = Shelf.scores(N, 8);
    BoundReranking bound = SHELF.bind(how);
    RerankedList list = rerank(SHELF, how, scores, N);
    for (int rank = 0; rank < N; rank++) {
      float sum = scores[list.index(rank)];
      for (Adjustment adjustment : bound.adjustments(-1, list.index(rank), 0)) {
        sum += adjustment.value();
      }
      assertEquals(Float.floatToRawIntBits(sum), Float.floatToRawIntBits(list.score(rank)));
    }
  }

  @Test
  void halfLifeHalvesTheOddsAndShorterOnesPutNewerItemsFirst() {
    Shelf shelf = new Shelf().item(2000, "").item(2010, "").item(Float.NaN, "").item(1990, "");
    float[] scores = {0, 0, 0, 0};
    RerankedList list =
        rerank(shelf, Reranking.none().withFreshness(new Freshness("year", 10)), scores, 4);
    assertEquals(List.of(1, 0, 2, 3), items(list)); // the unknown year is the mean, 2000
    assertEquals(-Math.log(2), list.score(1), 1e-6);
    assertEquals(list.score(1), list.score(2));
    assertEquals(-2 * Math.log(2), list.score(3), 1e-6);
    double last = 0;
    for (double halfLife : new double[] {1e9, 100, 30, 10, 3, 1}) {
      double years = 0;
      for (int seed = 0; seed < 20; seed++) {
        Reranking how = Reranking.none().withFreshness(new Freshness("year", halfLife));
        for (int item : items(rerank(SHELF, how, Shelf.scores(N, seed), 10))) {
          years += SHELF.number(item, 2);
        }
      }
      assertTrue(years >= last, "half-life " + halfLife);
      last = years;
    }
  }

  @Test
  void buriedItemsStandBehindAllOthersInOrder() {
    float[] scores = Shelf.scores(N, 4);
    List<Integer> expected = new ArrayList<>(byScore(scores, N));
    int top = expected.get(0);
    int second = expected.get(1);
    expected.removeAll(List.of(top, second));
    expected.addAll(List.of(top, second));
    Reranking how = Reranking.none().withRule(Rule.bury(Selection.of("" + second, "" + top)));
    RerankedList list = rerank(SHELF, how, scores, N);
    assertEquals(expected, items(list));
    assertEquals(Placing.BURIED, list.placing(N - 1));
    assertFalse(items(rerank(SHELF, how, scores, 10)).contains(top));
  }

  @Test
  void pinsHaveTheirSlotsAndTheRestKeepsItsOrder() {
    float[] scores = Shelf.scores(N, 6);
    List<Integer> order = byScore(scores, N);
    int last = order.get(N - 1);
    int middle = order.get(30);
    int top = order.get(0);
    Reranking how =
        Reranking.none()
            .withRule(Rule.pin("" + last, 1))
            .withRule(Rule.pin("" + middle, 1)) // the first has the slot, this the next free one
            .withRule(Rule.pin("" + top, 5));
    RerankedList list = rerank(SHELF, how, scores, 10);
    assertEquals(
        List.of(
            last,
            middle,
            order.get(1),
            order.get(2),
            top,
            order.get(3),
            order.get(4),
            order.get(5),
            order.get(6),
            order.get(7)),
        items(list));
    assertEquals(Placing.PINNED, list.placing(4));
    assertEquals(Placing.RANKED, list.placing(5));
    // Beyond the list it is not shown, beyond what there is it closes the list.
    assertFalse(
        items(rerank(SHELF, Reranking.none().withRule(Rule.pin("" + last, 11)), scores, 10))
            .contains(last));
    Shelf three = new Shelf().item(1, "").item(2, "").item(3, "");
    assertEquals(
        List.of(1, 2, 0),
        items(
            rerank(three, Reranking.none().withRule(Rule.pin("0", 3)), new float[] {3, 2, 1}, 10)));
    // What must not be shown is not shown by a pin either.
    Reranking both = how.withRule(Rule.hide(Selection.of("" + last)));
    assertEquals(middle, items(rerank(SHELF, both, scores, 10)).get(0));
    assertFalse(items(rerank(SHELF, both, scores, N)).contains(last));
  }

  @Test
  void rulesHoldInTheirListsAndForTheirTime() {
    float[] scores = Shelf.scores(N, 7);
    List<Integer> order = byScore(scores, N);
    Rule hide = Rule.hide(Selection.of("" + order.get(0)));
    Reranking inOne = Reranking.none().withRule(hide.withLists(Selection.of("12")));
    assertFalse(items(rerank(SHELF, inOne, scores, N, 12, 0)).contains(order.get(0)));
    assertEquals(order, items(rerank(SHELF, inOne, scores, N, 13, 0)));
    assertEquals(order, items(rerank(SHELF, inOne, scores, N, -1, 0)), "a list of no item");
    Optional<Instant> from = Optional.of(Instant.ofEpochMilli(100));
    Optional<Instant> until = Optional.of(Instant.ofEpochMilli(200));
    Reranking timed = Reranking.none().withRule(hide.withTime(from, until));
    for (long now : new long[] {0, 99, 200, 500}) {
      assertEquals(order, items(rerank(SHELF, timed, scores, N, -1, now)), "at " + now);
    }
    for (long now : new long[] {100, 199}) {
      assertFalse(items(rerank(SHELF, timed, scores, N, -1, now)).contains(order.get(0)));
    }
  }

  @Test
  void noMoreItemsThanTheCapShareAValue() {
    for (int seed = 0; seed < 20; seed++) {
      float[] scores = Shelf.scores(N, seed);
      Reranking how =
          Reranking.none()
              .withCap("series", 1)
              .withCap("genre", 3)
              .withRule(Rule.pin("0", 4))
              .withRule(Rule.pin("1", 6));
      List<Integer> list = items(rerank(SHELF, how, scores, 8));
      Map<Integer, Integer> counts = new HashMap<>();
      for (int item : list) {
        for (int field = 0; field < 2; field++) {
          for (long at = SHELF.valueStart(item, field); at < SHELF.valueEnd(item, field); at++) {
            counts.merge(SHELF.value(item, at), 1, Integer::sum);
          }
        }
      }
      int pinnedTogether = SHELF.value(0, 1) == SHELF.value(1, 1) ? 2 : 1;
      counts.forEach(
          (value, count) ->
              assertTrue(count <= 3 && (count <= pinnedTogether || isGenre(value)), "" + value));
      assertEquals(8, list.size(), "seed " + seed);
      assertEquals(0, list.get(3));
      assertEquals(1, list.get(5));
    }
  }

  private static boolean isGenre(int value) {
    for (int g = 0; g < 4; g++) {
      if (SHELF.valueOf(0, "g" + g) == value) {
        return true;
      }
    }
    return false;
  }

  @Test
  void distanceWithinListsRisesAsLambdaFalls() {
    double before = -1;
    for (double lambda : new double[] {1, 0.9, 0.8, 0.7, 0.5, 0.3, 0.1, 0}) {
      double distance = 0;
      for (int seed = 0; seed < 60; seed++) {
        Reranking how = Reranking.none().withDiversity(Diversity.of(lambda));
        List<Integer> list = items(rerank(SHELF, how, Shelf.scores(N, seed), 10));
        for (int i : list) {
          for (int j : list) {
            distance += i == j ? 0 : 1 - SHELF.similarity(i, j);
          }
        }
      }
      assertTrue(distance >= before, "lambda " + lambda + ": " + distance + " after " + before);
      before = distance;
    }
  }

  @Test
  void diversityIsTheGreedyChoiceOfItsFormula() {
    for (int seed = 0; seed < 20; seed++) {
      float[] scores = Shelf.scores(N, seed);
      double lambda = 0.6;
      List<Integer> pool = new ArrayList<>(byScore(scores, N));
      double low = scores[pool.getLast()];
      double range = scores[pool.getFirst()] - low;
      List<Integer> expected = new ArrayList<>();
      while (expected.size() < 8) {
        int best = -1;
        double most = Double.NEGATIVE_INFINITY;
        for (int item : pool) {
          double nearest = 0;
          for (int above : expected) {
            nearest = Math.max(nearest, SHELF.similarity(item, above));
          }
          double worth = lambda * (scores[item] - low) / range - (1 - lambda) * nearest;
          if (worth > most + 1e-9) {
            most = worth;
            best = item;
          }
        }
        expected.add(best);
        pool.remove(Integer.valueOf(best));
      }
      Reranking how = Reranking.none().withDiversity(Diversity.of(lambda));
      assertEquals(expected, items(rerank(SHELF, how, scores, 8)), "seed " + seed);
    }
  }

  /** Every list of 3 of 4 with its probability by the propensities, against what is drawn. */
  @Test
  void propensitiesAreTheProbabilitiesOfWhatIsDrawn() {
    Shelf shelf = new Shelf().item(1, "").item(2, "").item(3, "").item(4, "");
    float[] scores = {1.0f, 0.3f, 0.9f, -0.5f};
    for (Exploration exploration :
        List.of(Exploration.epsilon(0.4, 0), Exploration.softmax(0.7, 0))) {
      int draws = 20_000;
      Map<List<Integer>, Integer> seen = new HashMap<>();
      Map<List<Integer>, Double> probability = new HashMap<>();
      BoundReranking[] bound = new BoundReranking[draws];
      RerankedList out = new RerankedList();
      Reranker reranker = new Reranker(ItemSimilarity.NONE, ItemSimilarity.NONE);
      for (int seed = 0; seed < draws; seed++) {
        bound[seed] = shelf.bind(Reranking.none().withExploration(exploration.withSeed(seed)));
        reranker.rerank(bound[seed], -1, 0, Shelf.all(4), scores, 4, 3, out);
        if (seed < 50) {
          // A seed given to the re-ranker is as good as one bound.
          RerankedList again = new RerankedList();
          Reranker other = new Reranker(ItemSimilarity.NONE, ItemSimilarity.NONE);
          other.explorationSeed(seed);
          other.rerank(bound[0], -1, 0, Shelf.all(4), scores, 4, 3, again);
          assertEquals(items(out), items(again));
        }
        double product = 1;
        for (int rank = 0; rank < 3; rank++) {
          product *= out.propensity(rank);
        }
        seen.merge(items(out), 1, Integer::sum);
        Double before = probability.put(items(out), product);
        assertTrue(before == null || before == product, "one list, one probability");
      }
      double total = 0;
      for (Map.Entry<List<Integer>, Double> list : probability.entrySet()) {
        total += list.getValue();
        double expected = list.getValue() * draws;
        assertEquals(
            expected,
            seen.get(list.getKey()),
            5 * Math.sqrt(expected) + 1,
            exploration + " " + list.getKey());
      }
      assertEquals(1, total, 1e-9, "24 lists, all seen: " + exploration);
      assertEquals(24, probability.size());
    }
  }

  @Test
  void explorationStaysWithinFiltersCapsAndPool() {
    float[] scores = Shelf.scores(N, 2);
    for (int seed = 0; seed < 50; seed++) {
      Reranking how =
          Reranking.none()
              .withWhere("year >= 1970")
              .withCap("series", 1)
              .withPool(8)
              .withRule(Rule.pin("17", 2))
              .withExploration(Exploration.epsilon(1, seed));
      RerankedList list = rerank(SHELF, how, scores, 5);
      List<Integer> order = new ArrayList<>(byScore(scores, N));
      order.removeIf(i -> SHELF.number(i, 2) < 1970);
      for (int rank = 0; rank < list.size(); rank++) {
        int item = list.index(rank);
        assertTrue(SHELF.number(item, 2) >= 1970);
        if (list.placing(rank) == Placing.PINNED) {
          assertEquals(1, list.propensity(rank));
        } else {
          assertEquals(1.0 / 8, list.propensity(rank), 1e-12);
        }
      }
    }
  }

  @Test
  void settingsOutOfRangeAreRefusedWithTheRange() {
    assertRefused(() -> Diversity.of(1.1), "1.1", "[0, 1]");
    assertRefused(() -> Diversity.of(Double.NaN), "NaN", "[0, 1]");
    assertRefused(() -> new Cap("series", 0), "'series' is 0", "at least 1");
    assertRefused(() -> new Freshness("year", 0), "0.0", "> 0");
    assertRefused(() -> Exploration.epsilon(2, 1), "2.0", "[0, 1]");
    assertRefused(() -> Exploration.softmax(-1, 1), "-1.0", ">= 0");
    assertRefused(() -> Rule.boost(Selection.of("a"), 0), "0.0", "> 0");
    assertRefused(() -> Rule.pin("a", 0), "is 0", "[1, 10000]");
    assertRefused(() -> Rule.hide(Selection.all()), "names no items");
    assertRefused(() -> Reranking.none().withPool(0), "pool is 0");
    assertRefused(() -> Reranking.none().withCap("a", 1).withCap("a", 2), "two caps");
    assertRefused(() -> SHELF.bind(Reranking.none().withCap("year", 1)), "'year'", "genre");
    assertRefused(
        () -> SHELF.bind(Reranking.none().withFreshness(new Freshness("genre", 1))),
        "'genre'",
        "[year]");
    assertRefused(
        () ->
            Rule.hide(Selection.of("a"))
                .withTime(
                    Optional.of(Instant.ofEpochMilli(5)), Optional.of(Instant.ofEpochMilli(5))),
        "not after");
  }

  private static void assertRefused(Executable what, String... parts) {
    String message = assertThrows(IllegalArgumentException.class, what).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void allocatesNothingOnceWarm() {
    BoundReranking bound =
        SHELF.bind(
            Reranking.none()
                .withWhere("year >= 1955")
                .withCap("series", 2)
                .withRule(Rule.pin("9", 3))
                .withRule(Rule.boost(Selection.of("4"), 2))
                .withRule(Rule.bury(Selection.of("5")))
                .withFreshness(new Freshness("year", 20))
                .withDiversity(Diversity.of(0.7))
                .withExploration(Exploration.softmax(0.1, 4)));
    Reranker reranker = new Reranker((a, b) -> a % 7 == b % 7 ? 0.5f : 0, ItemSimilarity.NONE);
    RerankedList out = new RerankedList();
    int[] targets = Shelf.all(N);
    float[][] scores = new float[8][];
    for (int s = 0; s < scores.length; s++) {
      scores[s] = Shelf.scores(N, s);
    }
    long allocated =
        Allocation.bytesOf(
            () -> {
              for (int i = 0; i < 500; i++) {
                reranker.rerank(bound, i % N, i, targets, scores[i % 8], N - i % 3, i % 20, out);
              }
            });
    assertEquals(0, allocated);
  }

  @Test
  void sameSeedSameList() {
    float[] scores = Shelf.scores(N, 2);
    Draws seeds = Draws.of(3, "seeds");
    for (int i = 0; i < 10; i++) {
      Reranking how = Reranking.none().withExploration(Exploration.softmax(1, seeds.nextLong()));
      assertEquals(items(rerank(SHELF, how, scores, 20)), items(rerank(SHELF, how, scores, 20)));
    }
  }
}
