package dev.kindred.engine.eval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.LabelRule;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.RowFilter;
import dev.kindred.index.run.Workers;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Steps divided, and queries with several answers, on a log small enough to work out by hand. */
final class SegmentsTest {
  private final Ids users = new Ids();
  private final Ids items = new Ids();

  private Events log(String... rows) {
    Events.Builder log =
        Events.builder(
            users,
            items,
            List.of(Objective.positive("click", LabelRule.everyRow())),
            List.of(),
            Order.SEQUENCE);
    for (int n = 0; n < rows.length; n++) {
      String[] row = rows[n].split(" ");
      int added = log.add(users.add(row[0]), items.add(row[1]), n);
      log.value(0, added, 1);
    }
    return log.build();
  }

  @Test
  void stepsAreDividedByActivityPopularityAndField() {
    Events history =
        log("ann a", "ann b", "ann a", "ann a", "ann a", "bob a", "bob b", "cid a", "cid c");
    Events held = log("ann b", "bob d", "cid a");
    Transitions steps = Transitions.into(history, held, 0);
    assertEquals(3, steps.size());
    Segments activity = Segments.byActivity(steps, history);
    assertArrayEquals(new boolean[] {true, false, false}, activity.members(2));
    Segments popularity = Segments.byPopularity(steps, history.interactions(0, RowFilter.ALL));
    // Users: a 3, b 2, c 1, d none; a has half of the pairs, b brings it past two thirds.
    assertArrayEquals(new boolean[] {false, false, true}, popularity.members(0));
    assertArrayEquals(new boolean[] {true, false, false}, popularity.members(1));
    assertArrayEquals(new boolean[] {false, true, false}, popularity.members(3));
    Catalogue.Builder profiles =
        Catalogue.builder(items, List.of(FieldSpec.single("genre", "genre")));
    profiles.row(items.ordinalOf("a")).value(0, items.ordinalOf("a"), "comedy");
    profiles.row(items.ordinalOf("b")).value(0, items.ordinalOf("b"), "horror");
    Segments genre = Segments.byField(steps, profiles.build(), 0);
    assertEquals(List.of("comedy", "horror", "other values", "no value"), genre.labels());
    assertArrayEquals(new boolean[] {false, false, true}, genre.members(0));
    assertArrayEquals(new boolean[] {false, true, false}, genre.members(3));
  }

  @Test
  void laterItemsAskForAllThatAUserTookToAfterHisLastItem() {
    Events history = log("ann a", "ann b", "bob c");
    Events held = log("ann c", "ann d", "ann c", "ann b", "bob c", "dan a");
    // ann: beside b, c and d are right (b is the query); bob: only the query itself; dan: no query.
    LaterItems later = LaterItems.of(history, held, 0);
    assertEquals(1, later.size());
    assertEquals(users.ordinalOf("ann"), later.user(0));
    RelatedLists lists =
        (item, n, out) -> {
          out[0] = items.ordinalOf("a");
          out[1] = items.ordinalOf("d");
          return 2;
        };
    try (Workers workers = Workers.of(1)) {
      TopNEvaluator.Report report = later.figures(lists, 4, workers).means();
      assertEquals(1 / 4.0, report.precision(), 1e-12);
      assertEquals(1 / 2.0, report.recall(), 1e-12);
      assertEquals(2.0 / (4 + 2), report.f1(), 1e-12);
      assertEquals(1 / 2.0, report.reciprocalRank(), 1e-12);
      assertEquals((1 / 2.0) / 2, report.averagePrecision(), 1e-12);
      double ideal = 1 + 1 / (Math.log(3) / Math.log(2));
      assertEquals((Math.log(2) / Math.log(3)) / ideal, report.ndcg(), 1e-12);
    }
  }
}
