package dev.kindred.app.report;

import java.util.List;
import java.util.Locale;

/**
 * Draws one plot as SVG. Colours are classes of the page's style sheet, {@code s0} to {@code s3},
 * so that a plot follows the reader's light or dark. Not thread-safe.
 */
final class Plot {
  private static final double LEFT = 46;
  private static final double TOP = 8;
  private static final double BOTTOM = 34;

  private final StringBuilder body = new StringBuilder();
  private final double width;
  private final double height;
  private final Axis x;
  private final Axis y;

  /**
   * An empty plot with axes.
   *
   * @param xLabel under the horizontal axis
   * @param aria what the plot shows, for readers who don't see it
   */
  Plot(
      double width,
      double height,
      double xLow,
      double xHigh,
      double yLow,
      double yHigh,
      String xLabel,
      String aria) {
    this.width = width;
    this.height = height;
    x = Axis.around(xLow, xHigh, LEFT, width - 10);
    y = Axis.around(yLow, yHigh, height - BOTTOM, TOP);
    body.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %s %s\" width=\"%s\" height=\"%s\" role=\"img\" aria-label=\"%s\">",
            n(width),
            n(height),
            n(width),
            n(height),
            Html.text(aria)));
    for (double tick : y.ticks()) {
      line("grid", x.start(), y.place(tick), x.end(), y.place(tick));
      words("tick end", LEFT - 6, y.place(tick) + 4, y.label(tick));
    }
    for (double tick : x.ticks()) {
      words("tick mid", x.place(tick), height - BOTTOM + 16, x.label(tick));
    }
    line("axis", x.start(), y.start(), x.end(), y.start());
    words("tick mid", (x.start() + x.end()) / 2, height - 4, xLabel);
  }

  /** A line through points, with a dot and its numbers at each. */
  Plot curve(int series, List<Double> xs, List<Double> ys, String name) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < xs.size(); i++) {
      points.append(n(x.place(xs.get(i)))).append(',').append(n(y.place(ys.get(i)))).append(' ');
    }
    body.append("<polyline class=\"line s").append(series).append("\" points=\"");
    body.append(points.toString().trim()).append("\"/>");
    for (int i = 0; i < xs.size(); i++) {
      dot(
          series,
          xs.get(i),
          ys.get(i),
          3,
          name + ": " + number(xs.get(i)) + ", " + number(ys.get(i)));
    }
    return this;
  }

  /** A dot of a radius in pixels with a text that appears under the pointer. */
  Plot dot(int series, double atX, double atY, double radius, String title) {
    body.append("<circle class=\"dot s").append(series).append("\" cx=\"").append(n(x.place(atX)));
    body.append("\" cy=\"").append(n(y.place(atY))).append("\" r=\"").append(n(radius));
    body.append("\"><title>").append(Html.text(title)).append("</title></circle>");
    return this;
  }

  /** A thin straight line between two points, for reference. */
  Plot reference(double x1, double y1, double x2, double y2) {
    line("reference", x.place(x1), y.place(y1), x.place(x2), y.place(y2));
    return this;
  }

  /** Shares of equal ranges between the ends of the horizontal axis, as a filled outline. */
  Plot histogram(int series, List<Double> shares, String name) {
    double step = (x.end() - x.start()) / shares.size();
    StringBuilder path = new StringBuilder("M" + n(x.start()) + " " + n(y.place(0)));
    for (int i = 0; i < shares.size(); i++) {
      double top = y.place(shares.get(i));
      path.append('L').append(n(x.start() + i * step)).append(' ').append(n(top));
      path.append('L').append(n(x.start() + (i + 1) * step)).append(' ').append(n(top));
    }
    path.append('L').append(n(x.end())).append(' ').append(n(y.place(0)));
    body.append("<path class=\"area s").append(series).append("\" d=\"").append(path);
    body.append("\"><title>").append(Html.text(name)).append("</title></path>");
    return this;
  }

  @Override
  public String toString() {
    return body + "</svg>";
  }

  /** Where the numbers of rows of bars lie: see {@link #bars}. */
  record Bar(int series, String label, double value, double low, double high) {}

  /**
   * Horizontal bars from 0 with their numbers, and whiskers where low < high.
   *
   * @param most number at the end of the axis, above 0
   */
  static String bars(List<Bar> bars, double most, String aria) {
    double width = 560;
    double row = 24;
    double left = 160;
    Axis axis = new Axis(0, most, left, width - 90);
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %s %s\" width=\"%s\" height=\"%s\" role=\"img\" aria-label=\"%s\">",
            n(width),
            n(bars.size() * row + 4),
            n(width),
            n(bars.size() * row + 4),
            Html.text(aria)));
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      double middle = i * row + row / 2;
      double end = axis.place(Math.min(bar.value, most));
      svg.append(
          String.format(
              Locale.ROOT,
              "<text class=\"tick end\" x=\"%s\" y=\"%s\">%s</text><rect class=\"fill s%d\""
                  + " x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"2\"/>",
              n(left - 8),
              n(middle + 4),
              Html.text(bar.label),
              bar.series,
              n(left),
              n(middle - 7),
              n(Math.max(1, end - left)),
              n(14)));
      double right = end;
      if (bar.high > bar.low) {
        right = axis.place(Math.min(bar.high, most));
        svg.append(
            String.format(
                Locale.ROOT,
                "<line class=\"whisker\" x1=\"%s\" x2=\"%s\" y1=\"%s\" y2=\"%s\"/>",
                n(axis.place(Math.max(0, bar.low))),
                n(right),
                n(middle),
                n(middle)));
      }
      svg.append(
          String.format(
              Locale.ROOT,
              "<text class=\"value\" x=\"%s\" y=\"%s\">%s</text>",
              n(right + 8),
              n(middle + 4),
              number(bar.value)));
    }
    return svg.append("</svg>").toString();
  }

  private void line(String kind, double x1, double y1, double x2, double y2) {
    body.append(
        String.format(
            Locale.ROOT,
            "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>",
            kind,
            n(x1),
            n(y1),
            n(x2),
            n(y2)));
  }

  private void words(String kind, double atX, double atY, String text) {
    body.append(
        String.format(
            Locale.ROOT,
            "<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>",
            kind,
            n(atX),
            n(atY),
            Html.text(text)));
  }

  /** A place, to a tenth of a pixel. */
  private static String n(double place) {
    double rounded = Math.round(place * 10) / 10.0;
    return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
  }

  /** A number for people. */
  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Math.abs(value) >= 100
            ? String.format(Locale.ROOT, "%,.0f", value)
            : String.format(Locale.ROOT, "%.4f", value);
  }
}
