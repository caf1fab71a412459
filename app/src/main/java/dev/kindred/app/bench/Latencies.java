package dev.kindred.app.bench;

import java.util.Map;
import org.HdrHistogram.Histogram;

/** Histograms of nanoseconds and what is told of them. */
final class Latencies {
  static final long LONGEST_NANOS = 60_000_000_000L;

  private Latencies() {}

  static Histogram histogram() {
    return new Histogram(LONGEST_NANOS, 3);
  }

  static void record(Histogram histogram, long nanos) {
    histogram.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
  }

  /** Microseconds with three decimals. */
  static double micros(long nanos) {
    return nanos / 1000.0;
  }

  /** Puts percentiles of a histogram under names with a prefix; "" for none. */
  static void put(Map<String, Object> line, String prefix, Histogram histogram) {
    put(line, prefix, "p50Micros", histogram.getValueAtPercentile(50));
    put(line, prefix, "p90Micros", histogram.getValueAtPercentile(90));
    put(line, prefix, "p99Micros", histogram.getValueAtPercentile(99));
    put(line, prefix, "p999Micros", histogram.getValueAtPercentile(99.9));
    put(line, prefix, "maxMicros", histogram.getMaxValue());
  }

  private static void put(Map<String, Object> line, String prefix, String name, long nanos) {
    String full =
        prefix.isEmpty()
            ? name
            : prefix + Character.toUpperCase(name.charAt(0)) + name.substring(1);
    line.put(full, micros(nanos));
  }
}
