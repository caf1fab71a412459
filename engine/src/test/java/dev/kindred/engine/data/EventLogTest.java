package dev.kindred.engine.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EventLogTest extends ReaderFiles {
  @Test
  void unusableFilesAreRefusedInOneLineThatNamesTheRemedy() throws IOException {
    EventColumns columns = EventColumns.of("user", "item");
    Path absent = directory.resolve("absent.csv");
    assertRefused(absent + ": no such file", () -> read(TableSource.of(absent), columns, ANY));
    assertRefused("is a directory", () -> read(TableSource.of(directory), columns, ANY));
    TableSource empty = TableSource.of(file("empty.csv", ""));
    assertRefused("is empty", () -> read(empty, columns, ANY));
    TableSource emptyGzip = TableSource.of(file("empty.csv.gz", ""));
    assertRefused("holds only empty lines", () -> read(emptyGzip, columns, ANY));
    TableSource header = TableSource.of(file("header.csv", "user,item\n"));
    assertRefused("has no rows", () -> read(header, columns, ANY));
    TableSource blank = TableSource.of(file("blank.jsonl", "\n\n"));
    assertRefused("has no rows", () -> read(blank, columns, ANY));
    TableSource good = TableSource.of(file("good.csv", "user,film\nu,f\n"));
    assertRefused("no column 'item'; it has user, film", () -> read(good, columns, ANY));
    TableSource twice = TableSource.of(file("twice.csv", "user,item,item\nu,f,g\n"));
    assertRefused("two columns 'item'", () -> read(twice, columns, ANY));
    Objective like = Objective.positive("like", LabelRule.ofEvent("like"));
    TableSource log = TableSource.of(file("log.csv", "user,item\nu,f\n"));
    assertRefused("no column for the type of event", () -> read(log, columns, like));
  }

  @Test
  void blanksAroundIdsAreLeftOutAndTold() throws IOException {
    String csv = "user,item\r\n u1,i1\r\nu1,\" i1\"\r\nu 2,i1\t\r\n";
    EventLog.Result result =
        read(TableSource.of(file("blanks.csv", csv)), EventColumns.of("user", "item"), ANY);
    Events events = result.events();
    assertEquals(1, events.items().size());
    assertEquals(2, events.users().size());
    assertEquals("u1", events.users().idOf(0));
    assertEquals("u 2", events.users().idOf(1)); // within an id they stay
    String told = "3 ids had blanks around them, which were left out: an id has none; first, ";
    assertTrue(
        result.report().notes().contains(Note.warning(told + "'u1' in line 2")),
        "" + result.report().notes());
    String json = "{\"user\":\"u1\",\"item\":\"i1 \"}\n{\"user\":\"u1\",\"item\":\"i1\"}\n";
    result = read(TableSource.of(file("blanks.jsonl", json)), EventColumns.of("user", "item"), ANY);
    assertEquals(1, result.events().items().size());
    assertTrue(result.report().notes().toString().contains("1 ids had blanks around them"));
    String plain = "user,item\r\nu1,i1\r\n";
    result = read(TableSource.of(file("plain.csv", plain)), EventColumns.of("user", "item"), ANY);
    assertFalse(result.report().notes().toString().contains("blanks"));
  }

  @Test
  void aCutOrDamagedGzipFileIsRefused() throws IOException {
    StringBuilder text = new StringBuilder("user,item\n");
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 50_000; i++) {
      text.append(random.nextInt()).append(',').append(random.nextInt()).append('\n');
    }
    byte[] whole = Files.readAllBytes(file("log.csv.gz", text.toString()));
    Path cut = Files.write(directory.resolve("cut.csv.gz"), Arrays.copyOf(whole, 70_000));
    EventColumns columns = EventColumns.of("user", "item");
    assertRefused("ends early", () -> read(TableSource.of(cut), columns, ANY));
    whole[50_000] ^= 0x10;
    Path flipped = Files.write(directory.resolve("flipped.csv.gz"), whole);
    assertThrows(InputException.class, () -> read(TableSource.of(flipped), columns, ANY));
  }

  @Test
  void badRowsAreCountedSampledAndLimited() throws IOException {
    StringBuilder text = new StringBuilder("user,item,dwell\n");
    for (int i = 0; i < 1_000; i++) {
      text.append(
          switch (i % 100) {
            case 3 -> ",i,1\n";
            case 4 -> "u,NULL,1\n";
            case 5 -> "u,i\n";
            case 6 -> i < 100 ? "u,i,soon\n" : "u,i,late\n";
            default -> "u" + i + ",i,\n";
          });
    }
    TableSource source = TableSource.of(file("log.csv", text.toString()));
    EventColumns columns = EventColumns.of("user", "item").withSignals(List.of("dwell"));
    EventLog.Result result = read(source, columns, ANY);
    assertEquals(960, result.events().size());
    assertEquals(1_000, result.report().rows());
    assertEquals(40, result.report().badRows());
    assertEquals(10, result.report().badRowSamples().size());
    assertEquals(
        List.of(
            "line 5: column 'user' holds no user",
            "line 6: column 'item' holds no item",
            "line 7: has 2 cells instead of 3",
            "line 8: column 'dwell' is 'soon', not a number"),
        result.report().badRowSamples().subList(0, 4).stream().map(Object::toString).toList());
    assertEquals(
        List.of(
            "1000 rows, 40 bad and skipped, 0 bad values ignored",
            "skipped lines 5, 105, 205: column 'user' holds no user",
            "skipped lines 6, 106, 206: column 'item' holds no item",
            "skipped lines 7, 107: has 2 cells instead of 3",
            "skipped lines 8, 108: column 'dwell' is 'soon', 'late', not a number",
            "skipped 30 more rows"),
        warnings(result));
    assertEquals(-1, result.events().users().ordinalOf("u"), "bad rows leave no ids");
    assertRefused(
        "40 of 1000 rows are bad (allowed: 20 rows or 3.9%); first, line 5",
        () ->
            EventLog.read(
                source,
                columns,
                List.of(ANY),
                new Ids(),
                new Ids(),
                ReadLimits.defaults().withRows(20).withShare(.039)));
  }

  @Test
  void badStrengthsSpoilOnlyThemselves() throws IOException {
    String text =
        """
        user,item,play,length,like
        u,a,30,120,1
        u,b,500,120,0
        u,c,-1,120,1
        u,d,NaN,120,1
        u,e,30,0,1
        u,f,,120,true
        u,g,0,120,false
        """;
    Objective watch =
        Objective.positive("watch", LabelRule.strengthOf("play").withPer("length").withCap(1));
    Objective like = Objective.positive("like", LabelRule.flag("like"));
    EventLog.Result result =
        read(
            TableSource.of(file("log.csv", text)),
            EventColumns.of("user", "item").withSignals(List.of("play", "length")),
            watch,
            like);
    Events events = result.events();
    assertEquals(List.of(.25f, 1f, 0f, 0f, 0f, 0f, 0f), values(events, 0));
    assertEquals(List.of(1f, 0f, 1f, 1f, 1f, 1f, 0f), values(events, 1));
    assertEquals(500, events.signal(0, 1));
    assertTrue(Float.isNaN(events.signal(0, 3)));
    assertTrue(Float.isNaN(events.signal(0, 5)));
    // -1 per 120, NaN per 120, 30 per 0, and NaN once more as the signal
    assertEquals(4, result.report().badValues());
    assertEquals(
        "line 4: objective 'watch': play -1 per length 120",
        result.report().badValueSamples().getFirst().toString());
    assertEquals(
        List.of(
            "7 rows, 0 bad and skipped, 4 bad values ignored",
            "ignored lines 4, 5, 6: objective 'watch': play -1 per length 120,"
                + " play NaN per length 120, play 30 per length 0",
            "ignored line 5: signal play NaN"),
        warnings(result));
    assertTrue(
        Note.texts(result.report().notes())
            .contains("objective 'watch' happened in 2 of 7 samples"),
        "" + result.report().notes());
  }

  /** Those of the report, without the name of the file. */
  private static List<String> warnings(EventLog.Result result) {
    String file = result.report().file() + ": ";
    List<String> warnings = Note.warnings(result.report().lines());
    assertTrue(warnings.stream().allMatch(line -> line.startsWith(file)), "" + warnings);
    return warnings.stream().map(line -> line.substring(file.length())).toList();
  }

  private static List<Float> values(Events events, int objective) {
    List<Float> values = new ArrayList<>();
    for (int row = 0; row < events.size(); row++) {
      values.add(events.value(objective, row));
    }
    return values;
  }

  @Test
  void aSequenceOrdersTheRowsOfAUser() throws IOException {
    TableSource source =
        TableSource.of(file("log.csv", "u,i,n\nann,b,2\nbob,x,1\nann,a,1\nann,c,3\nann,c,1.5\n"));
    EventLog.Result result = read(source, EventColumns.of("u", "i").withOrder("n"), ANY);
    Events events = result.events();
    assertEquals(Order.SEQUENCE, events.order());
    StringBuilder items = new StringBuilder();
    for (int row = 0; row < events.size(); row++) {
      if (events.user(row) == events.users().ordinalOf("ann")) {
        items.append(events.items().idOf(events.item(row)));
      }
    }
    assertEquals("abc", items.toString());
    assertEquals(1, result.report().badRows());
    assertThrows(
        IllegalArgumentException.class,
        () -> EventColumns.of("u", "i").withOrder("n").withTime("t"));
  }

  @Test
  void aLongLogFoldsTheEventsOfAPairWithinHalfAnHour() throws IOException {
    String text =
        """
        type,user,item,time,seconds,place
        show,u,a,2024-01-01 10:00,,3
        show,u,b,2024-01-01 10:00,,4
        click,u,a,2024-01-01 10:01,,
        play,u,a,2024-01-01 10:20,60,
        play,u,a,2024-01-01 10:50,30,
        play,u,a,2024-01-01 11:20:01,90,
        click,u,a,2024-01-01 10:01,,
        """;
    EventLog.Result result =
        read(
            TableSource.of(file("log.csv", text)),
            EventColumns.of("user", "item")
                .withTime("time")
                .withEvent("type")
                .withSignals(List.of("place")),
            Objective.positive("click", LabelRule.ofEvent("click")),
            Objective.positive("watch", LabelRule.strengthOf("seconds").withEvent("play")),
            Objective.positive("share", LabelRule.ofEvent("share")));
    Events events = result.events();
    assertEquals(3, events.size());
    assertEquals(List.of(1f, 0f, 0f), values(events, 0));
    assertEquals(List.of(60f, 0f, 90f), values(events, 1));
    assertEquals(List.of(0f, 0f, 0f), values(events, 2));
    assertEquals(3, events.signal(0, 0));
    assertEquals(4, events.signal(0, 1));
    List<String> notes = Note.texts(result.report().notes());
    assertTrue(notes.contains("events by type: {click=2, play=3, share=0, show=2}"), "" + notes);
    assertTrue(notes.contains("7 events were folded into 3 samples"), "" + notes);
    assertEquals(
        List.of("objective 'share' happened in 0 of 3 samples; check its rule"),
        Note.warnings(result.report().notes()));
  }

  @Test
  void rowsLoggedTwiceCountTwiceUnlessTheyAreDropped() throws IOException {
    String csv =
        "user,item,t,rating,dwell\nu1,i1,5,2,\nu2,i1,5,1,\nu1,i2,5,1,\nu1,i1,9,1,\nu1,i1,5,3,7\n"
            + "u2,i1,4,1,\nu1,i1,9,1,\n";
    TableSource source = TableSource.of(file("twice.csv", csv));
    Objective rated = Objective.positive("rated", LabelRule.strengthOf("rating"));
    for (boolean timed : new boolean[] {true, false}) {
      EventColumns columns = EventColumns.of("user", "item").withSignals(List.of("dwell"));
      columns = timed ? columns.withTime("t") : columns.withOrder("t");
      EventLog.Result kept = read(source, columns, rated);
      assertEquals(7, kept.events().size());
      assertEquals(
          List.of(
              "2 of 7 rows have user, item and time of another, and each counts; declare the event"
                  + " column if they are events of one sample, or duplicates = \"drop\" if they"
                  + " were logged twice and times are as fine as events"),
          Note.warnings(kept.report().notes()));
      assertEquals(7, kept.events().interactions(0, RowFilter.ALL).value(0));
      EventLog.Result dropped =
          read(source, columns.withDuplicates(EventColumns.Duplicates.DROP), rated);
      assertEquals(5, dropped.events().size());
      assertEquals(List.of(1f, 3f, 1f, 1f, 1f), values(dropped.events(), 0));
      assertEquals(7, dropped.events().signal(0, 1), "the largest of each");
      assertEquals(List.of(), Note.warnings(dropped.report().notes()));
      String told = "2 of 7 rows have user, item and time of another and were dropped";
      assertTrue(Note.texts(dropped.report().notes()).contains(told), "" + dropped.report());
    }
    EventColumns unordered = EventColumns.of("user", "item");
    assertEquals(List.of(), Note.warnings(read(source, unordered, rated).report().notes()));
    for (EventColumns none : List.of(unordered, unordered.withTime("t").withEvent("rating"))) {
      assertThrows(
          IllegalArgumentException.class, () -> none.withDuplicates(EventColumns.Duplicates.DROP));
    }
  }

  /** Against the dullest way to tell: every row beside every other. */
  @Test
  void duplicatesAreThoseThatComparingAllRowsFinds() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    StringBuilder csv = new StringBuilder("user,item,t\n");
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      String row = "u" + random.nextInt(4) + ",i" + random.nextInt(5) + "," + random.nextInt(40);
      rows.add(row);
      csv.append(row).append('\n');
    }
    int distinct = (int) rows.stream().distinct().count();
    EventColumns columns =
        EventColumns.of("user", "item").withOrder("t").withDuplicates(EventColumns.Duplicates.DROP);
    EventLog.Result read = read(TableSource.of(file("many.csv", csv.toString())), columns, ANY);
    assertEquals(distinct, read.events().size());
    EventColumns keeping = columns.withDuplicates(EventColumns.Duplicates.KEEP);
    EventLog.Result kept = read(TableSource.of(file("many.csv", csv.toString())), keeping, ANY);
    String told = (600 - distinct) + " of 600 rows have user, item and time of another, and each";
    assertTrue(kept.report().notes().toString().contains(told), kept.report() + " " + told);
  }

  @Test
  void csvTsvAndJsonLinesOfOneLogReadAlike() throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    StringBuilder csv = new StringBuilder("user,item,time,rating\n");
    StringBuilder tsv = new StringBuilder("time\trating\tuser\titem\n");
    StringBuilder json = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      String user = "u" + random.nextInt(50);
      String item = "i" + random.nextInt(90);
      long time = 1_700_000_000L + random.nextInt(1_000);
      double rating = random.nextInt(1, 11) / 2.0;
      csv.append(user).append(',').append(item).append(',').append(time).append(',');
      csv.append(rating).append('\n');
      tsv.append(time).append('\t').append(rating).append('\t').append(user).append('\t');
      tsv.append(item).append('\n');
      json.append("{\"rating\":" + rating + ",\"item\":\"" + item + "\",\"time\":" + time);
      json.append(",\"user\":\"" + user + "\"}\n");
    }
    EventColumns columns = EventColumns.of("user", "item").withTime("time");
    Objective like = Objective.positive("like", LabelRule.atLeast("rating", 4));
    Objective low = Objective.negative("low", LabelRule.atMost("rating", 2));
    Objective strength = Objective.positive("rating", LabelRule.strengthOf("rating").withCap(4.5));
    List<Events> logs = new ArrayList<>();
    for (Path file :
        List.of(
            file("a.csv", csv.toString()),
            file("a.tsv.gz", tsv.toString()),
            file("a.ndjson", json.toString()))) {
      logs.add(read(TableSource.of(file), columns, like, low, strength).events());
    }
    for (Events log : logs) {
      assertEquals(2_000, log.size());
      for (int row = 0; row < log.size(); row++) {
        assertEquals(logs.getFirst().time(row), log.time(row));
        assertEquals(logs.getFirst().user(row), log.user(row));
        assertEquals(logs.getFirst().item(row), log.item(row));
        float rating = log.value(2, row);
        assertEquals(logs.getFirst().value(2, row), rating);
        assertEquals(rating >= 4 ? 1 : 0, log.value(0, row));
        assertEquals(rating <= 2 ? 1 : 0, log.value(1, row));
        assertTrue(row == 0 || log.time(row) >= log.time(row - 1));
      }
    }
  }

  @Test
  void aSampleAppliesRulesOfKeysThatComeLate() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int row = 0; row < 2_000; row++) {
      String late = row < 1_500 ? "" : ",\"stars\":" + row % 5;
      lines.append("{\"u\":\"u\",\"i\":\"i\",\"n\":" + row + late + "}\n");
    }
    TableSource source = TableSource.of(file("late.jsonl", lines.toString()));
    List<Objective> objectives =
        List.of(Objective.positive("liked", LabelRule.atLeast("stars", 4)));
    ColumnSample sample = ColumnSample.read(source, EventColumns.of("u", "i"), objectives, 2_000);
    boolean[] liked = sample.happened(0);
    for (int row = 0; row < 2_000; row++) {
      assertEquals(row >= 1_500 && row % 5 == 4, liked[row], "row " + row);
    }
  }
}
