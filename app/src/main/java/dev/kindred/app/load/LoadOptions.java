package dev.kindred.app.load;

/**
 * How a server is asked. Immutable.
 *
 * @param rate requests a second, evenly spaced whatever the server does
 * @param seconds that are measured
 * @param warmupSeconds at the same rate before them
 * @param connections kept open, each with one request at a time
 */
public record LoadOptions(double rate, double seconds, double warmupSeconds, int connections) {
  public LoadOptions {
    if (!(rate > 0 && rate <= 1e6)) {
      throw new IllegalArgumentException("rate is " + rate + ", must be above 0, up to 1000000");
    }
    if (!(seconds > 0 && seconds <= 1e6)) {
      throw new IllegalArgumentException(
          "seconds is " + seconds + ", must be above 0, up to 1000000");
    }
    if (!(warmupSeconds >= 0 && warmupSeconds <= 1e6)) {
      throw new IllegalArgumentException(
          "warmupSeconds is " + warmupSeconds + ", must be 0 to 1000000");
    }
    if (connections < 1 || connections > 10_000) {
      throw new IllegalArgumentException("connections is " + connections + ", must be 1 to 10000");
    }
  }

  /** 1,000 requests a second for 10 s after 5 s of warm-up, over 16 connections. */
  public static LoadOptions defaults() {
    return new LoadOptions(1000, 10, 5, 16);
  }

  public LoadOptions withRate(double rate) {
    return new LoadOptions(rate, seconds, warmupSeconds, connections);
  }

  public LoadOptions withSeconds(double seconds) {
    return new LoadOptions(rate, seconds, warmupSeconds, connections);
  }

  public LoadOptions withWarmupSeconds(double warmupSeconds) {
    return new LoadOptions(rate, seconds, warmupSeconds, connections);
  }

  public LoadOptions withConnections(int connections) {
    return new LoadOptions(rate, seconds, warmupSeconds, connections);
  }
}
