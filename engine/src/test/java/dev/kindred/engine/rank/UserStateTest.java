package dev.kindred.engine.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Ids;
import dev.kindred.index.run.Draws;
import org.junit.jupiter.api.Test;

class UserStateTest {
  private static final int ITEMS = 10_000;
  private static final int COMPANIONS = 30;
  private static final int WATCHED = 40;

  private final Draws draws = Draws.of(5, "companions");

  /** Half of the companions lie close together, so that many were watched. */
  private final CandidateLists together = CandidateLists.filled(lengths(), this::fill);

  private static int[] lengths() {
    int[] lengths = new int[ITEMS];
    for (int item = 0; item < ITEMS; item++) {
      lengths[item] = item % 7 == 0 ? 0 : COMPANIONS;
    }
    return lengths;
  }

  private void fill(int item, CandidateLists.Sink sink) {
    for (int i = 0; item % 7 > 0 && i < COMPANIONS; i++) {
      int near = (item + i + 1) % ITEMS;
      int far = (item + 1 + draws.nextInt(ITEMS - 1)) % ITEMS;
      sink.add(i % 2 == 0 ? near : far, draws.nextFloat(), CandidateSource.COOCCURRENCE);
    }
  }

  @Test
  void cosinesAreSummedOverTheListsOfAllThatWasWatched() {
    Ids ids = new Ids();
    for (int item = 0; item < ITEMS; item++) {
      ids.add("i" + item);
    }
    ItemGroups groups =
        ItemGroups.of(Catalogue.empty(ids), ITEMS, "", "", new int[0], new float[ITEMS]);
    UserState state = new UserState(groups, together, WATCHED, 5, 1, 0);
    int names = UserState.PAIR_NUMBERS.size();
    float[] numbers = new float[names];
    int hits = 0;
    for (int round = 0; round < 20; round++) {
      state.clear();
      int[] watched = new int[round < 2 ? round : 3 * WATCHED];
      for (int i = 0; i < watched.length; i++) {
        watched[i] = i % 4 == 3 ? watched[i - 1] : 4096 * draws.nextInt(2) + draws.nextInt(400);
        state.append(HistoryEntry.of(HistoryEntry.WATCHED, watched[i], 1000 + i));
      }
      state.prepare(5000);
      for (int item = 0; item < ITEMS; item += 1 + draws.nextInt(9)) {
        state.pair(item, numbers, 0, 1);
        float all = 0;
        float late = 0;
        for (int age = 0; age < Math.min(WATCHED, watched.length); age++) {
          int companion = watched[watched.length - 1 - age];
          if (lastAge(watched, companion) < age) {
            continue; // it was watched again
          }
          for (long at = together.start(companion); at < together.end(companion); at++) {
            if (together.item(at) == item) {
              hits++;
              all += together.similarity(at) * power(0.97f, age);
              late += together.similarity(at) * power(0.9f, age);
            }
          }
        }
        assertEquals(all, numbers[names - 2], "item " + item + ", round " + round);
        assertEquals(late, numbers[names - 1], "item " + item + ", round " + round);
      }
    }
    assertTrue(hits > 1000, hits + " companions of what was watched");
  }

  /** How many were watched after the last time that the item was. */
  private static int lastAge(int[] watched, int item) {
    for (int age = 0; age < watched.length; age++) {
      if (watched[watched.length - 1 - age] == item) {
        return age;
      }
    }
    return Integer.MAX_VALUE;
  }

  private static float power(float base, int exponent) {
    float power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= base;
    }
    return power;
  }
}
