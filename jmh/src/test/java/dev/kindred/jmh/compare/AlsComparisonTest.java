package dev.kindred.jmh.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AlsComparisonTest {
  @Test
  void everyEngineReachesAboutTheSameLoss() throws IOException {
    StringWriter out = new StringWriter();
    int code =
        Compare.run(
            new PrintWriter(out),
            new PrintWriter(new StringWriter()),
            ("als --synthetic 60x40x600 --rank 4 --iterations 30").split(" "));
    assertEquals(0, code);
    List<String> lines = out.toString().lines().toList();
    assertEquals(3, lines.size());
    double kindred = loss(lines.get(0));
    for (String line : lines) {
      // Random data has many valleys of the loss, and each engine starts elsewhere.
      assertTrue(Math.abs(loss(line) - kindred) < 0.25 * kindred, out.toString());
    }
  }

  private static double loss(String line) throws IOException {
    return ((Number) JSON.std.mapFrom(line).get("loss")).doubleValue();
  }

  @Test
  void badSizesAreUsageErrors() {
    PrintWriter sink = new PrintWriter(new StringWriter());
    assertEquals(2, Compare.run(sink, sink, "als", "--synthetic", "60x40"));
    assertEquals(2, Compare.run(sink, sink, "als", "--rank", "0"));
  }
}
