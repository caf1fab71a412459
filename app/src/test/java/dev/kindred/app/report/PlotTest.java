package dev.kindred.app.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Axes and plots of pages. */
final class PlotTest {
  @Test
  void ticksAreFewRoundAndWithinTheAxis() {
    for (double[] range : new double[][] {{0, 1}, {-1, 1}, {0, .0375}, {3, 17_000}, {5.4, 5.9}}) {
      Axis axis = new Axis(range[0], range[1], 0, 100);
      List<Double> ticks = axis.ticks();
      assertTrue(ticks.size() >= 2 && ticks.size() <= 7, ticks.toString());
      for (double tick : ticks) {
        assertTrue(tick >= range[0] - 1e-9 && tick <= range[1] + 1e-9, ticks.toString());
      }
      assertEquals(
          ticks.size(),
          ticks.stream().map(axis::label).distinct().count(),
          "labels tell ticks apart: " + ticks.stream().map(axis::label).toList());
    }
    assertEquals(List.of(0.0, .2, .4, .6, .8, 1.0).size(), new Axis(0, 1, 0, 1).ticks().size());
  }

  @Test
  void placesRunFromStartToEnd() {
    Axis axis = new Axis(2, 4, 100, 0);
    assertEquals(100, axis.place(2));
    assertEquals(50, axis.place(3));
    assertEquals(0, axis.place(4));
    assertThrows(IllegalArgumentException.class, () -> new Axis(1, 1, 0, 1));
    assertTrue(Axis.around(1, 1, 0, 1).high() > 1);
  }

  @Test
  void textIsEscapedWhereverItStands() {
    String name = "<b>\"R&B\"</b>";
    String page =
        new Html(name)
            .table(List.of(List.of(name), List.of("1")))
            .plot(
                name, new Plot(100, 100, 0, 1, 0, 1, name, name).dot(0, .5, .5, 3, name).toString())
            .plot("bars", Plot.bars(List.of(new Plot.Bar(0, name, .5, .4, .6)), 1, name))
            .toString();
    assertFalse(page.contains("<b>"), page);
    assertTrue(page.contains("&lt;b&gt;&quot;R&amp;B&quot;&lt;/b&gt;"), page);
  }

  @Test
  void barsEndWhereTheirNumberLiesAndWhiskersSpanTheInterval() {
    String svg = Plot.bars(List.of(new Plot.Bar(0, "a", .5, .25, .75)), 1, "bars");
    // The axis runs from 160 to 470.
    assertTrue(svg.contains("width=\"155\""), svg);
    assertTrue(svg.contains("x1=\"237.5\" x2=\"392.5\""), svg);
  }
}
