package dev.kindred.app.bench;

import dev.kindred.engine.serve.Recommender;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;

/** Measures the embedded recommender, one operation after another. */
public final class EmbeddedBench {
  private EmbeddedBench() {}

  /**
   * How it runs. Immutable.
   *
   * @param rate requests a second of each operation, at least 1
   * @param seconds of each operation, more than 0
   * @param warmUpSeconds of requests without pauses before each
   * @param threads that ask, 1 to 1024
   * @param n items asked for, at least 1
   * @param seed of what is asked for
   * @param operations labels of {@link #operations()}, at least one
   */
  public record Options(
      double rate,
      double seconds,
      double warmUpSeconds,
      int threads,
      int n,
      long seed,
      List<String> operations) {
    public Options {
      if (!(rate >= 1 && rate <= 1e7)) {
        throw new IllegalArgumentException("rate is " + rate + ", must be in 1..10000000");
      }
      if (!(seconds > 0 && seconds <= 86_400)) {
        throw new IllegalArgumentException("seconds is " + seconds + ", must be in (0, 86400]");
      }
      if (!(warmUpSeconds >= 0 && warmUpSeconds <= 3600)) {
        throw new IllegalArgumentException(
            "warm-up is " + warmUpSeconds + " s, must be in [0, 3600]");
      }
      if (threads < 1 || threads > 1024) {
        throw new IllegalArgumentException("threads is " + threads + ", must be in 1..1024");
      }
      if (n < 1) {
        throw new IllegalArgumentException("n is " + n + ", must be at least 1");
      }
      operations = List.copyOf(operations);
      operations.forEach(Operation::of);
    }

    /** With other operations. */
    public Options withOperations(List<String> value) {
      return new Options(rate, seconds, warmUpSeconds, threads, n, seed, value);
    }
  }

  /** What can be measured, in the order of its default. */
  public static List<String> operations() {
    return Operation.labels();
  }

  /**
   * Runs all operations that the snapshot has what it takes for.
   *
   * @param line told of each operation's figures as soon as they are there
   * @return the operations left out
   */
  public static List<String> run(
      Recommender recommender, Options options, Consumer<Map<String, Object>> line) {
    List<String> left = new ArrayList<>();
    for (String label : options.operations()) {
      Operation operation = Operation.of(label);
      if (operation.isServedBy(recommender)) {
        line.accept(measure(recommender, operation, options));
      } else {
        left.add(label);
      }
    }
    return left;
  }

  private static Map<String, Object> measure(
      Recommender recommender, Operation operation, Options options) {
    OpenLoop.Outcome outcome;
    Histogram hiccups;
    HiccupMeter meter = new HiccupMeter();
    try (meter) {
      outcome =
          OpenLoop.run(
              options.threads(),
              thread -> operation.requests(recommender, options.n(), options.seed(), thread),
              options.rate(),
              options.seconds(),
              options.warmUpSeconds());
    }
    hiccups = meter.histogram();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("operation", operation.label());
    line.put("items", recommender.size());
    line.put("n", options.n());
    line.put("rate", options.rate());
    line.put("achievedRate", outcome.requests() / outcome.seconds());
    line.put("threads", options.threads());
    line.put("requests", outcome.requests());
    line.put("errors", outcome.errors());
    if (outcome.firstError() != null) {
      line.put("firstError", outcome.firstError());
    }
    Latencies.put(line, "", outcome.service());
    Latencies.put(line, "response", outcome.response());
    Latencies.put(line, "hiccup", hiccups);
    line.put("bytesPerOp", (double) outcome.bytes() / outcome.requests());
    Machine.putCollections(line);
    Machine.put(line);
    return line;
  }
}
