package dev.kindred.engine.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RowTest {
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
      assertEquals("column 'n' is '" + text + "', not a number", "" + row.problem());
    }
  }
}
