package dev.kindred.engine.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Interactions.Duplicates;
import dev.kindred.engine.data.LabelRule;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.Polarity;
import dev.kindred.index.run.Workers;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NextItemEvaluatorTest {

  private static NextItemEvaluator.Report evaluate(RelatedLists lists, Transitions steps, int k) {
    try (Workers workers = Workers.of(2)) {
      return NextItemEvaluator.evaluate(lists, steps, k, workers);
    }
  }

  @Test
  void handWorkedSteps() {
    // Every list is 1 2 3 without the source; item 9 has none.
    RelatedLists lists =
        (item, n, out) -> {
          int written = 0;
          for (int i = 1; i <= 3 && written < n && item != 9; i++) {
            if (i != item) {
              out[written++] = i;
            }
          }
          return written;
        };
    Transitions steps = Transitions.of(new int[] {0, 1, 0, 9}, new int[] {1, 3, 7, 1});
    NextItemEvaluator.Report report = evaluate(lists, steps, 2);
    assertEquals(4, report.steps());
    assertEquals(0.5, report.hitRate());
    assertEquals((1 + Math.log(2) / Math.log(3)) / 4, report.ndcg(), 1e-12);
    assertEquals((1 + 0.5) / 4, report.reciprocalRank(), 1e-12);
    assertEquals(0.75, report.answered());
    assertEquals(0.25, evaluate(lists, steps, 1).hitRate());
    // Into item 1 lead two steps, one of them a hit; into 3 and 7 one each, no hit.
    assertEquals(0.5 / 3, evaluate(lists, steps, 1).itemHitRate(), 1e-12);
    assertThrows(
        IllegalArgumentException.class,
        () -> evaluate(lists, Transitions.of(new int[0], new int[0]), 2));
  }

  @Test
  void stepsLeadIntoTheHeldOutEvents() {
    Events all = events(new int[][] {{0, 5}, {1, 4}, {0, 6}, {1, 4}, {1, 3}, {2, 8}, {2, 7}});
    Events history = all.select(IntStream.range(0, 2).toArray());
    Events held = all.select(IntStream.range(2, 7).toArray());
    Transitions steps = Transitions.into(history, held, 0);
    // User 0: 5 to 6. User 1: 4 to 4 is no step, 4 to 3 is. User 2: begins with 8, then 7.
    assertEquals(3, steps.size());
    assertArrayEquals(new int[] {5, 4, 8}, IntStream.range(0, 3).map(steps::from).toArray());
    assertArrayEquals(new int[] {6, 3, 7}, IntStream.range(0, 3).map(steps::to).toArray());
  }

  private static Events events(int[][] userItem) {
    Ids users = new Ids();
    Ids items = new Ids();
    for (int i = 0; i < 10; i++) {
      users.add("u" + i);
      items.add("i" + i);
    }
    Objective click = new Objective("click", Polarity.POSITIVE, LabelRule.everyRow(), 1);
    Events.Builder builder =
        Events.builder(users, items, List.of(click), List.of(), Order.SEQUENCE);
    for (int i = 0; i < userItem.length; i++) {
      builder.value(0, builder.add(userItem[i][0], userItem[i][1], i), 1);
    }
    return builder.build();
  }

  @Test
  void aPartOfTheStepsHasAReciprocalRankOfItsOwn() {
    int[] places = {1, 0, 4, NextItemEvaluator.NO_LIST, 2};
    boolean[] all = {true, true, true, true, true};
    assertEquals((1 + .25 + .5) / 5, NextItemEvaluator.reciprocalRank(places, all, 4), 1e-12);
    assertEquals((1 + .5) / 5, NextItemEvaluator.reciprocalRank(places, all, 3), 1e-12);
    boolean[] some = {false, true, true, false, false};
    assertEquals(.125, NextItemEvaluator.reciprocalRank(places, some, 4), 1e-12);
  }

  @Test
  void baselinesRankAsCountedByHand() {
    // Users: {0 1 2} {0 1} {0 3} {2 3} {0}
    int[][] pairs = {
      {0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {2, 0}, {2, 3}, {3, 2}, {3, 3}, {4, 0}
    };
    Interactions train =
        Interactions.of(
            5,
            5,
            sink -> {
              for (int[] pair : pairs) {
                sink.add(pair[0], pair[1], 1f);
              }
            },
            Duplicates.LAST);
    // Popularity 4 2 2 2 0.
    assertEquals("1 2", list(BaselineLists.popularity(train, 2), 0, 2));
    assertEquals("0 1", list(BaselineLists.popularity(train, 2), 3, 2));
    assertEquals("0 1 2 3", list(BaselineLists.popularity(train, 9), 4, 9));
    try (Workers workers = Workers.of(2)) {
      RelatedLists counts = BaselineLists.cooccurrence(train, false, 3, workers);
      assertEquals("1 2 3", list(counts, 0, 3));
      assertEquals("0 1 3", list(counts, 2, 3));
      assertEquals("", list(counts, 4, 3));
      // Of item 2: 0 shares 1 / 2, 1 and 3 share 1 / sqrt 2.
      RelatedLists cosine = BaselineLists.cooccurrence(train, true, 3, workers);
      assertEquals("1 3 0", list(cosine, 2, 3));
    }
  }

  private static String list(RelatedLists lists, int item, int n) {
    int[] out = new int[n];
    int length = lists.related(item, n, out);
    return String.join(" ", Arrays.stream(out, 0, length).mapToObj(String::valueOf).toList());
  }
}
