package dev.kindred.app.metrics;

import java.util.Map;

/**
 * Writes metrics in the text format of Prometheus, version 0.0.4: families one after another, each
 * with its help and type. Not thread-safe.
 */
public final class PrometheusText {
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder text = new StringBuilder(16 * 1024);

  /** Begins a family; its samples follow before the next one begins. */
  public PrometheusText family(String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help.replace("\\", "\\\\"));
    text.append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
    return this;
  }

  /** A family of one sample without labels. */
  public PrometheusText gauge(String name, String help, double value) {
    return family(name, "gauge", help).sample(name, value);
  }

  /** A family of one sample without labels that only rises. */
  public PrometheusText counter(String name, String help, double value) {
    return family(name, "counter", help).sample(name, value);
  }

  /**
   * Adds a sample.
   *
   * @param labels names and values in turn
   */
  public PrometheusText sample(String name, double value, String... labels) {
    text.append(name);
    for (int i = 0; i < labels.length; i += 2) {
      text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
      escape(labels[i + 1]);
      text.append('"');
    }
    if (labels.length > 0) {
      text.append('}');
    }
    text.append(' ').append(number(value)).append('\n');
    return this;
  }

  /** A family of histograms by the values of labels. */
  public PrometheusText histograms(
      String name, String help, Map<String[], LatencyHistogram> byLabels) {
    family(name, "histogram", help);
    byLabels.forEach((labels, histogram) -> histogram.write(this, name, labels));
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }

  static String number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Long.toString((long) value);
    }
    return Double.isNaN(value)
        ? "NaN"
        : value == Double.POSITIVE_INFINITY
            ? "+Inf"
            : value == Double.NEGATIVE_INFINITY ? "-Inf" : Double.toString(value);
  }

  private void escape(String value) {
    for (int i = 0; i < value.length(); i++) {
      char letter = value.charAt(i);
      switch (letter) {
        case '\\' -> text.append("\\\\");
        case '"' -> text.append("\\\"");
        case '\n' -> text.append("\\n");
        default -> text.append(letter);
      }
    }
  }
}
