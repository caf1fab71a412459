package dev.kindred.app.output;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
  @Test
  void aRowIsOneLineWhateverItsCellsHold() {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    new TextTable("id", ">n").row("a\nb\t\u001b[1m", 7).row("ü", null).print(out);
    out.flush();
    List<String> lines = text.toString().lines().toList();
    assertEquals(List.of("id               n", "a\\nb\\t\\u001b[1m  7", "ü"), lines);
  }

  @Test
  void aLineBreakAndTheTwoCharactersThatStandForItDiffer() {
    assertEquals("a\\nb", TextTable.escaped("a\nb"));
    assertEquals("a\\\\nb", TextTable.escaped("a\\nb"));
  }

  @Test
  void sentencesKeepTheirBackslashes() {
    assertEquals(
        "no field 'a\\u0007' in \\p{L}", TextTable.printable("no field 'a\u0007' in \\p{L}"));
  }
}
