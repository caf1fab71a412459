package dev.kindred.app.metrics;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * Durations in fixed buckets from 50 microseconds to 5 seconds. Recording allocates nothing and
 * many threads may do it at once; a reader may see a duration in one of count and sum only.
 */
public final class LatencyHistogram {
  private static final long[] BOUNDS_NANOS = {
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    20_000_000,
    50_000_000,
    100_000_000,
    200_000_000,
    500_000_000,
    1_000_000_000,
    2_000_000_000,
    5_000_000_000L
  };

  private final LongAdder[] buckets = new LongAdder[BOUNDS_NANOS.length + 1];
  private final LongAdder sum = new LongAdder();

  public LatencyHistogram() {
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = new LongAdder();
    }
  }

  public void record(long nanos) {
    int bucket = 0;
    while (bucket < BOUNDS_NANOS.length && nanos > BOUNDS_NANOS[bucket]) {
      bucket++;
    }
    buckets[bucket].increment();
    sum.add(Math.max(0, nanos));
  }

  /** Durations recorded. */
  public long count() {
    long count = 0;
    for (LongAdder bucket : buckets) {
      count += bucket.sum();
    }
    return count;
  }

  /** Writes the samples of one histogram: cumulative buckets, sum in seconds, count. */
  void write(PrometheusText out, String name, String... labels) {
    String[] bounded = Arrays.copyOf(labels, labels.length + 2);
    bounded[labels.length] = "le";
    long cumulative = 0;
    for (int i = 0; i < buckets.length; i++) {
      cumulative += buckets[i].sum();
      bounded[labels.length + 1] =
          i < BOUNDS_NANOS.length ? PrometheusText.number(BOUNDS_NANOS[i] / 1e9) : "+Inf";
      out.sample(name + "_bucket", cumulative, bounded);
    }
    out.sample(name + "_sum", sum.sum() / 1e9, labels);
    out.sample(name + "_count", cumulative, labels);
  }
}
