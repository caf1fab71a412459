package dev.kindred.engine.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextColumnsTest {
  @TempDir Path directory;

  private TextColumns read(String text, String... columns) throws IOException {
    Path file = Files.writeString(directory.resolve("table.csv"), text);
    return TextColumns.read(
        TableSource.of(file), List.of(columns), ReadLimits.strict(), Progress.none());
  }

  @Test
  void distinctTextsAreKeptOnceInTheOrderOfTheirRows() throws IOException {
    TextColumns table = read("a,b\nx, 1 \ny,2\nx,\n,NULL\n", "b", "a", "a");
    assertEquals(4, table.rows());
    assertArrayEquals(new int[] {0, 1, 0, TextColumns.MISSING}, table.codes("a"));
    assertEquals(2, table.vocabulary("a").size());
    assertEquals("x", table.text("a", 2));
    assertEquals("1", table.text("b", 0));
    assertEquals("", table.text("b", 3));
    assertEquals(TextColumns.MISSING, table.code("b", 2));
  }

  @Test
  void anyColumnCanBeReadAsNumbersAndMissingOnesAreNotANumber() throws IOException {
    TextColumns table = read("n\n1.5\n-2e3\nNULL\ntrue\n", "n");
    assertArrayEquals(
        new double[] {1.5, -2000, Double.NaN, 1}, table.numbers("n", ReadLimits.strict()));
  }

  @Test
  void whatIsNoFiniteNumberIsCountedAndRefusedBeyondTheLimit() throws IOException {
    TextColumns table = read("n\n1\nmany\nInfinity\n1e99\n", "n");
    InputException e =
        assertThrows(InputException.class, () -> table.numbers("n", ReadLimits.strict()));
    assertTrue(e.getMessage().contains("3 of 4 values of column 'n'"), e.getMessage());
    assertTrue(e.getMessage().contains("the first is 'many' in line 3;"), e.getMessage());
    double[] forgiven = table.numbers("n", ReadLimits.strict().withRows(3));
    assertArrayEquals(new double[] {1, Double.NaN, Double.NaN, Double.NaN}, forgiven);
  }

  @Test
  void whatIsNoFiniteNumberIsToldWithItsFirstLineAndMissingCellsAreNot() throws IOException {
    TextColumns table = read("n,m\n1,1\n,2\nmany,3\nInfinity,4\n", "n", "m");
    assertEquals(new TextColumns.BadNumbers(2, "many", 4), table.badNumbers("n"));
    assertEquals(new TextColumns.BadNumbers(0, "", 0), table.badNumbers("m"));
  }

  @Test
  void everyRowKnowsTheLineAtWhichItBegins() throws IOException {
    StringBuilder text = new StringBuilder("a,b\n");
    List<Long> expected = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(3);
    long line = 2;
    for (int row = 0; row < 300; row++) {
      if (random.nextInt(5) == 0) {
        text.append('\n'); // a blank line is no row
        line++;
      }
      expected.add(line);
      boolean two = random.nextInt(4) == 0;
      text.append(row).append(two ? ",\"of\ntwo\"\n" : ",one\n");
      line += two ? 2 : 1;
    }
    TextColumns table = read(text.toString(), "a");
    assertEquals(expected, IntStream.range(0, 300).mapToObj(table::line).toList());
    assertThrows(IndexOutOfBoundsException.class, () -> table.line(300));
  }

  @Test
  void columnsThatAreNotThereAreNamed() throws IOException {
    InputException e = assertThrows(InputException.class, () -> read("a\n1\n", "b"));
    assertTrue(e.getMessage().contains("has no column 'b'"), e.getMessage());
    TextColumns table = read("a\n1\n", "a");
    assertThrows(IllegalArgumentException.class, () -> table.code("b", 0));
  }

  @Test
  void namesOfAFileThatIsNoTableAreShownInPartAndWithoutControlCharacters() {
    String garbage = "\u001b[31m\u0007\u007f" + "x".repeat(1000);
    InputException e = assertThrows(InputException.class, () -> read(garbage + "\n1\n", "b"));
    assertTrue(e.getMessage().contains("it has ?[31m??xxx"), e.getMessage());
    assertTrue(e.getMessage().endsWith("xxx..."), e.getMessage());
    assertTrue(e.getMessage().length() < 400, e.getMessage());
    assertTrue(e.getMessage().chars().noneMatch(Character::isISOControl), e.getMessage());
    String wide =
        IntStream.range(1000, 1500).mapToObj(i -> "column" + i).collect(Collectors.joining(","));
    String many = assertThrows(InputException.class, () -> read(wide + "\n1\n", "b")).getMessage();
    // Each takes 12 characters, the first 10: the 167th goes beyond 2000.
    assertTrue(many.endsWith("column1165, column1166 and 333 more"), many);
  }

  @Test
  void aNameIsCutOnlyIfItIsLongerThanWhatIsShown() {
    String longest = "x".repeat(60);
    for (String more : List.of("", "y")) {
      InputException e =
          assertThrows(InputException.class, () -> read(longest + more + "\n1\n", "b"));
      assertTrue(
          e.getMessage().endsWith("it has " + longest + (more.isEmpty() ? "" : "...")),
          e.getMessage());
    }
  }

  @Test
  void rowsWithTheSameTextsInSomeColumnsAreAGroup() throws IOException {
    TextColumns table = read("a,b\nx,1\nx,2\ny,1\n,1\nx,1\ny,\n", "a", "b");
    assertArrayEquals(new int[] {0, 1, 2, -1, 0, -1}, table.groups(List.of("a", "b")));
    assertArrayEquals(new int[] {0, 0, 1, -1, 0, 1}, table.groups(List.of("a")));
    assertArrayEquals(new int[6], table.groups(List.of()));
  }
}
