package dev.kindred.engine.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.EventColumns.TimeFormat;
import dev.kindred.engine.data.TableSource.Format;
import dev.kindred.index.run.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataReadersTest {
  private static final Objective ANY = Objective.positive("click", LabelRule.everyRow());

  @TempDir Path directory;

  private Path file(String name, String text) throws IOException {
    return file(name, text, StandardCharsets.UTF_8);
  }

  private Path file(String name, String text, Charset charset) throws IOException {
    Path file = directory.resolve(name);
    if (name.endsWith(".gz")) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (OutputStream gzip = new GZIPOutputStream(bytes)) {
        gzip.write(text.getBytes(charset));
      }
      return Files.write(file, bytes.toByteArray());
    }
    return Files.writeString(file, text, charset);
  }

  /** The wanted cells of all rows; a bad row is one cell with its problem. */
  private static List<List<String>> table(TableSource source, String... wanted) {
    List<List<String>> rows = new ArrayList<>();
    try (Progress.Stage stage = Progress.none().stage("test", -1);
        TableReader reader = TableReader.open(source, List.of(wanted), stage)) {
      while (reader.next()) {
        List<String> row = new ArrayList<>();
        if (reader.row().problem() != null) {
          row.add(reader.line() + ": " + reader.row().problem());
        } else {
          for (int c = 0; c < wanted.length; c++) {
            row.add(reader.row().cell(c).toString());
          }
        }
        rows.add(row);
      }
      reader.finish();
    }
    return rows;
  }

  private static EventLog.Result read(
      TableSource source, EventColumns columns, Objective... objectives) {
    return EventLog.read(
        source, columns, List.of(objectives), new Ids(), new Ids(), ReadLimits.defaults());
  }

  private static void assertRefused(String part, Runnable reading) {
    InputException e = assertThrows(InputException.class, reading::run);
    assertTrue(e.getMessage().contains(part), () -> "'" + part + "' not in: " + e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }

  // Tables

  @Test
  void anyTableSurvivesQuotingWhateverItsCellsHold() throws IOException {
    String[] pieces = {
      "a", "\"", "\"\"", ",", "::", ":", "\n", "\r\n", "\t", "é", "日本", " ", "x y"
    };
    for (String delimiter : List.of(",", "::", "\t", "|", ", ")) {
      for (long seed = 0; seed < 20; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        StringBuilder text = new StringBuilder("one" + delimiter + "two" + delimiter + "three\n");
        List<List<String>> expected = new ArrayList<>();
        for (int r = 0; r < 30; r++) {
          List<String> row = new ArrayList<>();
          for (int c = 0; c < 3; c++) {
            StringBuilder cell = new StringBuilder(c == 0 ? "id" : "");
            for (int p = random.nextInt(5); p > 0; p--) {
              cell.append(pieces[random.nextInt(pieces.length)]);
            }
            row.add(cell.toString().trim());
            text.append('"').append(cell.toString().replace("\"", "\"\"")).append('"');
            text.append(c < 2 ? delimiter : seed % 2 == 0 ? "\n" : "\r\n");
          }
          expected.add(row);
        }
        TableSource source =
            TableSource.of(file("t.csv", text.toString())).withDelimiter(delimiter);
        assertEquals(expected, table(source, "one", "two", "three"), delimiter + " seed " + seed);
      }
    }
  }

  @Test
  void unquotedCellsMayHoldQuotesAndMissTheirLastLineBreak() throws IOException {
    TableSource source = TableSource.of(file("t.csv", "a,b\n1, 12\" screen \n\n2,\n3,x"));
    assertEquals(
        List.of(List.of("1", "12\" screen"), List.of("2", ""), List.of("3", "x")),
        table(source, "a", "b"));
  }

  @Test
  void aLineWithWrongQuotesIsOneBadRowAndTheRestIsRead() throws IOException {
    String text =
        """
        a,b
        1,"good ""one""\"
        2,"never closed
        3,"shut" too early
        4,"two
        lines"
        5,"fine" ,
        6,fine
        7,"open at the end
        """;
    TableSource source = TableSource.of(file("t.csv", text));
    List<List<String>> rows = table(source, "b", "a");
    assertEquals(List.of("good \"one\"", "1"), rows.get(0));
    assertTrue(rows.get(1).getFirst().startsWith("3: has text after a closing quote"), "" + rows);
    assertTrue(rows.get(2).getFirst().startsWith("4: has text after a closing quote"), "" + rows);
    assertEquals(List.of("two\nlines", "4"), rows.get(3));
    assertEquals("7: has 3 cells instead of 2", rows.get(4).getFirst());
    assertEquals(List.of("fine", "6"), rows.get(5));
    assertTrue(rows.get(6).getFirst().startsWith("9: has a quote that does not close"), "" + rows);
    assertEquals(7, rows.size());

    List<List<String>> literal = table(source.withQuote(""), "b");
    assertEquals("\"never closed", literal.get(1).getFirst());
    assertEquals(8, literal.size());
  }

  @Test
  void aTableWithoutHeaderTakesGivenNamesOrNumbers() throws IOException {
    Path file = file("movies.dat", "1::Toy Story (1995)::Animation|Comedy\n2::Heat::Action\n");
    TableSource source = TableSource.of(file).withDelimiter("::").withHeader(false);
    assertEquals(
        List.of(List.of("Animation|Comedy", "1"), List.of("Action", "2")), table(source, "3", "1"));
    TableSource named = source.withColumns(List.of("id", "title", "genres"));
    assertEquals(List.of(List.of("Toy Story (1995)"), List.of("Heat")), table(named, "title"));
    assertRefused("no column 'name'; it has id, title, genres", () -> table(named, "name"));
    assertEquals(
        List.of(List.of("2")), table(named.withHeader(true), "id"), "the header is skipped");
    assertRefused(
        "2 columns are declared but its header has 3",
        () -> table(named.withColumns(List.of("a", "b")).withHeader(true), "a"));
  }

  @Test
  void gzipAndByteOrderMarkAreRecognised() throws IOException {
    List<List<String>> expected = List.of(List.of("é"));
    assertEquals(expected, table(TableSource.of(file("t.csv.gz", "\ufeffa\né\n")), "a"));
    assertEquals(expected, table(TableSource.of(file("t.tsv", "\ufeffa\tb\né\t1\n")), "a"));
    Path renamed = Files.copy(directory.resolve("t.csv.gz"), directory.resolve("plain.csv"));
    assertEquals(expected, table(TableSource.of(renamed), "a"));
    Path fake = file("fake.csv", "a\n1\n");
    Path named = Files.move(fake, directory.resolve("fake.csv.gz"));
    assertRefused("is not a gzip file", () -> table(TableSource.of(named), "a"));
    assertRefused(
        "UTF-16",
        () -> table(TableSource.of(file2("u.csv", "\ufeffa\n", StandardCharsets.UTF_16LE)), "a"));
    assertEquals(
        expected,
        table(
            TableSource.of(file("v.csv", "a\né\n", StandardCharsets.UTF_16))
                .withCharset(StandardCharsets.UTF_16),
            "a"));
  }

  private Path file2(String name, String text, Charset charset) {
    try {
      return file(name, text, charset);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void bytesOfAnotherCharsetMakeABadRowUnlessItIsDeclared() throws IOException {
    Path file = file("t.csv", "a,b\n1,Amélie\n2,Heat\n", StandardCharsets.ISO_8859_1);
    List<List<String>> rows = table(TableSource.of(file), "a", "b");
    assertTrue(
        rows.getFirst().getFirst().startsWith("2: column 'b' holds bytes that are not"), "" + rows);
    assertEquals(List.of("2", "Heat"), rows.getLast());
    assertEquals(List.of(List.of("1"), List.of("2")), table(TableSource.of(file), "a"));
    assertEquals(
        List.of("1", "Amélie"),
        table(TableSource.of(file).withCharset(StandardCharsets.ISO_8859_1), "a", "b").getFirst());
  }

  @Test
  void jsonLinesReadNestedKeysListsAndSkipBadLines() throws IOException {
    String text =
        """
        {"user":"u1","item":{"id":7,"tags":["a","b|c"]},"ok":true,"more":[{"x":1}]}
        {"user":"u2","item":{"id":8}

        [1,2]
        {"user":"u3","item":{"id":9.5e0,"tags":null},"ok":false} {}
        {"user":"\\u00e9","item":{"id":"x"}}
        """;
    TableSource source = TableSource.of(file("t.jsonl", text));
    assertEquals(Format.JSONL, source.format());
    List<List<String>> rows = table(source, "user", "item.id", "item.tags", "ok");
    assertEquals(List.of("u1", "7", "a" + Row.ELEMENT_SEPARATOR + "b|c", "true"), rows.get(0));
    assertTrue(rows.get(1).getFirst().startsWith("2: is no JSON object"), "" + rows);
    assertTrue(rows.get(2).getFirst().startsWith("4: is no JSON object"), "" + rows);
    assertTrue(rows.get(3).getFirst().startsWith("5: has something after"), "" + rows);
    assertEquals(List.of("é", "x", "", ""), rows.get(4));
    assertRefused(
        "no column 'clicks'; it has user, item.id, item.tags, ok, more",
        () -> table(source, "user", "clicks"));
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

  @Test
  void linesLongerThanTheBufferAreReadWhole() throws IOException {
    StringBuilder text = new StringBuilder("a,b\n");
    List<List<String>> expected = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 40; i++) {
      String cell = "x".repeat(random.nextInt(100_000)) + i;
      text.append(i).append(",\"").append(cell).append('\n').append(cell).append("\"\n");
      expected.add(List.of("" + i, cell + "\n" + cell));
    }
    assertEquals(expected, table(TableSource.of(file("t.csv.gz", text.toString())), "a", "b"));
  }

  // What is wrong with a whole file

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
            case 6 -> "u,i,soon\n";
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
    assertTrue(
        result
            .report()
            .lines()
            .getFirst()
            .endsWith("1000 rows, 40 bad and skipped, 0 bad values" + " ignored"));
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

  // Values, times, folding

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
    assertTrue(
        result.report().notes().contains("objective 'watch' happened in 2 of 7 samples"),
        "" + result.report().notes());
  }

  private static List<Float> values(Events events, int objective) {
    List<Float> values = new ArrayList<>();
    for (int row = 0; row < events.size(); row++) {
      values.add(events.value(objective, row));
    }
    return values;
  }

  @Test
  void numbersAreTheNearestDoubles() {
    Row row = new Row(List.of("n"));
    SplittableRandom random = new SplittableRandom(6);
    List<String> texts =
        new ArrayList<>(List.of("0", "-0", "+5", "1e3", ".5", "5.", "1E-7", "123456789012345678"));
    for (int i = 0; i < 5_000; i++) {
      texts.add(Double.toString(random.nextDouble() * Math.pow(10, random.nextInt(-8, 16))));
      texts.add("-" + random.nextInt(1_000_000) + "." + random.nextInt(1_000));
    }
    for (String text : texts) {
      row.clear();
      row.set(0, text.toCharArray(), 0, text.length());
      assertEquals(Double.parseDouble(text), row.number(0), text);
      assertEquals(null, row.problem());
    }
    for (String text : List.of("-", ".", "1,5", "1.2.3", "0x1", "one", "--1", "1 2")) {
      row.clear();
      row.set(0, text.toCharArray(), 0, text.length());
      assertTrue(Double.isNaN(row.number(0)), text);
      assertTrue(row.problem().contains("'" + text + "', not a number"), row.problem());
    }
  }

  @Test
  void timesOfEveryFormatAreRead() throws IOException {
    long millis = LocalDateTime.of(2022, 4, 7, 16, 44, 16).toInstant(ZoneOffset.UTC).toEpochMilli();
    assertTime(millis, "seconds since 1970 (detected)", "" + millis / 1000);
    assertTime(millis + 500, "seconds since 1970 (detected)", millis / 1000 + ".5");
    assertTime(millis + 1, "milliseconds since 1970 (detected)", "" + (millis + 1));
    String iso = "ISO dates, UTC where no zone is written (detected)";
    assertTime(millis, iso, "2022-04-07 16:44:16");
    assertTime(millis + 250, iso, "2022-04-07T16:44:16.25Z");
    assertTime(millis, iso, "2022-04-07T18:44:16+02:00");
    assertTime(millis, iso, "2022-04-07 11:14:16 -0530");
    assertTime(millis - 16_000, iso, "2022-04-07 16:44");
    assertTime(LocalDate.of(2022, 4, 7).toEpochDay() * 86_400_000L, iso, "2022-04-07");
  }

  private void assertTime(long expected, String description, String text) throws IOException {
    TableSource source = TableSource.of(file("log.csv", "u,i,t\na,b," + text + "\n"));
    EventLog.Result result = read(source, EventColumns.of("u", "i").withTime("t"), ANY);
    assertEquals(Order.TIME, result.events().order());
    assertEquals(expected, result.events().time(0), text);
    assertEquals("column 't' is read as " + description, result.report().notes().getFirst(), text);
  }

  @Test
  void isoTimesAgreeWithTheJdkOnEveryDayAndRejectWhatIsNone() {
    Row row = new Row(List.of("t"));
    TimeParser parser = new TimeParser(TimeFormat.ISO);
    LocalDateTime time = LocalDateTime.of(1900, 1, 1, 0, 0);
    SplittableRandom random = new SplittableRandom(8);
    while (time.getYear() < 2200) {
      String text = time.format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss"));
      row.clear();
      row.set(0, text.toCharArray(), 0, text.length());
      assertEquals(time.toInstant(ZoneOffset.UTC).toEpochMilli(), parser.parse(row, 0), text);
      time = time.plusDays(1).plusSeconds(random.nextInt(40_000));
    }
    String zoned = "2024-02-29T23:59:59.123-09:30";
    row.clear();
    row.set(0, zoned.toCharArray(), 0, zoned.length());
    assertEquals(OffsetDateTime.parse(zoned).toInstant().toEpochMilli(), parser.parse(row, 0));
    for (String text :
        List.of(
            "2023-02-29",
            "2022-13-01",
            "2022-00-01",
            "2022-01-00",
            "2022-01-01 24:00",
            "2022-01-01 10:60",
            "2022-01-01 10:00:61",
            "2022-01-01 10:00:00.",
            "2022-01-01x",
            "2022-01-01 10",
            "2022-01-01 10:00 CET",
            "2022-01-01 10:00+1",
            "2022-01-01 10:00+02:0",
            "2022/01/01",
            "1649349856",
            "")) {
      row.clear();
      row.set(0, text.toCharArray(), 0, text.length());
      assertEquals(TimeParser.NONE, parser.parse(row, 0), text);
      assertFalse(row.problem().isEmpty());
    }
  }

  @Test
  void timesThatCannotBeOfTheDeclaredUnitAreBadRows() throws IOException {
    TableSource source = TableSource.of(file("log.csv", "u,i,t\na,b,1649349856990\n"));
    assertRefused(
        "as seconds not between 1900 and 2200; declare its unit",
        () -> read(source, EventColumns.of("u", "i").withTime("t", TimeFormat.SECONDS), ANY));
    TableSource text = TableSource.of(file("text.csv", "u,i,t\na,b,yesterday\na,b,\n"));
    assertRefused(
        "neither a number nor an ISO date",
        () -> read(text, EventColumns.of("u", "i").withTime("t"), ANY));
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
    List<String> notes = result.report().notes();
    assertTrue(notes.contains("events by type: {click=2, play=3, share=0, show=2}"), "" + notes);
    assertTrue(notes.contains("7 events were folded into 3 samples"), "" + notes);
    assertTrue(
        notes.contains("objective 'share' happened in 0 of 3 samples; check its rule"), "" + notes);
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

  // Catalogues

  @Test
  void everyKindOfFieldIsReadFromACatalogue() throws IOException {
    String text =
        """
        1::Toy Story (1995)::Animation|Children's| Comedy |Comedy::81.5
        2::Heat (1995) & Dust (1983)::::-1
        3::Untitled::Drama::
        """;
    TableSource source =
        TableSource.of(file("movies.dat", text))
            .withDelimiter("::")
            .withHeader(false)
            .withColumns(List.of("id", "title", "genres", "minutes"));
    Ids ids = new Ids();
    int onlyInLog = ids.add("99");
    Catalogue items =
        CatalogueReader.read(
                source,
                "id",
                List.of(
                    FieldSpec.multi("genres", "genres", "|"),
                    FieldSpec.tokens("title", "title").withPattern("\\p{L}+"),
                    FieldSpec.bucket("decade", "title", 10).withPattern("\\((\\d{4})\\)$"),
                    FieldSpec.single("name", "title").withPattern("^[^(]*"),
                    FieldSpec.numeric("minutes", "minutes"),
                    FieldSpec.bucket("length", "minutes", 60)),
                ids)
            .catalogue();
    assertEquals(4, ids.size());
    assertFalse(items.contains(onlyInLog));
    int toy = ids.ordinalOf("1");
    int heat = ids.ordinalOf("2");
    int untitled = ids.ordinalOf("3");
    assertEquals(new TreeSet<>(List.of("Animation", "Children's", "Comedy")), of(items, 0, toy));
    assertEquals(new TreeSet<>(), of(items, 0, heat));
    assertEquals(new TreeSet<>(List.of("toy", "story")), of(items, 1, toy));
    assertEquals(new TreeSet<>(List.of("1990")), of(items, 2, toy));
    assertEquals(new TreeSet<>(List.of("1980")), of(items, 2, heat));
    assertEquals(new TreeSet<>(), of(items, 2, untitled));
    assertEquals(new TreeSet<>(List.of("Toy Story")), of(items, 3, toy));
    assertEquals(81.5f, items.number(4, toy));
    assertTrue(Float.isNaN(items.number(4, untitled)));
    assertEquals(new TreeSet<>(List.of("60")), of(items, 5, toy));
    assertEquals(new TreeSet<>(List.of("-60")), of(items, 5, heat));
  }

  private static TreeSet<String> of(Catalogue catalogue, int field, int ordinal) {
    TreeSet<String> values = new TreeSet<>();
    for (int i = catalogue.valueStart(field, ordinal);
        i < catalogue.valueEnd(field, ordinal);
        i++) {
      values.add(catalogue.vocabulary(field).idOf(catalogue.value(i)));
    }
    return values;
  }

  @Test
  void repeatedIdsAndBadNumbersAreBadRowsOfACatalogue() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      text.append("{\"id\":" + i + ",\"tags\":[\"t" + i % 5 + "\",\"all\"],\"price\":" + i + "}\n");
    }
    text.append("{\"id\":7,\"tags\":[\"late\"],\"price\":1}\n");
    text.append("{\"id\":70,\"tags\":[\"late\"],\"price\":\"dear\"}\n");
    text.append("{\"tags\":[\"late\"]}\n");
    CatalogueReader.Result result =
        CatalogueReader.read(
            TableSource.of(file("items.jsonl", text.toString())),
            "id",
            List.of(FieldSpec.multi("tags", "tags", ","), FieldSpec.numeric("price", "price")),
            new Ids());
    assertEquals(
        List.of(
            "line 51: column 'id' repeats the id '7'; the first row counts",
            "line 52: column 'price' is 'dear', not a number",
            "line 53: column 'id' holds no id"),
        result.report().badRowSamples().stream().map(Object::toString).toList());
    Catalogue items = result.catalogue();
    assertEquals(50, items.size());
    assertEquals(new TreeSet<>(List.of("t2", "all")), of(items, 0, items.ids().ordinalOf("7")));
    assertEquals(6, items.vocabulary(0).size());
    assertEquals(-1, items.ids().ordinalOf("70"));
  }

  // Splits

  @Test
  void splitFilesOfEveryFormReadAlike() throws IOException {
    Path lists = file("train.txt.gz", "0 10 11 12\n1\n2 11\n\n");
    Path csv = file("train.csv", "user,item\n0,10\n0,11\n0,12\n2,11\n");
    Path bare = file("bare.csv", "0,10,1,978300760\n0,11,1,978300760\n0,12,1,1\n2,11,1,1");
    Path named = file("named.tsv", "u\ti\tr\n0\t10\t1\n0\t11\t0.5\n0\t11\t0.5\n0\t12\t1\n2\t11\t1");
    for (Path file : List.of(lists, csv, bare, named)) {
      Ids users = new Ids();
      Ids items = Ids.of(List.of("9"));
      Interactions pairs = SplitFiles.read(file, users, items);
      assertEquals(4, pairs.size(), "" + file);
      assertEquals(users.size(), pairs.rows());
      assertEquals(4, pairs.columns(), "an item known before keeps its column");
      int user = users.ordinalOf("0");
      assertEquals(3, pairs.count(user));
      assertEquals(items.ordinalOf("10"), pairs.column(pairs.start(user)));
      assertEquals(1, pairs.value(pairs.start(user) + 1));
      assertEquals(1, pairs.count(users.ordinalOf("2")));
    }
    Path test = file("test.txt", "0 13\n5 10\n");
    SplitFiles.Split split = SplitFiles.read(lists, test, new Ids(), new Ids());
    assertEquals(4, split.train().rows());
    assertEquals(4, split.test().rows());
    assertEquals(split.train().columns(), split.test().columns());
    assertEquals(2, split.test().size());
  }

  @Test
  void badSplitFilesAreRefused() throws IOException {
    Path mixed = file("mixed.txt", "0 10 11\n1,12\n");
    assertRefused("line 2 is no list", () -> SplitFiles.read(mixed, new Ids(), new Ids()));
    Path wide = file("wide.csv", "user,item,view,cart,buy\n1,2,1,0,0\n");
    assertRefused("has 5 columns", () -> SplitFiles.read(wide, new Ids(), new Ids()));
    Path bad = file("bad.csv", "1,2,3\n1,3,NaN\n");
    assertRefused("line 2 has the value 'NaN'", () -> SplitFiles.read(bad, new Ids(), new Ids()));
    Path text = file("text.csv", "1,2,3\n1,3,much\n");
    assertRefused("line 2 column 'value'", () -> SplitFiles.read(text, new Ids(), new Ids()));
    Path empty = file("empty.txt", "\n\n");
    assertRefused("only empty lines", () -> SplitFiles.read(empty, new Ids(), new Ids()));
    Path lone = file("lone.txt", "1\n2\n");
    assertRefused("no pair", () -> SplitFiles.read(lone, new Ids(), new Ids()));
  }

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
    Events.Builder builder = Events.builder(ids, ids, List.of(ANY), List.of(), order);
    for (int i = random.nextInt(60, 100); i > 0; i--) {
      int user = Math.min(random.nextInt(12), random.nextInt(12));
      builder.value(0, builder.add(user, random.nextInt(12), random.nextInt(40)), 1);
    }
    return builder.build();
  }

  @Test
  void interactionsSumTheRowsThatAreKept() {
    Ids users = Ids.of(List.of("a", "b"));
    Ids items = Ids.of(List.of("x", "y", "z"));
    Objective watch = Objective.positive("watch", LabelRule.strengthOf("play"));
    Events.Builder builder = Events.builder(users, items, List.of(watch), List.of(), Order.NONE);
    float[][] rows = {{0, 2, .5f}, {0, 1, .25f}, {1, 0, 0}, {0, 2, .25f}, {1, 2, 1}, {0, 0, 8}};
    for (float[] row : rows) {
      builder.value(0, builder.add((int) row[0], (int) row[1], 0), row[2]);
    }
    Interactions pairs = builder.build().interactions(0, row -> row != 5);
    assertEquals(2, pairs.rows());
    assertEquals(3, pairs.columns());
    assertEquals(3, pairs.size());
    assertEquals(1, pairs.column(0));
    assertEquals(.75f, pairs.value(1));
    assertEquals(1, pairs.value(pairs.start(1)));
  }
}
