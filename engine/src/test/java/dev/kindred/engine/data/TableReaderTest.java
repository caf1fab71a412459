package dev.kindred.engine.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.TableSource.Format;
import dev.kindred.index.run.Progress;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TableReaderTest extends ReaderFiles {
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
}
