package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kindred serve} as a process of its own: signals, exit codes, crashes. */
final class ServeCommandTest {
  private static final String TOKEN = "ingest-0123456789";

  @TempDir Path directory;
  private Path snapshot;
  private Path events;
  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void write() throws IOException {
    snapshot = new TinyWorld().write(directory.resolve("snapshot"));
    events = directory.resolve("events.ndjson");
  }

  /** None is left behind by a test that fails in the middle. */
  @AfterEach
  void endThem() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void sigtermEndsItWithZeroAfterTheEventsAreSafe() throws Exception {
    Served served = serve();
    assertEquals(200, served.send("{\"user\":\"u\",\"item\":\"100\",\"event\":\"click\"}\n"));
    served.process.toHandle().destroy(); // SIGTERM; the process's own closes its streams
    assertTrue(served.process.waitFor(120, TimeUnit.SECONDS));
    String rest = served.rest();
    assertEquals(0, served.process.exitValue(), rest);
    assertTrue(rest.contains("\"draining\"") && rest.contains("\"stopped\""), rest);
    assertEquals(1, Files.readAllLines(events).size());
  }

  @Test
  void sigtermEndsItWithZeroWhileItLoads() throws Exception {
    // A pipe that nobody writes to: reading the manifest takes for ever.
    Path manifest = snapshot.resolve("manifest.json");
    Files.delete(manifest);
    assertEquals(0, new ProcessBuilder("mkfifo", manifest.toString()).start().waitFor());
    Served served = new Served(start(50), "listening");
    assertEquals(503, served.get("v1/related?item=100"));
    assertEquals(200, served.get("health/live"));
    assertStopsBeforeItIsReady(served);
  }

  @Test
  void sigtermEndsItWithZeroWhileItWarmsUpAndItNeverSaysThatItIsReady() throws Exception {
    Served served = new Served(start(60_000), "loaded");
    assertEquals(503, served.get("health/ready"));
    assertStopsBeforeItIsReady(served);
  }

  private static void assertStopsBeforeItIsReady(Served served) throws InterruptedException {
    served.process.toHandle().destroy(); // SIGTERM
    assertTrue(served.process.waitFor(120, TimeUnit.SECONDS));
    String rest = served.rest();
    assertEquals(0, served.process.exitValue(), rest);
    assertTrue(rest.contains("\"draining\"") && rest.contains("\"stopped\""), rest);
    assertTrue(!rest.contains("\"event\":\"ready\""), rest);
  }

  @Test
  void afterAKillTheEventsAreThereAndATornLineIsCutOff() throws Exception {
    Served first = serve();
    for (int i = 0; i < 5; i++) {
      assertEquals(
          200, first.send("{\"user\":\"u\",\"item\":\"10" + i + "\",\"event\":\"click\"}\n"));
    }
    first.process.destroyForcibly(); // SIGKILL
    first.process.waitFor();
    assertEquals(5, Files.readAllLines(events).size());
    Files.writeString(
        events, Files.readString(events) + "{\"user\":\"torn", StandardCharsets.UTF_8);
    Served second = serve();
    assertTrue(second.before.toString().contains("event-log-truncated"), second.before.toString());
    assertEquals(200, second.send("{\"user\":\"u\",\"item\":\"106\",\"event\":\"click\"}\n"));
    second.process.toHandle().destroy();
    second.process.waitFor();
    List<String> lines = Files.readAllLines(events);
    assertEquals(6, lines.size());
    for (String line : lines) {
      assertEquals("u", new JsonMapper().readTree(line).get("user").asText());
    }
  }

  @Test
  void whatCantBeServedIsRefusedWithTheRightCode() throws IOException {
    assertRefused(3, "no model to serve");
    assertRefused(3, "no such snapshot", "--model", directory.resolve("none").toString());
    assertRefused(
        3,
        "there are 64 MB",
        "--model",
        snapshot.toString(),
        "--set",
        "memory.limit-bytes=67108864");
    assertRefused(
        3, "no objective 'clicks'", "--model", "" + snapshot, "--set", "weights.clicks=1");
    Files.writeString(snapshot.resolve("related.ktop"), "short");
    assertRefused(4, "related.ktop", "--model", snapshot.toString());
    try (ServerSocket taken = new ServerSocket(0)) {
      Path other = new TinyWorld().write(directory.resolve("other"));
      assertRefused(
          1,
          "choose another --port",
          "--model",
          other.toString(),
          "--host",
          "0.0.0.0",
          "--port",
          Integer.toString(taken.getLocalPort()));
    }
  }

  @Test
  void wrongPlacesAreToldBeforeThePortIsBoundAndNothingIsMade() throws IOException {
    String model = snapshot.toString();
    Path file = Files.createFile(directory.resolve("file"));
    String below = file.resolve("below").toString();
    Path table = Files.writeString(directory.resolve("log.csv"), "user,item");
    List<Run> refused =
        List.of(
            assertRefused(3, "is no log of events", "--model", model, "--events", "" + table),
            assertRefused(3, "no such snapshot", "--model", directory.resolve("none").toString()),
            assertRefused(3, "is no snapshot", "--model", directory.toString()),
            assertRefused(3, below + ": can't be written", "--model", model, "--live", below),
            assertRefused(3, "is a file", "--model", model, "--live", file.toString()),
            assertRefused(3, "can't be written", "--model", model, "--events", below),
            assertRefused(3, "is a directory", "--model", model, "--events", directory.toString()));
    for (Run run : refused) {
      assertFalse(run.err().contains("\"listening\""), run.err());
    }
    assertEquals("user,item", Files.readString(table));
    // The place that was right isn't filled when the other is wrong.
    Path live = directory.resolve("live");
    assertRefused(
        3,
        "is a directory",
        "--model",
        model,
        "--live",
        "" + live,
        "--events",
        "" + live.getParent());
    assertFalse(Files.exists(live));
  }

  private static Run assertRefused(int exitCode, String message, String... args) {
    List<String> all = new ArrayList<>(List.of("serve"));
    all.addAll(List.of(args));
    Run run = Run.kindred(all.toArray(String[]::new));
    assertEquals(exitCode, run.exitCode(), run.err());
    assertTrue(run.err().contains(message), run.err());
    return run;
  }

  private static final class Served {
    final Process process;
    final BufferedReader err;
    final List<String> before = new ArrayList<>();
    String url = "";

    /** Reads what it says until it says this. */
    Served(Process process, String event) throws IOException {
      this.process = process;
      err =
          new BufferedReader(
              new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
      for (String line = err.readLine(); line != null; line = err.readLine()) {
        before.add(line);
        if (line.startsWith("{")) {
          JsonNode entry = new JsonMapper().readTree(line);
          if (entry.get("event").asText().equals(event)) {
            url = entry.get("url").asText();
            return;
          }
        }
      }
      throw new IOException("never " + event + ": " + before);
    }

    int get(String path) throws Exception {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(url + path)).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }

    int send(String lines) throws Exception {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(url + "v1/events"))
                  .header("Authorization", "Bearer " + TOKEN)
                  .POST(HttpRequest.BodyPublishers.ofString(lines))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .statusCode();
    }

    String rest() {
      return String.join("\n", err.lines().toList());
    }
  }

  private Served serve() throws IOException {
    return new Served(start(50), "ready");
  }

  private Process start(int warmUpMillis) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("../jvm.options").toAbsolutePath().normalize(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.kindred.app.Kindred",
                "serve",
                "--model",
                snapshot.toString(),
                "--port",
                "0",
                "--events",
                events.toString(),
                "--set",
                "model.warmup-millis=" + warmUpMillis,
                "--set",
                "server.deadline-millis=60000"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(Map.of("KINDRED_TOKENS_INGEST", TOKEN));
    Process process = builder.start();
    started.add(process);
    return process;
  }
}
