package dev.kindred.engine.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SplitsTest {
  private static final Objective CLICK = Objective.positive("click", LabelRule.everyRow());

  @Test
  void aSplitByTimeNeverTestsBeforeItTrains() {
    for (long seed = 0; seed < 20; seed++) {
      Events events = randomEvents(seed, Order.TIME);
      Splits.Split split = Splits.byTime(events, .3);
      assertEquals(events.size(), split.train().size() + split.test().size());
      long last = split.train().time(split.train().size() - 1);
      assertTrue(last < split.test().time(0), "seed " + seed);
      assertTrue(split.test().size() >= Math.round(events.size() * .3), "seed " + seed);
    }
    Events sequence = randomEvents(1, Order.SEQUENCE);
    assertThrows(IllegalArgumentException.class, () -> Splits.byTime(sequence, .3));
    assertThrows(
        IllegalArgumentException.class, () -> Splits.byTime(randomEvents(1, Order.TIME), 1));
  }

  @Test
  void theLastShareOfEachUsersRowsIsTested() {
    for (long seed = 0; seed < 20; seed++) {
      Events events = randomEvents(seed, Order.SEQUENCE);
      Splits.Split split = Splits.lastOfEachUser(events, .2);
      int users = events.users().size();
      int[] trained = new int[users];
      int[] tested = new int[users];
      long[] last = new long[users];
      for (int row = 0; row < split.train().size(); row++) {
        trained[split.train().user(row)]++;
        last[split.train().user(row)] = split.train().time(row);
      }
      for (int row = 0; row < split.test().size(); row++) {
        int user = split.test().user(row);
        tested[user]++;
        assertTrue(split.test().time(row) >= last[user], "seed " + seed);
      }
      for (int user = 0; user < users; user++) {
        int all = trained[user] + tested[user];
        assertEquals(Math.min(Math.round(all * .2), Math.max(all - 1, 0)), tested[user]);
      }
    }
    Events unordered = randomEvents(1, Order.NONE);
    assertThrows(IllegalArgumentException.class, () -> Splits.lastOfEachUser(unordered, .2));
  }

  private static Events randomEvents(long seed, Order order) {
    SplittableRandom random = new SplittableRandom(seed);
    Ids ids = new Ids();
    for (int i = 0; i < 12; i++) {
      ids.add("id" + i);
    }
    Events.Builder builder = Events.builder(ids, ids, List.of(CLICK), List.of(), order);
    for (int i = random.nextInt(60, 100); i > 0; i--) {
      int user = Math.min(random.nextInt(12), random.nextInt(12));
      builder.value(0, builder.add(user, random.nextInt(12), random.nextInt(40)), 1);
    }
    return builder.build();
  }
}
