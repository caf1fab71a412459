package dev.kindred.engine.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DataLinesTest {

  /** Hands out a few characters at a time, as a slow stream may. */
  private static final class Dribble extends Reader {
    private final Reader text;
    private final SplittableRandom random;

    Dribble(String text, long seed) {
      this.text = new StringReader(text);
      random = new SplittableRandom(seed);
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
      return text.read(buffer, offset, Math.min(length, random.nextInt(1, 9)));
    }

    @Override
    public void close() throws IOException {
      text.close();
    }
  }

  private static String present(Lines lines) {
    return new String(lines.buffer(), lines.start(), lines.end() - lines.start());
  }

  @Test
  void linesAreTheSameHoweverTheTextArrivesAndAreExtendedAndCutBack() throws IOException {
    for (long seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<String> expected = new ArrayList<>();
      List<String> breaks = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      int count = random.nextInt(1, 30);
      for (int i = 0; i < count; i++) {
        String line = "abc\rdef".substring(random.nextInt(4), random.nextInt(4, 8));
        line = random.nextInt(3) == 0 ? "" : line + "x";
        boolean last = i == count - 1;
        expected.add(last && line.isEmpty() ? "end" : line);
        breaks.add(last && random.nextBoolean() ? "" : random.nextBoolean() ? "\n" : "\r\n");
        text.append(expected.getLast()).append(breaks.getLast());
      }
      Lines lines = new Lines(new Dribble(text.toString(), seed));
      int i = 0;
      while (lines.next()) {
        String where = "seed " + seed + " line " + i;
        assertEquals(expected.get(i), present(lines), where);
        assertEquals(i + 1, lines.number(), where);
        assertFalse(lines.isExtended(), where);
        StringBuilder joined = new StringBuilder(expected.get(i));
        int more = 0;
        for (int wanted = random.nextInt(4); more < wanted; more++) {
          if (i + more + 1 == count) {
            assertFalse(lines.extend(), where);
            break;
          }
          assertTrue(lines.extend(), where);
          joined.append(breaks.get(i + more)).append(expected.get(i + more + 1));
        }
        assertEquals(joined.toString(), present(lines), where);
        assertEquals(i + 1, lines.number(), where);
        if (random.nextBoolean()) {
          lines.cutBack();
          assertEquals(expected.get(i), present(lines), where);
          more = 0;
        }
        i += more + 1;
      }
      assertEquals(count, i, "seed " + seed);
      assertFalse(lines.next(), "the end stays the end");
    }
  }

  @Test
  void aLineOfManyMillionsIsOneLineAndSaysSo() throws IOException {
    String text = "first\n" + "x".repeat(40_000_000) + "\nlast";
    Lines lines = new Lines(new StringReader(text));
    assertTrue(lines.next());
    assertFalse(lines.tooLong());
    assertTrue(lines.next());
    assertTrue(lines.tooLong());
    assertTrue(lines.next());
    assertEquals("last", present(lines));
    assertFalse(lines.tooLong());
    assertEquals(3, lines.number());
    assertFalse(lines.next());
  }
}
