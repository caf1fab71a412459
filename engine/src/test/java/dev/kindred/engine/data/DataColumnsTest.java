package dev.kindred.engine.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DataColumnsTest {
  private static final Objective CLICK = Objective.positive("click", LabelRule.everyRow());
  private static final Objective WATCH =
      Objective.positive("watch", LabelRule.strengthOf("play").withCap(1));

  @Test
  void idsKeepTheOrderOfFirstSightAndFindAnyCharSequence() {
    Ids ids = new Ids();
    Map<String, Integer> expected = new HashMap<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      String id = (i % 3 == 0 ? "späť-" : "") + random.nextInt(8_000);
      int ordinal = ids.add(new StringBuilder(id));
      Integer before = expected.putIfAbsent(id, expected.size());
      assertEquals(before == null ? expected.size() - 1 : before, ordinal, id);
    }
    assertEquals(expected.size(), ids.size());
    expected.forEach(
        (id, ordinal) -> {
          assertEquals(ordinal, ids.ordinalOf(id));
          assertEquals(ordinal, ids.ordinalOf(new StringBuilder(id)));
          assertEquals(id, ids.idOf(ordinal));
        });
    assertEquals(-1, ids.ordinalOf("absent"));
    assertEquals(-1, ids.ordinalOf(""));
    assertThrows(IndexOutOfBoundsException.class, () -> ids.idOf(ids.size()));
  }

  @Test
  void eventsComeOutInTimeOrderAndEqualTimesKeepTheirOrder() {
    for (long seed = 1; seed <= 4; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Ids users = Ids.of(List.of("a", "b", "c"));
      Ids items = Ids.of(List.of("x", "y"));
      Events.Builder builder =
          Events.builder(users, items, List.of(CLICK, WATCH), List.of("dwell"), Order.TIME);
      List<float[]> rows = new ArrayList<>(); // time, user, item, click, watch, dwell
      int n = 5_000;
      long offset = seed == 2 ? Long.MIN_VALUE : seed == 3 ? -50 : 1_700_000_000_000L;
      List<Long> times = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        long time = offset + random.nextLong(seed == 4 ? 10_000_000_000L : 100);
        float[] row = {
          random.nextInt(3),
          random.nextInt(2),
          random.nextInt(2),
          random.nextInt(4) == 0 ? (float) random.nextDouble() : 0,
          i
        };
        int r = builder.add((int) row[0], (int) row[1], time);
        builder.value(0, r, row[2]).value(1, r, row[3]).signal(0, r, row[4]);
        rows.add(row);
        times.add(time);
      }
      List<Integer> expected = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        expected.add(i);
      }
      expected.sort(Comparator.comparing(times::get)); // List.sort is stable
      Events events = builder.build();
      assertEquals(n, events.size());
      for (int i = 0; i < n; i++) {
        int source = expected.get(i);
        String where = "seed " + seed + " row " + i;
        assertEquals(times.get(source), events.time(i), where);
        assertEquals(source, events.signal(0, i), where);
        assertEquals(rows.get(source)[0], events.user(i), where);
        assertEquals(rows.get(source)[1], events.item(i), where);
        assertEquals(rows.get(source)[2], events.value(0, i), where);
        assertEquals(rows.get(source)[3], events.value(1, i), where);
      }
    }
  }

  @Test
  void aValueColumnKeepsItsBitsWhenItWidensToFloats() {
    Ids one = Ids.of(List.of("a"));
    Events.Builder builder = Events.builder(one, one, List.of(CLICK, WATCH), List.of(), Order.NONE);
    for (int i = 0; i < 3_000; i++) {
      int row = builder.add(0, 0, 77);
      builder.value(0, row, i % 3 == 0 ? 1 : 0).value(1, row, i < 1_500 ? i % 2 : .25f);
    }
    builder.value(0, 0, 0);
    Events events = builder.build();
    for (int i = 1; i < 3_000; i++) {
      assertEquals(i % 3 == 0 ? 1 : 0, events.value(0, i));
      assertEquals(i < 1_500 ? i % 2 : .25f, events.value(1, i));
    }
    assertEquals(0, events.value(0, 0));
    assertEquals(999, events.count(0));
    assertEquals(750 + 1_500, events.count(1));
    assertEquals(0, events.time(5), "no order, no time");
  }

  @Test
  void selectKeepsTheGivenRowsAndTheIds() {
    Ids users = Ids.of(List.of("a", "b"));
    Events.Builder builder =
        Events.builder(users, users, List.of(CLICK, WATCH), List.of("dwell"), Order.SEQUENCE);
    for (int i = 0; i < 200; i++) {
      int row = builder.add(i % 2, 1 - i % 2, i);
      builder.value(0, row, i % 5 == 0 ? 1 : 0).value(1, row, i / 200f);
    }
    Events selected = builder.build().select(new int[] {3, 5, 100, 199});
    assertEquals(4, selected.size());
    assertSame(users, selected.users());
    assertEquals(Order.SEQUENCE, selected.order());
    assertEquals(100, selected.time(2));
    assertEquals(0, selected.user(2));
    assertEquals(1, selected.item(2));
    assertEquals(List.of(0f, 1f, 1f, 0f), values(selected, 0));
    assertEquals(List.of(3 / 200f, 5 / 200f, .5f, 199 / 200f), values(selected, 1));
    assertTrue(Float.isNaN(selected.signal(0, 2)), "a signal never set is missing");
    assertThrows(IllegalArgumentException.class, () -> selected.select(new int[] {1, 1}));
    assertThrows(IndexOutOfBoundsException.class, () -> selected.select(new int[] {4}));
  }

  private static List<Float> values(Events events, int objective) {
    List<Float> values = new ArrayList<>();
    for (int row = 0; row < events.size(); row++) {
      values.add(events.value(objective, row));
    }
    return values;
  }

  @Test
  void foldingTakesTheLargestOfEachNumberWithinTheGap() {
    Ids users = Ids.of(List.of("a", "b"));
    Ids items = Ids.of(List.of("x", "y"));
    Events.Builder builder =
        Events.builder(users, items, List.of(CLICK, WATCH), List.of("dwell"), Order.TIME);
    int late = builder.add(0, 0, 2_900); // out of order on purpose
    builder.value(1, late, .5f);
    builder.add(0, 0, 1_000); // shown
    int click = builder.add(0, 0, 2_000);
    builder.value(0, click, 1).signal(0, click, 7);
    builder.value(1, builder.add(1, 0, 2_000), .25f); // another user
    builder.value(0, builder.add(0, 1, 2_000), 1); // another item
    int next = builder.add(0, 0, 3_901); // 1001 after the last: a sample of its own
    builder.value(1, next, .125f);
    Events events = builder.buildFolded(1_000);
    assertEquals(4, events.size());
    assertEquals(1_000, events.time(0));
    assertEquals(1, events.value(0, 0));
    assertEquals(.5f, events.value(1, 0));
    assertEquals(7, events.signal(0, 0));
    assertEquals(1, events.user(1));
    assertEquals(.25f, events.value(1, 1));
    assertEquals(1, events.item(2));
    assertEquals(3_901, events.time(3));
    assertEquals(0, events.value(0, 3));
    assertEquals(.125f, events.value(1, 3));
  }

  @Test
  void foldingWithoutTimesMakesOneSampleOfEachPair() {
    SplittableRandom random = new SplittableRandom(3);
    Ids ids = new Ids();
    for (int i = 0; i < 100; i++) {
      ids.add("id" + i);
    }
    Events.Builder builder = Events.builder(ids, ids, List.of(CLICK), List.of(), Order.NONE);
    Map<List<Integer>, Float> expected = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      int user = random.nextInt(100);
      int item = random.nextInt(100);
      float value = random.nextInt(50) == 0 ? 1 : 0;
      builder.value(0, builder.add(user, item, 0), value);
      expected.merge(List.of(user, item), value, Math::max);
    }
    Events events = builder.buildFolded(1_000);
    Map<List<Integer>, Float> actual = new HashMap<>();
    for (int row = 0; row < events.size(); row++) {
      actual.put(List.of(events.user(row), events.item(row)), events.value(0, row));
    }
    assertEquals(expected.size(), events.size());
    assertEquals(expected, actual);
  }

  @Test
  void theBuilderRefusesWhatNoValueMayBe() {
    Ids one = Ids.of(List.of("a"));
    Events.Builder builder = Events.builder(one, one, List.of(CLICK), List.of("dwell"), Order.TIME);
    int row = builder.add(0, 0, 1);
    for (float bad : new float[] {-1, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> builder.value(0, row, bad), "" + bad);
    }
    assertThrows(
        IllegalArgumentException.class, () -> builder.signal(0, row, Float.NEGATIVE_INFINITY));
    assertThrows(IndexOutOfBoundsException.class, () -> builder.value(0, 1, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> builder.add(1, 0, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> Events.builder(one, one, List.of(CLICK, CLICK), List.of(), Order.TIME));
  }

  @Test
  void labelRulesKnowThresholdStrengthRatioAndCap() {
    assertEquals(1, LabelRule.everyRow().value(Double.NaN, Double.NaN));
    LabelRule flag = LabelRule.flag("is_click");
    assertEquals(0, flag.value(0, 0));
    assertEquals(1, flag.value(1, 0));
    LabelRule high = LabelRule.atLeast("rating", 4);
    assertEquals(0, high.value(3.999, 0));
    assertEquals(1, high.value(4, 0));
    LabelRule low = LabelRule.atMost("rating", 2);
    assertEquals(1, low.value(2, 0));
    assertEquals(0, low.value(2.5, 0));
    LabelRule share = LabelRule.strengthOf("play").withPer("length").withCap(1);
    assertEquals(.25, share.value(30, 120));
    assertEquals(1, share.value(300, 120));
    assertEquals(0, share.value(0, 120));
    for (double[] bad :
        new double[][] {
          {-1, 120},
          {Double.NaN, 120},
          {30, 0},
          {30, -1},
          {30, Double.NaN},
          {Double.POSITIVE_INFINITY, 120},
          {30, Double.POSITIVE_INFINITY}
        }) {
      assertTrue(Double.isNaN(share.value(bad[0], bad[1])), bad[0] + " / " + bad[1]);
    }
    LabelRule half = new LabelRule("play", "play", .5, 10, false, "length", 2);
    assertEquals(0, half.value(59, 120));
    assertEquals(1, half.value(60, 120));
    assertEquals(0, half.value(1_201, 120));
    assertEquals(List.of("play", "length"), List.copyOf(half.columns()));
    assertEquals(List.of(), List.copyOf(LabelRule.ofEvent("like").columns()));
    assertThrows(IllegalArgumentException.class, () -> LabelRule.between("rating", 3, 2));
    assertThrows(IllegalArgumentException.class, () -> share.withCap(0));
    assertThrows(IllegalArgumentException.class, () -> LabelRule.everyRow().withCap(2));
    assertThrows(IllegalArgumentException.class, () -> CLICK.withWeight(-1));
  }

  @Test
  void aCatalogueGivesBackTheDistinctValuesOfEachProfile() {
    SplittableRandom random = new SplittableRandom(5);
    Ids ids = new Ids();
    List<FieldSpec> fields =
        List.of(
            FieldSpec.multi("genres", "g", "|"),
            FieldSpec.numeric("length", "l"),
            FieldSpec.single("country", "c"));
    Catalogue.Builder builder = Catalogue.builder(ids, fields);
    Map<Integer, TreeSet<String>> genres = new HashMap<>();
    for (int i = 0; i < 300; i++) {
      int item = ids.add("item" + random.nextInt(400));
      for (int v = random.nextInt(5); v > 0; v--) {
        String genre = "genre" + random.nextInt(20);
        builder.value(0, item, genre);
        genres.computeIfAbsent(item, x -> new TreeSet<>()).add(genre);
      }
      builder.number(1, item, item / 2f);
    }
    int bare = ids.add("bare");
    builder.row(bare);
    int beyond = ids.add("never in the catalogue");
    Catalogue catalogue = builder.build();
    for (int item = 0; item < bare; item++) {
      TreeSet<String> actual = new TreeSet<>();
      for (int i = catalogue.valueStart(0, item); i < catalogue.valueEnd(0, item); i++) {
        assertTrue(actual.add(catalogue.vocabulary(0).idOf(catalogue.value(i))), "repeated");
        if (i > catalogue.valueStart(0, item)) {
          assertTrue(catalogue.value(i) > catalogue.value(i - 1), "values rise");
        }
      }
      assertEquals(genres.getOrDefault(item, new TreeSet<>()), actual);
      assertEquals(item / 2f, catalogue.number(1, item));
      assertEquals(catalogue.valueStart(2, item), catalogue.valueEnd(2, item));
      assertTrue(Float.isNaN(catalogue.number(0, item)));
    }
    assertTrue(catalogue.contains(bare));
    assertTrue(Float.isNaN(catalogue.number(1, bare)));
    assertFalse(catalogue.contains(beyond));
    assertEquals(catalogue.valueStart(0, beyond), catalogue.valueEnd(0, beyond));
    assertEquals(bare + 1, catalogue.size());
    assertEquals(1, catalogue.fieldOf("length"));
    assertEquals(-1, catalogue.fieldOf("absent"));
    assertEquals(0, Catalogue.empty(ids).size());
  }
}
