package dev.kindred.app.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.http.Tokens;
import dev.kindred.engine.snapshot.ChannelEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording shows of the requests of a real server. */
final class StagesTest {
  private static final String INGEST = "ingest-0123456789";

  private static final String STAGE = "dev.kindred.Stage";

  @TempDir Path directory;

  @Test
  void everyStageIsRecordedOnceWithItsDuration() throws IOException {
    long start = System.nanoTime();
    Map<String, Duration> stages = new TreeMap<>();
    Path file = directory.resolve("stages.jfr");
    try (Serving serving = serve();
        Recording recording = new Recording()) {
      recording.enable(STAGE).withThreshold(Duration.ZERO).withoutStackTrace();
      recording.start();
      ask(serving);
      recording.stop();
      recording.dump(file);
    }
    Duration most = Duration.ofNanos(System.nanoTime() - start);
    for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
      if (!event.getEventType().getName().equals(STAGE)) {
        continue;
      }
      String stage = event.getString("route") + " " + event.getString("stage");
      Duration took = event.getDuration();
      assertFalse(took.isNegative(), stage + " took " + took);
      assertTrue(took.compareTo(most) < 0, stage + " took " + took + " of " + most);
      assertEquals(null, stages.put(stage, took), stage + " twice");
    }
    assertEquals(
        List.of(
            "events live",
            "events log",
            "events read",
            "explain encode",
            "explain explain",
            "recommend encode",
            "recommend rank",
            "recommend rerank",
            "recommend retrieve",
            "recommend search",
            "related encode",
            "related encode-explained",
            "related search",
            "related search-explained",
            "similar encode",
            "similar search"),
        List.copyOf(stages.keySet()));
    Duration within =
        stages
            .get("recommend retrieve")
            .plus(stages.get("recommend rank"))
            .plus(stages.get("recommend rerank"));
    assertTrue(within.isPositive(), stages::toString);
    assertTrue(within.compareTo(stages.get("recommend search")) <= 0, stages::toString);
  }

  private static void ask(Serving serving) throws IOException {
    int port = serving.port();
    ok(RawHttp.get(port, "/v1/related?item=1&n=5"));
    ok(RawHttp.get(port, "/v1/related?item=1&n=5&explain=true"));
    ok(RawHttp.get(port, "/v1/recommend?user=user-3&n=5"));
    ok(RawHttp.get(port, "/v1/explain?item=1&target=2"));
    ChannelEntry channel = serving.recommender().channels().getFirst();
    String similar =
        "{\"objective\":\""
            + channel.objective()
            + "\",\"vector\":"
            + Collections.nCopies(channel.dim(), 0.5f)
            + "}";
    ok(RawHttp.send(port, "POST", "/v1/similar", "", similar));
    String event = "{\"user\":\"user-3\",\"item\":\"1\",\"event\":\"impression\"}\n";
    ok(RawHttp.send(port, "POST", "/v1/events", INGEST, event));
  }

  private static void ok(RawHttp.Answer answer) {
    assertEquals(200, answer.status(), answer.body());
  }

  private Serving serve() throws IOException {
    return Serving.start(
        RankedSnapshot.served(RankedSnapshot.write(directory.resolve("snapshot")))
            .withTokens(Tokens.of(INGEST, ""))
            .withEventLog(directory.resolve("log"), EventLog.Fsync.NEVER),
        TinyServer.silent());
  }
}
