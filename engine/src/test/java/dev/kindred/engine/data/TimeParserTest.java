package dev.kindred.engine.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.kindred.engine.data.EventColumns.TimeFormat;
import java.io.IOException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TimeParserTest extends ReaderFiles {
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
    assertEquals(
        "column 't' is read as " + description, result.report().notes().getFirst().text(), text);
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
      assertNotNull(row.problem(), text);
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
}
