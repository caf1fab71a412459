package dev.kindred.app.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindred.app.http.ServerOptions;
import dev.kindred.app.http.Tokens;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;

/**
 * A real server on a snapshot of {@link TinyWorld}, with tokens, an event log and a log to read.
 */
final class TinyServer implements AutoCloseable {
  static final String INGEST = "ingest-0123456789";
  static final String ADMIN = "admin-01234567890";
  private static final JsonMapper JSON = new JsonMapper();

  private final StringWriter log = new StringWriter();
  private final Path snapshot;
  private final Path eventLog;
  private final Serving serving;

  private TinyServer(Path directory) throws IOException {
    snapshot = new TinyWorld().write(directory.resolve("snapshot"));
    eventLog = directory.resolve("events/log.ndjson");
    serving =
        Serving.start(
            ServingOptions.of(snapshot)
                .withServer(
                    ServerOptions.defaults()
                        .withPort(0)
                        .withDeadlineMillis(60_000)
                        .withDrainMillis(1000))
                .withTokens(Tokens.of(INGEST, ADMIN))
                .withEventLog(eventLog, EventLog.Fsync.ALWAYS)
                .withWarmupMillis(100),
            new AccessLog(new PrintWriter(log), 0, true));
  }

  /** Writes snapshot and event log under the directory; loaded and not warmed up. */
  static TinyServer start(Path directory) throws IOException {
    return new TinyServer(directory);
  }

  Path snapshot() {
    return snapshot;
  }

  Path eventLog() {
    return eventLog;
  }

  Serving serving() {
    return serving;
  }

  int port() {
    return serving.port();
  }

  /** What it has logged so far. */
  String log() {
    return log.toString();
  }

  /** For another server on the snapshot, without an event log. */
  ServingOptions options() {
    return ServingOptions.of(snapshot)
        .withServer(ServerOptions.defaults().withPort(0).withDeadlineMillis(60_000))
        .withTokens(Tokens.of(INGEST, ADMIN))
        .withWarmupMillis(50);
  }

  /** A log for nobody. */
  static AccessLog silent() {
    return new AccessLog(new PrintWriter(PrintWriter.nullWriter()), 0, false);
  }

  /** The body of an answer, which has to be 200. */
  static JsonNode json(RawHttp.Answer answer) throws IOException {
    assertEquals(200, answer.status(), answer.body());
    return json(answer.body());
  }

  static JsonNode json(String text) throws IOException {
    return JSON.readTree(text);
  }

  @Override
  public void close() {
    serving.close();
  }
}
