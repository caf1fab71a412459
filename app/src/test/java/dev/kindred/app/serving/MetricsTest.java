package dev.kindred.app.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.http.ServerOptions;
import dev.kindred.app.metrics.PrometheusText;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of a real server, read as strictly as Prometheus' own parser and linter do. */
final class MetricsTest {
  private static final Pattern HELP = Pattern.compile("# HELP ([a-z0-9_]+) (\\S.*\\.)");
  private static final Pattern TYPE =
      Pattern.compile("# TYPE ([a-z0-9_]+) (counter|gauge|histogram)");
  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-z0-9_]+)(\\{([a-z]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"(?:,[a-z]+=\"(?:[^\"\\\\\\n]|"
              + "\\\\[\\\\\"n])*\")*)})? (-?[0-9.E-]+|[+-]Inf|NaN)");

  @TempDir Path directory;

  @Test
  void everyLineIsValidFamiliesAreWholeAndCountsAreRight() throws IOException {
    Path snapshot = new TinyWorld().write(directory.resolve("snapshot"));
    String text;
    try (Serving serving =
        Serving.start(
            ServingOptions.of(snapshot)
                .withServer(
                    ServerOptions.defaults()
                        .withPort(0)
                        .withDeadlineMillis(60_000)
                        .withDrainMillis(0))
                .withEventLog(directory.resolve("log"), EventLog.Fsync.NEVER),
            TinyServer.silent())) {
      try (RawHttp http = new RawHttp(serving.port())) {
        for (int i = 0; i < 7; i++) {
          http.ask("GET /v1/related?item=100&n=5 HTTP/1.1\r\nHost: x\r\n\r\n");
        }
        http.ask("GET /v1/related?item=none HTTP/1.1\r\nHost: x\r\n\r\n");
        text = http.ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n").body();
      }
    }
    Map<String, Double> samples = parse(text);
    assertEquals(7, samples.get("kindred_http_requests_total{route=\"related\",status=\"200\"}"));
    assertEquals(1, samples.get("kindred_http_requests_total{route=\"related\",status=\"404\"}"));
    assertEquals(8, samples.get("kindred_http_request_duration_seconds_count{route=\"related\"}"));
    assertEquals(7, samples.get("kindred_lists_total{kind=\"table\"}"));
    assertEquals(
        7,
        samples.get(
            "kindred_http_stage_duration_seconds_count{route=\"related\",stage=\"search\"}"));
    assertEquals(TinyWorld.ITEMS, samples.get("kindred_snapshot_items"));
    assertTrue(samples.get("kindred_snapshot_age_seconds") >= 0);
    assertTrue(samples.get("process_resident_memory_bytes") > 1e6);
    assertEquals(0, samples.get("kindred_ready"));
    assertTheDocsListThem(text);
  }

  @Test
  void theWarmUpIsNeitherCountedNorRefusedByItsOwnQueue() throws IOException {
    ServerOptions narrow =
        ServerOptions.defaults().withPort(0).withWorkers(1).withQueue(1).withDrainMillis(0);
    Path snapshot = new TinyWorld().write(directory.resolve("snapshot"));
    try (Serving serving =
        Serving.start(
            ServingOptions.of(snapshot).withServer(narrow).withWarmupMillis(200),
            TinyServer.silent())) {
      serving.warmUp();
      Map<String, Double> samples = parse(RawHttp.get(serving.port(), "/metrics").body());
      samples.forEach(
          (name, value) -> {
            if (name.startsWith("kindred_lists_total")
                || name.startsWith("kindred_http_rejected_total")
                || name.startsWith("kindred_http_stage_duration_seconds_count")
                || name.startsWith("kindred_http_requests_total")) {
              assertEquals(0, value, name);
            }
          });
      assertTrue(samples.containsKey("kindred_lists_total{kind=\"table\"}"), samples::toString);
    }
  }

  @Test
  void theWarmUpAsksNoMoreAtOnceThanTheQueueTakes() {
    ServerOptions server = ServerOptions.defaults().withWorkers(1);
    assertEquals(1, WarmUp.connections(server.withQueue(0)));
    assertEquals(1, WarmUp.connections(server.withQueue(1)));
    assertEquals(2, WarmUp.connections(server.withQueue(4)));
    assertEquals(4, WarmUp.connections(server.withQueue(256)));
  }

  @Test
  void labelsAreEscaped() {
    String text =
        new PrometheusText()
            .family("x", "gauge", "Help.")
            .sample("x", 1.5, "a", "q\"b\\s\nn")
            .sample("x", Double.NaN, "a", "")
            .toString();
    assertEquals(2, parse(text).size());
    assertTrue(text.contains("x{a=\"q\\\"b\\\\s\\nn\"} 1.5\n"), text);
  }

  /** Every family in the page that promises the names, and no name there that isn't one. */
  private static void assertTheDocsListThem(String text) throws IOException {
    String docs = Files.readString(Path.of("../docs/serving-http.md"));
    Set<String> promised = new TreeSet<>();
    Matcher row = Pattern.compile("^\\| `([a-z0-9_]+)[`{]", Pattern.MULTILINE).matcher(docs);
    while (row.find()) {
      promised.add(row.group(1));
    }
    Set<String> served = new TreeSet<>();
    Matcher type = TYPE.matcher(text);
    while (type.find()) {
      served.add(type.group(1));
    }
    assertEquals(promised, served);
  }

  private static Map<String, Double> parse(String text) {
    assertTrue(text.endsWith("\n"));
    Map<String, Double> samples = new LinkedHashMap<>();
    Map<String, Double> lastBucket = new HashMap<>();
    Set<String> families = new HashSet<>();
    String family = "";
    String type = "";
    String helped = "";
    for (String line : text.split("\n")) {
      if (line.startsWith("# HELP ")) {
        Matcher help = HELP.matcher(line);
        assertTrue(help.matches(), line);
        helped = help.group(1);
        continue;
      }
      if (line.startsWith("# TYPE ")) {
        Matcher of = TYPE.matcher(line);
        assertTrue(of.matches(), line);
        family = of.group(1);
        type = of.group(2);
        assertEquals(helped, family);
        assertTrue(families.add(family), "family twice: " + family);
        assertEquals(type.equals("counter"), family.endsWith("_total"), line);
        continue;
      }
      Matcher sample = SAMPLE.matcher(line);
      assertTrue(sample.matches(), line);
      String name = sample.group(1);
      String base = type.equals("histogram") ? name.replaceAll("_(bucket|sum|count)$", "") : name;
      assertEquals(family, base, line);
      String number = sample.group(4).replace("Inf", "Infinity");
      double value = Double.parseDouble(number);
      String key = name + (sample.group(2) == null ? "" : sample.group(2));
      assertFalse(samples.containsKey(key), "sample twice: " + key);
      samples.put(key, value);
      if (name.endsWith("_bucket")) {
        String series = key.replaceAll(",?le=\"[^\"]*\"", "");
        assertTrue(lastBucket.getOrDefault(series, 0.0) <= value, "buckets fall: " + line);
        lastBucket.put(series, value);
        if (line.contains("+Inf")) {
          lastBucket.remove(series);
        }
      }
    }
    assertTrue(lastBucket.isEmpty(), "no +Inf bucket: " + lastBucket);
    return samples;
  }
}
