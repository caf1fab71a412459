package dev.kindred.jmh.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Draws queries a second against recall, a line for each engine.
 *
 * <p>Both axes are logarithmic; that of recall runs by what is missed, 1 - recall, so the parts
 * from 0.9 to 0.99 and from 0.99 to 0.999 have the same width. Names stand beside the plot, not in
 * it.
 */
final class RecallPlot {
  private static final int WIDTH = 960;
  private static final int HEIGHT = 600;
  private static final int LEFT = 90;
  private static final int RIGHT = 170;
  private static final int TOP = 60;
  private static final int BOTTOM = 70;

  private static final double[] RECALL_TICKS = {
    0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999
  };

  private static final double LOWEST_RECALL = 0.7;
  private static final double MOST_MISSED_LEFT = 1e-3;

  /** Told apart by people who see colours differently, too (Okabe and Ito, 2008). */
  private static final String[] COLOURS = {
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#8B1A1A",
    "#7F7F7F", "#7A5CC0"
  };

  private final String title;
  private final int k;
  private final Map<String, List<Point>> engines = new LinkedHashMap<>();
  private final double firstRecall;
  private final double lastRecall;
  private final double slowest;
  private final double fastest;

  /** Takes points in the order in which engines are named; each engine's by rising setting. */
  RecallPlot(String title, int k, List<Point> points) {
    this.title = title;
    this.k = k;
    double low = 1;
    double high = 0;
    double slow = Double.POSITIVE_INFINITY;
    double fast = 0;
    for (Point point : points) {
      if (point.recall() >= LOWEST_RECALL) {
        engines.computeIfAbsent(point.engine(), name -> new ArrayList<>()).add(point);
        low = Math.min(low, point.recall());
        high = Math.max(high, point.recall());
        slow = Math.min(slow, point.qps());
        fast = Math.max(fast, point.qps());
      }
    }
    firstRecall = Math.min(low, 0.9);
    lastRecall = Math.min(Math.max(high, 0.99), 1 - MOST_MISSED_LEFT);
    slowest = slow / 1.2;
    fastest = fast * 1.2;
  }

  String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d"
                + " %d\" font-family=\"DejaVu Sans, Verdana, sans-serif\" font-size=\"14\">%n",
            WIDTH,
            HEIGHT,
            WIDTH,
            HEIGHT));
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
    text(svg, LEFT, 32, "start", escaped(title), "font-size=\"17\"");
    drawAxes(svg);
    int drawn = 0;
    for (Map.Entry<String, List<Point>> engine : engines.entrySet()) {
      drawEngine(svg, engine.getKey(), engine.getValue(), drawn++);
    }
    return svg.append("</svg>\n").toString();
  }

  private void drawAxes(StringBuilder svg) {
    double right = WIDTH - RIGHT;
    double bottom = HEIGHT - BOTTOM;
    for (double recall : RECALL_TICKS) {
      if (recall >= firstRecall && recall <= lastRecall + 1e-9) {
        double x = x(recall);
        line(svg, x, TOP, x, bottom, "#dddddd");
        text(svg, x, bottom + 22, "middle", number(recall), "");
      }
    }
    for (double decade = 1; decade <= fastest; decade *= 10) {
      for (double step : new double[] {1, 2, 5}) {
        double qps = decade * step;
        if (qps >= slowest && qps <= fastest) {
          line(svg, LEFT, y(qps), right, y(qps), "#dddddd");
          text(svg, LEFT - 8, y(qps) + 5, "end", String.format(Locale.ROOT, "%,.0f", qps), "");
        }
      }
    }
    line(svg, LEFT, TOP, LEFT, bottom, "black");
    line(svg, LEFT, bottom, right, bottom, "black");
    text(svg, (LEFT + right) / 2, bottom + 50, "middle", "recall@" + k, "");
    text(
        svg,
        22,
        (TOP + bottom) / 2,
        "middle",
        "queries a second",
        String.format(Locale.ROOT, "transform=\"rotate(-90 22 %.1f)\"", (TOP + bottom) / 2));
  }

  private void drawEngine(StringBuilder svg, String name, List<Point> points, int number) {
    String colour = COLOURS[number % COLOURS.length];
    StringBuilder path = new StringBuilder();
    for (Point point : points) {
      path.append(String.format(Locale.ROOT, " %.1f,%.1f", x(point.recall()), y(point.qps())));
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"/>%n",
            colour,
            path.substring(1)));
    for (Point point : points) {
      circle(svg, x(point.recall()), y(point.qps()), colour);
    }
    double legend = WIDTH - RIGHT + 20;
    double height = TOP + 14 + number * 26;
    line(svg, legend, height, legend + 24, height, colour);
    circle(svg, legend + 12, height, colour);
    text(svg, legend + 32, height + 5, "start", escaped(name), "");
  }

  private double x(double recall) {
    double missed = Math.log(Math.max(1 - recall, 1 - lastRecall));
    double share =
        (Math.log(1 - firstRecall) - missed)
            / (Math.log(1 - firstRecall) - Math.log(1 - lastRecall));
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private double y(double qps) {
    double share = Math.log(qps / slowest) / Math.log(fastest / slowest);
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  }

  private static void line(
      StringBuilder svg, double x1, double y1, double x2, double y2, String colour) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n",
            x1,
            y1,
            x2,
            y2,
            colour));
  }

  private static void circle(StringBuilder svg, double x, double y, String colour) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>%n",
            x,
            y,
            colour));
  }

  private static void text(
      StringBuilder svg, double x, double y, String anchor, String text, String more) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>%n",
            x,
            y,
            anchor,
            more,
            text));
  }

  private static String number(double value) {
    return Double.toString(value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }
}
