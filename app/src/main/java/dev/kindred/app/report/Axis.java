package dev.kindred.app.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * From numbers to places along one side of a plot. Immutable.
 *
 * @param low number at the start
 * @param high number at the end, above low
 * @param start place of low
 * @param end place of high; below start where places run the other way
 */
record Axis(double low, double high, double start, double end) {
  Axis {
    if (!(high > low) || !Double.isFinite(high - low)) {
      throw new IllegalArgumentException("an axis from " + low + " to " + high + " has no length");
    }
  }

  /** An axis that takes in all numbers, at least a little long. */
  static Axis around(double low, double high, double start, double end) {
    double pad = high > low ? 0 : Math.max(Math.abs(low) * .1, 1e-3);
    return new Axis(low - pad, high + pad, start, end);
  }

  double place(double number) {
    return start + (number - low) / (high - low) * (end - start);
  }

  /** Round numbers, three to six of them. */
  List<Double> ticks() {
    double raw = (high - low) / 4;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double step =
        raw / power < 1.5
            ? power
            : raw / power < 3.5 ? 2 * power : raw / power < 7.5 ? 5 * power : 10 * power;
    List<Double> ticks = new ArrayList<>();
    for (double tick = Math.ceil(low / step - 1e-9) * step;
        tick <= high + step * 1e-9;
        tick += step) {
      ticks.add(Math.abs(tick) < step * 1e-6 ? 0 : tick);
    }
    return ticks;
  }

  /** A tick as text, with as many digits as the distance of ticks needs. */
  String label(double tick) {
    double step = (high - low) / 4;
    int digits = (int) Math.max(0, Math.min(6, Math.ceil(-Math.log10(step) + .3)));
    if (Math.abs(tick) >= 10_000) {
      return String.format(Locale.ROOT, "%,.0f", tick);
    }
    return String.format(Locale.ROOT, "%." + digits + "f", tick);
  }
}
