package dev.kindred.engine.rank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.LabelRule;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.Searches;
import dev.kindred.engine.world.World;
import dev.kindred.engine.world.WorldOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PointInTimeTest {
  private static final int SEARCHED = 30;
  private static final World WORLD =
      World.generate(WorldOptions.defaults().withSize(200, 100, 8_000));

  private static ItemGroups groups(World world) {
    return ItemGroups.of(
        world.items(),
        world.events().items().size(),
        "styles",
        "series",
        new int[0],
        new float[world.events().items().size()]);
  }

  private static UserState state(World world) {
    CandidateLists none = CandidateLists.empty(world.events().items().size());
    int tokens = world.searches().vocabulary().size();
    return new UserState(groups(world), none, 20, 20, SEARCHED, tokens);
  }

  @Test
  void everythingKnownAtARowIsOlderThanTheRowByTheLag() {
    for (long lag : new long[] {0, 60, 3600}) {
      PointInTime log = new PointInTime(WORLD.events(), lag);
      UserState state = state(WORLD);
      int[] visited = {0};
      int[] informed = {0};
      log.forEach(
          state,
          row -> true,
          (row, known) -> {
            visited[0]++;
            informed[0] += known.watched() > 0 ? 1 : 0;
            assertTrue(
                known.newest() <= log.time(row) - Math.max(1, lag),
                "row " + row + " at " + log.time(row) + " knows of " + known.newest());
          });
      assertEquals(WORLD.events().size(), visited[0]);
      assertTrue(informed[0] > visited[0] / 2, informed[0] + " rows with a history");
    }
  }

  @Test
  void whatComesLaterDoesNotChangeTheFeaturesOfARow() {
    Events whole = WORLD.events();
    int half = whole.size() / 2;
    int[] rows = new int[half];
    Arrays.setAll(rows, row -> row);
    List<float[]> ofWhole = features(whole, half);
    List<float[]> ofHalf = features(whole.select(rows), half);
    assertEquals(ofHalf.size(), ofWhole.size());
    for (int i = 0; i < ofHalf.size(); i++) {
      assertArrayEquals(ofHalf.get(i), ofWhole.get(i), "example " + i);
    }
  }

  @Test
  void whatWasSearchedForIsKnownToRowsThatAreLaterByTheLagAndToNoOthers() {
    Events events = WORLD.events();
    Searches searches = WORLD.searches();
    for (long lag : new long[] {60, 86_400}) {
      int[] informed = {0};
      PointInTime log = new PointInTime(events, searches, lag);
      log.forEach(
          state(WORLD),
          row -> true,
          (row, known) -> {
            assertTrue(known.newest() <= log.time(row) - lag, "row " + row);
            List<Integer> expected = new ArrayList<>();
            int user = events.user(row);
            for (int i = searches.start(user); i < searches.end(user); i++) {
              if (Math.floorDiv(searches.time(i), 1000L) <= log.time(row) - lag) {
                expected.addFirst(searches.token(i));
              }
            }
            expected = expected.subList(0, Math.min(SEARCHED, expected.size()));
            List<Integer> found = new ArrayList<>();
            for (int age = 0; age < known.searched(); age++) {
              found.add(known.searched(age));
            }
            assertEquals(expected, found, "row " + row + ", lag " + lag);
            informed[0] += found.isEmpty() ? 0 : 1;
          });
      assertTrue(informed[0] > events.size() / 4, informed[0] + " rows after a search");
    }
  }

  @Test
  void aSnapshotHoldsTheLastTokensUpToTheEndOfTheLog() {
    Events events = WORLD.events();
    int[] rows = new int[events.size() / 2];
    Arrays.setAll(rows, row -> row);
    PointInTime log = new PointInTime(events.select(rows), WORLD.searches(), 60);
    long end = log.time(rows.length - 1);
    int cut = 0;
    int full = 0;
    for (int user = 0; user < log.users(); user++) {
      long[] kept = log.searches(user, 4);
      int later = 0;
      int before = 0;
      for (int i = WORLD.searches().start(user); i < WORLD.searches().end(user); i++) {
        boolean known = Math.floorDiv(WORLD.searches().time(i), 1000L) <= end;
        before += known ? 1 : 0;
        later += known ? 0 : 1;
      }
      assertEquals(Math.min(4, before), kept.length, "user " + user);
      for (int i = 0; i < kept.length; i++) {
        int at = WORLD.searches().start(user) + before - kept.length + i;
        assertEquals(HistoryEntry.SEARCHED, HistoryEntry.kind(kept[i]));
        assertEquals(WORLD.searches().token(at), HistoryEntry.item(kept[i]));
        assertTrue(HistoryEntry.time(kept[i]) <= end);
      }
      cut += later > 0 ? 1 : 0;
      full += before > 4 ? 1 : 0;
    }
    assertTrue(cut > 0 && full > 0, cut + " users cut off, " + full + " with more than are kept");
  }

  /** Of the rows before a border, in the order of the walk. */
  private static List<float[]> features(Events events, int border) {
    List<float[]> all = new ArrayList<>();
    UserState state = state(WORLD);
    new PointInTime(events, 60)
        .forEach(
            state,
            row -> row < border,
            (row, known) -> {
              float[] numbers = new float[UserState.PAIR_NUMBERS.size() + 3];
              known.pair(events.item(row), numbers, 0, 1);
              System.arraycopy(known.numbers(), 0, numbers, UserState.PAIR_NUMBERS.size(), 3);
              all.add(numbers);
            });
    return all;
  }

  @Test
  void aHandMadeLogGivesTheNumbersByHand() {
    Ids users = Ids.of(List.of("ann"));
    Ids items = Ids.of(List.of("a1", "a2", "b1", "c1"));
    Catalogue.Builder profiles =
        Catalogue.builder(
            items, List.of(FieldSpec.single("topic", "t"), FieldSpec.single("show", "s")));
    profiles.value(0, 0, "news").value(0, 1, "news").value(0, 2, "sport");
    profiles.value(1, 0, "late").value(1, 1, "late");
    profiles.row(3);
    Events.Builder log =
        Events.builder(
            users,
            items,
            List.of(
                Objective.positive("click", LabelRule.flag("click")),
                Objective.negative("dislike", LabelRule.flag("dislike"))),
            List.of(),
            Order.TIME);
    log.value(0, log.add(0, 0, 100_000), 1); // a1 watched at 100 s
    log.add(0, 2, 200_000); // b1 shown at 200 s
    log.add(0, 2, 250_000); // and again
    log.value(1, log.add(0, 3, 300_000), 1); // c1 disliked
    log.value(0, log.add(0, 1, 400_000), 1); // a2 watched at 400 s
    Events events = log.build();
    PointInTime walk = new PointInTime(events, 0);
    float[] popularity = {0.5f, 0.25f, 0.25f, 0};
    ItemGroups groups = ItemGroups.of(profiles.build(), 4, "topic", "show", new int[0], popularity);
    int[] lengths = {1, 2, 1, 0};
    int[][] companions = {{1}, {0, 2}, {1}, {}};
    CandidateLists together =
        CandidateLists.filled(
            lengths,
            (item, sink) -> {
              for (int other : companions[item]) {
                sink.add(other, 0.5f + 0.125f * other, CandidateSource.COOCCURRENCE);
              }
            });
    UserState state = new UserState(groups, together, 5, 5, 1, 0);
    walk.forEach(
        state,
        row -> row == 4,
        (row, known) -> {
          assertEquals(1, known.watched());
          assertEquals(0, known.watched(0));
          assertArrayEquals(new float[] {1, 300, 2}, known.numbers());
          float[] numbers = new float[UserState.PAIR_NUMBERS.size()];
          known.pair(1, numbers, 0, 1);
          // topic 300 s ago, all of the history, one of the series, never shown in vain; a quarter
          // of all watching, and in the list of the item watched just now
          float[] ofA2 = {0, 0, 300, 1, 1, 0, Float.NaN, 0.25f, 0.625f, 0.625f};
          assertArrayEquals(ofA2, numbers);
          known.pair(2, numbers, 0, 1);
          float[] ofB1 = {0, 0, Float.NaN, 0, Float.NaN, 2, 150, 0.25f, 0, 0};
          assertArrayEquals(ofB1, numbers);
        });
    long[] history = walk.history(0, 10, 1);
    assertEquals(4, history.length); // the older impression fell out
    assertEquals(HistoryEntry.DISLIKED, HistoryEntry.kind(history[2]));
    assertEquals(3, HistoryEntry.item(history[2]));
    assertEquals(400, HistoryEntry.time(history[3]));
  }

  @Test
  void everyUserTeachesTheSameNumberOfExamplesHoweverMuchHeDoes() {
    Events events = WORLD.events();
    PointInTime log = new PointInTime(events, 60);
    int[] positives = new int[log.users()];
    for (int row = 0; row < events.size(); row++) {
      positives[events.user(row)] += log.kind(row) == HistoryEntry.WATCHED ? 1 : 0;
    }
    int heaviest = Arrays.stream(positives).max().orElseThrow();
    assertTrue(heaviest > 40, "the heaviest user has " + heaviest);
    int[] rows =
        LastPositives.of(log, row -> log.kind(row) == HistoryEntry.WATCHED, 5, Integer.MAX_VALUE);
    int[] taught = new int[log.users()];
    long[] first = new long[log.users()];
    Arrays.fill(first, Long.MAX_VALUE);
    for (int row : rows) {
      taught[events.user(row)]++;
      first[events.user(row)] = Math.min(first[events.user(row)], row);
    }
    for (int user = 0; user < taught.length; user++) {
      assertEquals(Math.min(5, positives[user]), taught[user], "user " + user);
      int since = 0;
      for (int at = log.start(user); at < log.end(user); at++) {
        since +=
            log.row(at) >= first[user] && log.kind(log.row(at)) == HistoryEntry.WATCHED ? 1 : 0;
      }
      assertEquals(taught[user], since, "the last ones of user " + user);
    }
    // Where all of them are too many, every user teaches less.
    int most = rows.length / 2;
    int[] fewer = LastPositives.of(log, row -> log.kind(row) == HistoryEntry.WATCHED, 5, most);
    assertTrue(fewer.length <= most && fewer.length > most / 2, fewer.length + " of " + most);
    assertEquals(
        Arrays.stream(rows).map(events::user).distinct().count(),
        Arrays.stream(fewer).map(events::user).distinct().count());
  }

  @Test
  void aLogWithoutOrderIsRefused() {
    Events events = Events.builder(new Ids(), new Ids(), List.of(), List.of(), Order.NONE).build();
    assertThrows(IllegalArgumentException.class, () -> new PointInTime(events, 0));
  }

  @Test
  void entriesKeepTheirPartsAndTheirOrder() {
    for (long time : new long[] {-5, 0, 1_800_000_000L, 1L << 32}) {
      for (int item : new int[] {0, 7, (1 << 28) - 1}) {
        for (int kind = 0; kind < 4; kind++) {
          long entry = HistoryEntry.of(kind, item, time);
          assertEquals(kind, HistoryEntry.kind(entry));
          assertEquals(item, HistoryEntry.item(entry));
          assertEquals(time, HistoryEntry.time(entry));
          assertTrue(entry < HistoryEntry.of(0, 0, time + 1));
        }
      }
    }
    assertThrows(IllegalArgumentException.class, () -> HistoryEntry.of(0, 1 << 28, 0));
  }
}
