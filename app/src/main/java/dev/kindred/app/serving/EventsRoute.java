package dev.kindred.app.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindred.app.http.Refusal;
import dev.kindred.app.http.Reply;
import dev.kindred.app.http.Request;
import dev.kindred.app.http.Route;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.UserEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * {@code POST /v1/events}: events as JSON, one object a line. A batch is taken whole or refused
 * whole, so that a client may send it again.
 */
final class EventsRoute implements Route.Handler<Desk> {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private record Taken(String user, UserEvent event) {}

  private final EventLog log; // null: events go to the live state only
  private final LiveState live;
  private final LongAdder accepted = new LongAdder();
  private final LongAdder refused = new LongAdder();

  EventsRoute(EventLog log, LiveState live) {
    this.log = log;
    this.live = live;
  }

  long accepted() {
    return accepted.sum();
  }

  /** Batches that were refused. */
  long refused() {
    return refused.sum();
  }

  @Override
  public Reply answer(Request request, Desk desk) {
    request.query().only(Set.of());
    List<Taken> events = new ArrayList<>();
    ByteArrayOutputStream lines = new ByteArrayOutputStream(request.body().length + 64);
    try {
      read(request.body(), events, lines);
    } catch (Refusal e) {
      refused.increment();
      throw e;
    }
    if (log != null && !events.isEmpty()) {
      try {
        log.append(lines.toByteArray());
      } catch (IOException e) {
        refused.increment();
        throw Refusal.later(
            503,
            "event-log",
            "the event log can't be written, nothing was taken: " + e.getMessage());
      }
    }
    for (Taken taken : events) {
      live.append(taken.user(), taken.event());
    }
    accepted.add(events.size());
    return desk.json()
        .reply(
            out -> {
              out.writeStartObject();
              out.writeNumberField("accepted", events.size());
              out.writeEndObject();
            });
  }

  private static void read(byte[] body, List<Taken> events, ByteArrayOutputStream lines) {
    int line = 0;
    int start = 0;
    while (start < body.length) {
      int end = start;
      while (end < body.length && body[end] != '\n') {
        end++;
      }
      line++;
      if (!blank(body, start, end)) {
        events.add(read(body, start, end, line, lines));
      }
      start = end + 1;
    }
  }

  private static Taken read(
      byte[] body, int start, int end, int line, ByteArrayOutputStream lines) {
    try {
      JsonNode node = MAPPER.readTree(body, start, end - start);
      if (!(node instanceof ObjectNode object)) {
        throw wrong(line, "is no JSON object");
      }
      String user = id(object, "user", line);
      String item = id(object, "item", line);
      JsonNode event = object.get("event");
      if (event != null && !event.isTextual()) {
        throw wrong(line, "has an event that is no text");
      }
      JsonNode time = object.get("time");
      if (time != null && !(time.isIntegralNumber() && time.canConvertToLong())) {
        throw wrong(line, "has a time that is no whole number of milliseconds since 1970");
      }
      long millis = time == null ? System.currentTimeMillis() : time.longValue();
      object.put("time", millis);
      LiveState.requireId("user", user);
      Taken taken =
          new Taken(user, new UserEvent(item, event == null ? "" : event.textValue(), millis));
      lines.writeBytes(MAPPER.writeValueAsBytes(object));
      lines.write('\n');
      return taken;
    } catch (IllegalArgumentException e) {
      throw wrong(line, "is refused: " + e.getMessage());
    } catch (JsonProcessingException e) {
      throw wrong(line, "is no JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw wrong(line, "can't be read: " + e.getMessage());
    }
  }

  private static String id(ObjectNode object, String name, int line) {
    JsonNode value = object.get(name);
    if (value == null || !(value.isTextual() || value.isIntegralNumber())) {
      throw wrong(line, "needs " + name + ", a text or a whole number");
    }
    return value.asText();
  }

  private static Refusal wrong(int line, String what) {
    return Refusal.badRequest("bad-event", "line " + line + " " + what + "; nothing was taken");
  }

  private static boolean blank(byte[] body, int start, int end) {
    for (int i = start; i < end; i++) {
      if (body[i] != ' ' && body[i] != '\r' && body[i] != '\t') {
        return false;
      }
    }
    return true;
  }
}
