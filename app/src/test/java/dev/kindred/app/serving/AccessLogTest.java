package dev.kindred.app.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a flood of requests and failures leaves in the log, by a clock of its own. */
final class AccessLogTest {
  private static final int FLOOD = 1000;

  private final StringWriter written = new StringWriter();
  private long now = 5_000_000_000L;
  private final AccessLog log = new AccessLog(new PrintWriter(written), 0, true, () -> now);

  @Test
  void failuresAreCappedAndTheRestCounted() throws IOException {
    for (int i = 0; i < FLOOD; i++) {
      fail(i);
    }
    List<JsonNode> lines = lines();
    assertEquals(AccessLog.MOST_FAILURES_PER_SECOND, lines.size());
    assertTrue(lines.getFirst().get("trace").asText().contains("no luck 0"), lines::toString);
    now += 1_000_000_000L;
    fail(FLOOD);
    lines = lines();
    assertEquals(AccessLog.MOST_FAILURES_PER_SECOND + 2, lines.size());
    JsonNode counted = lines.get(AccessLog.MOST_FAILURES_PER_SECOND);
    assertEquals("failures-not-logged", counted.get("event").asText());
    assertEquals(FLOOD - AccessLog.MOST_FAILURES_PER_SECOND, counted.get("count").asLong());
    assertTrue(lines.getLast().get("trace").asText().contains("no luck " + FLOOD));
  }

  @Test
  void aFloodOfRequestsHidesNoFailure() throws IOException {
    for (int i = 0; i < FLOOD; i++) {
      log.answered("related", "r-" + i, 200, 1000, 1000, 2000, 10);
    }
    fail(7);
    List<JsonNode> lines = lines();
    assertEquals(AccessLog.MOST_PER_SECOND + 1, lines.size());
    assertEquals("request-failed", lines.getLast().get("event").asText());
    assertEquals("r-7", lines.getLast().get("requestId").asText());
  }

  private void fail(int i) {
    log.failed("related", "r-" + i, new IllegalStateException("no luck " + i));
  }

  private List<JsonNode> lines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : written.toString().lines().toList()) {
      lines.add(new JsonMapper().readTree(line));
    }
    return lines;
  }
}
