package dev.kindred.app.command;

import dev.kindred.app.http.ServerOptions;
import dev.kindred.app.load.HttpLoad;
import dev.kindred.app.load.LoadOptions;
import dev.kindred.app.load.LoadResult;
import dev.kindred.app.load.RelatedRequests;
import dev.kindred.app.serving.AccessLog;
import dev.kindred.app.serving.Serving;
import dev.kindred.app.serving.ServingOptions;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.serve.Recommender;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kindred bench http}: related lists over HTTP at a fixed rate, an open loop. */
@Command(
    name = "http",
    description = {
      "Ask a server for related lists at a fixed rate, whatever it does.",
      "Requests are due at even intervals, and one that must wait for a connection has waited."
          + " Service time is from sending to the whole reply, response time from when the request"
          + " was due. Of eight requests two have weights of their own, and one asks for reasons."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred bench http --model snapshots/ --rate 2000 --seconds 60",
      "  kindred bench http --model snapshots/ --url http://127.0.0.1:7070 \\",
      "      --rate 5000 --json"
    })
final class BenchHttpCommand extends KindredCommand {
  @Mixin private SnapshotOption model;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "A server of this snapshot (default: one is started in this process).")
  private URI url;

  @Option(
      names = "--rate",
      defaultValue = "1000",
      description = "Requests a second (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--seconds",
      defaultValue = "30",
      description = "Measured (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "10",
      description = "Seconds before (default: ${DEFAULT-VALUE}).")
  private double warmUp;

  @Option(
      names = "--connections",
      defaultValue = "16",
      description = "Kept open, each with one request at a time (default: ${DEFAULT-VALUE}).")
  private int connections;

  @Override
  protected void run() throws IOException {
    LoadOptions options = options(() -> new LoadOptions(rate, seconds, warmUp, connections));
    try (Recommender recommender = model.open(null)) {
      if (recommender.size() == 0) {
        throw new InputException("the snapshot has no items to ask for");
      }
      if (url != null) {
        measure(recommender, address(), options);
        return;
      }
      AccessLog log = new AccessLog(new PrintWriter(PrintWriter.nullWriter()), 0, false);
      try (Serving serving =
          Serving.start(
              ServingOptions.of(model.path()).withServer(ServerOptions.defaults().withPort(0)),
              log)) {
        serving.warmUp();
        measure(recommender, new InetSocketAddress("127.0.0.1", serving.port()), options);
      }
    }
  }

  private void measure(Recommender recommender, InetSocketAddress address, LoadOptions options)
      throws IOException {
    byte[][] requests = RelatedRequests.drawn(recommender, address, "", 4096, seed().orElse(1));
    LoadResult result;
    try (HttpLoad load = new HttpLoad(address, requests, options)) {
      result = load.run();
    } catch (ConnectException e) {
      throw new InputException(url + ": no server answers there: " + e.getMessage(), e);
    }
    if (json()) {
      jsonLines().write(line(result, options));
    } else {
      print(result);
    }
    if (result.errors() > 0) {
      note(
          result.errors()
              + " of "
              + result.requests()
              + " requests got no good reply: "
              + result.statuses());
    }
  }

  private Map<String, Object> line(LoadResult result, LoadOptions options) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("operation", "http-related");
    line.put("rate", options.rate());
    line.put("seconds", options.seconds());
    line.put("connections", options.connections());
    line.put("server", url == null ? "in this process" : url.toString());
    line.put("requests", result.requests());
    line.put("errors", result.errors());
    line.put("goodPerSecond", Math.round(result.goodPerSecond()));
    line.put("p50Micros", micros(result.service(), 50));
    line.put("p99Micros", micros(result.service(), 99));
    line.put("p999Micros", micros(result.service(), 99.9));
    line.put("maxMicros", micros(result.service(), 100));
    line.put("responseP50Micros", micros(result.response(), 50));
    line.put("responseP99Micros", micros(result.response(), 99));
    line.put("responseP999Micros", micros(result.response(), 99.9));
    line.put("clientSpins", HttpLoad.spins());
    line.put("gc", collectors());
    line.put("heapMaxMb", Runtime.getRuntime().maxMemory() >> 20);
    line.put("java", Runtime.version().toString());
    line.put("processors", Runtime.getRuntime().availableProcessors());
    return line;
  }

  private void print(LoadResult result) {
    out()
        .printf(
            Locale.ROOT,
            "%,d requests, %,.0f good replies a second, %,d without one%n",
            result.requests(),
            result.goodPerSecond(),
            result.errors());
    out().printf("%-10s %10s %10s %10s %10s%n", "us", "p50", "p99", "p99.9", "max");
    row("service", result.service());
    row("response", result.response());
  }

  private void row(String name, Histogram times) {
    out()
        .printf(
            Locale.ROOT,
            "%-10s %10.1f %10.1f %10.1f %10.1f%n",
            name,
            micros(times, 50),
            micros(times, 99),
            micros(times, 99.9),
            micros(times, 100));
  }

  private InetSocketAddress address() {
    if (!"http".equals(url.getScheme()) || url.getHost() == null) {
      throw usage("--url is '" + url + "', must be http://HOST:PORT");
    }
    return new InetSocketAddress(url.getHost(), url.getPort() < 0 ? 80 : url.getPort());
  }

  private static double micros(Histogram times, double percentile) {
    return Math.round(times.getValueAtPercentile(percentile) / 100.0) / 10.0;
  }

  private static String collectors() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .map(GarbageCollectorMXBean::getName)
        .collect(Collectors.joining(", "));
  }
}
