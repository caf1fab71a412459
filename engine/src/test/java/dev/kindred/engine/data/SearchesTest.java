package dev.kindred.engine.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SearchesTest {
  private static final SearchLog.Columns COLUMNS =
      new SearchLog.Columns("user", "q", "time", EventColumns.TimeFormat.SECONDS, "");

  @TempDir Path directory;

  /** What a user searched for, with the times. */
  private static List<String> of(Searches searches, int user) {
    List<String> all = new ArrayList<>();
    for (int i = searches.start(user); i < searches.end(user); i++) {
      all.add(searches.vocabulary().idOf(searches.token(i)) + "@" + searches.time(i));
    }
    return all;
  }

  @Test
  void aTextIsItsWordsAndItsPairsOfNeighbours() {
    assertEquals(
        List.of("space", "opera", "2001", "space opera", "opera 2001"),
        SearchTokens.of("  Space-OPERA, 2001!"));
    assertEquals(List.of("caf\u00e9"), SearchTokens.of("Caf\u00e9"));
    assertEquals(List.of(), SearchTokens.of(" ?! "));
    // Ideographs have no blanks between them: each is a word.
    assertEquals(
        List.of("\u6d77", "\u8d3c", "op", "\u6d77 \u8d3c", "\u8d3c op"),
        SearchTokens.of("\u6d77\u8d3cOP"));
    // A vowel sign belongs to its letter.
    assertEquals(List.of("\u0939\u093f\u0902"), SearchTokens.of("\u0939\u093f\u0902"));
    assertEquals(2 * SearchTokens.MOST_WORDS - 1, SearchTokens.of("word ".repeat(1000)).size());
  }

  @Test
  void searchesStandByUserInTheOrderOfTime() {
    Ids users = Ids.of(List.of("ann", "bob", "eve"));
    Searches.Builder builder = Searches.builder(users, Order.TIME);
    assertEquals(1, builder.add(1, 500, "news"));
    assertEquals(3, builder.add(0, 300, "late news"));
    assertEquals(1, builder.add(0, 100, "sport"));
    assertEquals(0, builder.add(0, 200, "..."));
    Searches searches = builder.build(1, 100);
    assertEquals(List.of("sport@100", "late@300", "news@300", "late news@300"), of(searches, 0));
    assertEquals(List.of("news@500"), of(searches, 1));
    assertEquals(List.of(), of(searches, 2));
    users.add("who came later");
    assertEquals(List.of(), of(searches, 3));
    assertThrows(IllegalArgumentException.class, () -> Searches.builder(users, Order.NONE));
  }

  @Test
  void wordsOfFewUsersAreLeftOutAndOfTheOthersTheMostFrequentAreKept() {
    Ids users = Ids.of(List.of("a", "b", "c"));
    Searches.Builder builder = Searches.builder(users, Order.SEQUENCE);
    for (int time = 0; time < 9; time++) {
      builder.add(0, time, "mine"); // often, by one user
    }
    builder.add(0, 10, "two");
    builder.add(1, 11, "two");
    for (int user = 0; user < 3; user++) {
      builder.add(user, 20, "three");
      builder.add(user, 21, "also");
    }
    Searches all = builder.build(2, 100);
    assertEquals(3, all.vocabulary().size());
    assertEquals(-1, all.vocabulary().ordinalOf("mine"));
    Searches most = builder.build(1, 2);
    assertEquals(List.of("three@20", "also@21"), of(most, 0));
    assertEquals(of(most, 0), of(most, 2));
    assertEquals(0, builder.build(4, 100).size());
  }

  @Test
  void aSplitLeavesNothingOfLaterSearches() {
    Ids users = Ids.of(List.of("ann", "bob", "eve"));
    Ids items = Ids.of(List.of("x"));
    Searches.Builder builder = Searches.builder(users, Order.TIME);
    for (int user = 0; user < 3; user++) {
      for (int time = 100; time <= 900; time += 100) {
        builder.add(user, time, "w" + time / 100);
      }
    }
    Events.Builder later = Events.builder(users, items, List.of(), List.of(), Order.TIME);
    later.add(0, 0, 400);
    later.add(1, 0, 600);
    later.add(0, 0, 700);
    Searches before = builder.build(1, 100).before(later.build());
    assertEquals(List.of("w1@100", "w2@200", "w3@300"), of(before, 0));
    assertEquals(5, of(before, 1).size()); // before the first of his own
    assertEquals(of(before, 0), of(before, 2)); // before the first of all
  }

  @Test
  void aLogOfSearchesIsReadWithTheUsersOfTheEvents() throws IOException {
    Ids users = Ids.of(List.of("ann"));
    Events events = Events.builder(users, new Ids(), List.of(), List.of(), Order.TIME).build();
    Path file =
        Files.writeString(
            directory.resolve("searches.csv"),
            "user,time,q\nbob,20,Space opera\nann,10,space\nann,,lost\n,5,lost\nann,30,!?\n");
    SearchLog.Result read =
        SearchLog.read(
            TableSource.of(file),
            COLUMNS,
            events,
            1,
            100,
            new ReadLimits(2, 1, 10),
            Progress.none());
    assertEquals(List.of("space@10000"), of(read.searches(), 0));
    assertEquals(
        List.of("space@20000", "opera@20000", "space opera@20000"),
        of(read.searches(), users.ordinalOf("bob")));
    assertEquals(2, read.report().badRows());
    assertTrue(
        read.report().lines().toString().contains("1 searches hold none"),
        read.report().lines().toString());
  }

  @Test
  void rowsOfOneTypeOfEventAreSearchesAndNoSamples() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("events.jsonl"),
            """
            {"user":"ann","item":"Space opera","event":"search","time":1000}
            {"user":"ann","item":"i1","event":"click","time":2000}
            {"user":"bob","item":"opera","event":"search","time":3000}
            """);
    Ids items = new Ids();
    EventLog.Result log =
        EventLog.read(
            TableSource.of(file),
            EventColumns.of("user", "item")
                .withTime("time", EventColumns.TimeFormat.MILLIS)
                .withEvent("event")
                .withSearch("search"),
            List.of(Objective.positive("click", LabelRule.everyRow().withEvent("click"))),
            new Ids(),
            items,
            ReadLimits.strict());
    assertEquals(1, log.events().size());
    assertEquals(1, items.size());
    Searches searches = log.searches().orElseThrow().build(2, 10);
    assertEquals(List.of("opera@1000"), of(searches, 0));
    assertEquals(List.of("opera@3000"), of(searches, 1));
    assertThrows(
        IllegalArgumentException.class,
        () -> EventColumns.of("user", "item").withTime("time").withSearch("search"));
  }

  @Test
  void searchesInAnotherOrderThanTheEventsAreRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("s.csv"), "user,time,q\nann,1,x\n");
    Events events =
        Events.builder(new Ids(), new Ids(), List.of(), List.of(), Order.SEQUENCE).build();
    String message =
        assertThrows(
                InputException.class,
                () ->
                    SearchLog.read(
                        TableSource.of(file),
                        COLUMNS,
                        events,
                        1,
                        100,
                        ReadLimits.defaults(),
                        Progress.none()))
            .getMessage();
    assertTrue(message.contains("searches have a time"), message);
    assertThrows(
        IllegalArgumentException.class,
        () -> new SearchLog.Columns("u", "q", "", EventColumns.TimeFormat.DETECT, ""));
  }
}
