package dev.kindred.app.soak;

/**
 * How long and how hard. Immutable.
 *
 * @param minutes in all
 * @param rate requests for lists a second
 * @param sliceSeconds between two lines of figures
 * @param swapMillis between two swaps of the snapshot
 * @param changesPerSecond hide marks set and taken away, items added and removed, batches of events
 * @param seed of what is drawn
 */
public record SoakOptions(
    double minutes,
    double rate,
    double sliceSeconds,
    int swapMillis,
    double changesPerSecond,
    long seed) {
  public SoakOptions {
    if (!(minutes > 0 && minutes <= 10_000)) {
      throw new IllegalArgumentException(
          "minutes is " + minutes + ", must be above 0, up to 10000");
    }
    if (!(rate > 0 && rate <= 100_000)) {
      throw new IllegalArgumentException("rate is " + rate + ", must be above 0, up to 100000");
    }
    if (!(sliceSeconds >= 0.5 && sliceSeconds <= 3600)) {
      throw new IllegalArgumentException(
          "sliceSeconds is " + sliceSeconds + ", must be 0.5 to 3600");
    }
    if (swapMillis < 10 || swapMillis > 3_600_000) {
      throw new IllegalArgumentException("swapMillis is " + swapMillis + ", must be 10 to 3600000");
    }
    if (!(changesPerSecond > 0 && changesPerSecond <= 10_000)) {
      throw new IllegalArgumentException(
          "changesPerSecond is " + changesPerSecond + ", must be above 0, up to 10000");
    }
  }

  /** 20 minutes of 1,000 lists a second, a swap every second, 20 changes a second. */
  public static SoakOptions defaults() {
    return new SoakOptions(20, 1000, 10, 1000, 20, 1);
  }
}
