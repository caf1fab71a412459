package dev.kindred.engine.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Polarity;
import dev.kindred.index.run.Draws;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CandidatesTest {
  @Test
  void theUnionHoldsEachItemOnceWithAllItsSources() {
    Candidates candidates = new Candidates(4);
    Draws draws = Draws.of(3, "union");
    for (int round = 0; round < 50; round++) {
      candidates.begin(40 + round);
      Map<Integer, Integer> expected = new HashMap<>();
      for (int i = 0; i < 100; i++) {
        RetrievalSource source = RetrievalSource.values()[draws.nextInt(5)];
        int item = draws.nextInt(60) * 1024;
        boolean room = expected.size() < candidates.ordinals().length;
        boolean isNew = !expected.containsKey(item);
        assertEquals(isNew && room, candidates.add(item, source));
        if (room || !isNew) {
          expected.merge(item, 1 << source.ordinal(), (a, b) -> a | b);
        }
      }
      assertEquals(expected.size(), candidates.size(), "round " + round);
      for (int i = 0; i < candidates.size(); i++) {
        assertEquals(expected.get(candidates.ordinal(i)), candidates.sources(i));
      }
    }
  }

  @Test
  void aTallyCountsAsAMapDoesAndForgetsWhenCleared() {
    Tally tally = new Tally(30);
    Draws draws = Draws.of(5, "tally");
    for (int round = 0; round < 100; round++) {
      tally.clear();
      assertEquals(0, tally.size());
      Map<Integer, Integer> counts = new HashMap<>();
      for (int i = 0; i < 200; i++) {
        int key = draws.nextInt(40) << 16;
        if (counts.size() < 30 || counts.containsKey(key)) {
          counts.merge(key, 1, Integer::sum);
          tally.add(key, i);
        }
      }
      assertEquals(counts.size(), tally.size());
      for (int i = 0; i < tally.size(); i++) {
        int slot = tally.find(tally.key(i));
        assertEquals(counts.get(tally.key(i)), tally.count(slot));
      }
      assertFalse(tally.contains(99));
    }
  }

  @Test
  void itemsAreSummedInTheOrderOfTheirComingUntilThereIsNoRoom() {
    ItemSums sums = new ItemSums(30, 2);
    Draws draws = Draws.of(6, "sums");
    for (int round = 0; round < 100; round++) {
      sums.begin(40);
      Map<Integer, Float> expected = new LinkedHashMap<>();
      for (int i = 0; i < 200; i++) {
        int item = draws.nextInt(40) << 16;
        float amount = (float) draws.nextGaussian();
        if (expected.size() < 30 || expected.containsKey(item)) {
          expected.merge(item, amount, Float::sum);
        }
        sums.add(new int[] {item}, new float[] {amount}, 1, 1, -2);
      }
      assertEquals(expected.size(), sums.size(), "round " + round);
      assertEquals(-1, sums.index(41 << 16));
      int i = 0;
      for (Map.Entry<Integer, Float> each : expected.entrySet()) {
        assertEquals(each.getKey(), sums.item(i));
        assertEquals(i, sums.index(each.getKey()));
        assertEquals(each.getValue(), sums.sum(i));
        assertEquals(-2 * each.getValue(), sums.sum(i++, 1));
      }
    }
  }

  @Test
  void marksAreForgottenOneByOne() {
    OrdinalMarks marks = new OrdinalMarks(1000);
    for (int i = 0; i < 1000; i += 7) {
      marks.add(i);
      marks.add(i);
    }
    assertEquals(143, marks.size());
    assertTrue(marks.contains(994));
    marks.clear();
    for (int i = 0; i < 1000; i++) {
      assertFalse(marks.contains(i));
    }
  }

  @Test
  void oddsOfWeightedRowsBecomeTheStrengthExpected() {
    // 1000 rows, 300 of them watched for 2 each: odds are 600 / 700, and E[T] is 0.6.
    RankTask task = new RankTask("watch", Polarity.POSITIVE, 1, RankTask.Kind.ODDS, 1, 0);
    float p = 600f / (600 + 700);
    assertEquals(0.6f, task.value(new float[] {0.3f, p}, 0), 1e-6f);
    assertTrue(Float.isFinite(task.value(new float[] {0.3f, 1f}, 0)));
    RankTask against = new RankTask("hate", Polarity.NEGATIVE, 1, RankTask.Kind.PROBABILITY, 0, 0);
    assertEquals(-0.5f, against.term(0.25f, 2));
  }
}
