package dev.kindred.jmh.compare;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.kindred.app.load.HttpLoad;
import dev.kindred.app.load.LoadOptions;
import dev.kindred.app.load.LoadResult;
import dev.kindred.app.output.JsonLines;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.index.run.Draws;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code compare http}: our related endpoint on libraries for HTTP, asked at a fixed rate in rounds
 * that take turns. The client is a thread of the same process; {@code cpuMicros} is what the
 * process used for a request without that thread.
 */
@Command(name = "http", description = "Our related endpoint on several libraries for HTTP.")
final class HttpComparison implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--model", required = true, description = "A snapshot.")
  private Path model;

  @Option(names = "--servers", split = ",", description = "Libraries (default: all).")
  private List<HttpPeer> peers = List.of(HttpPeer.values());

  @Option(names = "--rates", split = ",", description = "Requests a second (default: 1000,5000).")
  private List<Integer> rates = List.of(1000, 5000);

  @Option(names = "--seconds", defaultValue = "8", description = "Measured, per round and rate.")
  private int seconds;

  @Option(names = "--rounds", defaultValue = "2", description = "Rounds; the first warms up too.")
  private int rounds;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    JsonLines lines = new JsonLines(out);
    OperatingSystemMXBean process =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Recommender recommender = Recommender.open(model)) {
      byte[][] requests = requests(recommender);
      HttpPeer.Endpoint endpoint = new HttpPeer.Endpoint(recommender);
      for (int round = 0; round < rounds; round++) {
        for (HttpPeer peer : peers) {
          try (HttpPeer.Running server = peer.start(endpoint)) {
            for (int rate : rates) {
              LoadOptions options =
                  LoadOptions.defaults().withRate(rate).withSeconds(seconds).withWarmupSeconds(2);
              long cpu = process.getProcessCpuTime();
              long client = threads.getCurrentThreadCpuTime();
              LoadResult result;
              try (HttpLoad load =
                  new HttpLoad(
                      new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()),
                      requests,
                      options)) {
                result = load.run();
              }
              long served =
                  process.getProcessCpuTime() - cpu - threads.getCurrentThreadCpuTime() + client;
              lines.write(line(peer, round, rate, result, served / (rate * (seconds + 2.0))));
            }
          }
        }
      }
    }
    return 0;
  }

  private static Map<String, Object> line(
      HttpPeer peer, int round, int rate, LoadResult result, double cpuNanos) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("server", peer.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
    line.put("round", round);
    line.put("rate", rate);
    line.put("good", Math.round(result.goodPerSecond()));
    line.put("errors", result.errors());
    line.put("p50Micros", result.service().getValueAtPercentile(50) / 1000.0);
    line.put("p99Micros", result.service().getValueAtPercentile(99) / 1000.0);
    line.put("p999Micros", result.service().getValueAtPercentile(99.9) / 1000.0);
    line.put("responseP99Micros", result.response().getValueAtPercentile(99) / 1000.0);
    line.put("cpuMicros", Math.round(cpuNanos / 100) / 10.0);
    return line;
  }

  /** Lists of drawn items: most from the table, one in four scored for weights of its own. */
  private static byte[][] requests(Recommender recommender) {
    Draws draws = Draws.of(7, "http-comparison", 0);
    byte[][] requests = new byte[2048][];
    String objective = recommender.objectives().getFirst().name();
    for (int i = 0; i < requests.length; i++) {
      String id = recommender.idOf(draws.nextInt(recommender.size()));
      String query = "item=" + URLEncoder.encode(id, StandardCharsets.UTF_8) + "&n=20";
      if (i % 4 == 0) {
        query += "&weight=" + URLEncoder.encode(objective, StandardCharsets.UTF_8) + ":2";
      }
      requests[i] =
          ("GET /v1/related?" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII);
    }
    return requests;
  }
}
