package dev.kindred.app.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kindred.app.http.Query;
import dev.kindred.app.http.Refusal;
import dev.kindred.app.http.Reply;
import dev.kindred.app.http.Request;
import dev.kindred.app.http.Route;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.UserEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * {@code POST /v1/events}: events as JSON, one object a line. A batch is taken whole or refused
 * whole, so that a client may send it again: the log is the truth, and once a batch is in it
 * nothing makes the reply a refusal.
 */
final class EventsRoute implements Route.Handler<Desk> {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * An event may be so far ahead of the clock here: a day, for clocks and time zones gone wrong.
   */
  static final long MOST_AHEAD_MILLIS = 86_400_000;

  private record Taken(String user, UserEvent event) {}

  private final EventLog log; // null: events go to the live state only
  private final LiveState live;
  private final Supplier<Set<String>> kinds;
  private final AccessLog said;
  private final LongAdder withoutLive = new LongAdder();
  private final LongAdder accepted = new LongAdder();
  private final LongAdder refused = new LongAdder();

  /**
   * @param kinds what an event may be called
   * @param said told of events that the live state didn't take
   */
  EventsRoute(EventLog log, LiveState live, Supplier<Set<String>> kinds, AccessLog said) {
    this.log = log;
    this.live = live;
    this.kinds = kinds;
    this.said = said;
  }

  long accepted() {
    return accepted.sum();
  }

  /** Batches that were refused. */
  long refused() {
    return refused.sum();
  }

  /** Events that are in the log, but that the live state didn't take. */
  long withoutLive() {
    return withoutLive.sum();
  }

  @Override
  public Reply answer(Request request, Desk desk) {
    request.query().only(Set.of());
    List<Taken> events = new ArrayList<>();
    ByteArrayOutputStream lines = new ByteArrayOutputStream(request.body().length + 64);
    desk.begin();
    try {
      new Batch(kinds.get(), lines).read(request.body(), events);
    } catch (Refusal e) {
      refused.increment();
      throw e;
    }
    desk.recorded("events", "read");
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
      desk.recorded("events", "log");
    }
    toLive(events);
    desk.recorded("events", "live");
    accepted.add(events.size());
    return desk.json()
        .reply(
            out -> {
              out.writeStartObject();
              out.writeNumberField("accepted", events.size());
              out.writeEndObject();
            });
  }

  private void toLive(List<Taken> events) {
    int done = 0;
    try {
      for (; done < events.size(); done++) {
        live.append(events.get(done).user(), events.get(done).event());
      }
    } catch (RuntimeException e) {
      if (log == null) {
        throw e;
      }
      withoutLive.add(events.size() - done);
      said.event(
          "error",
          "live-state-refused",
          Map.of("events", events.size() - done, "message", String.valueOf(e.getMessage())));
    }
  }

  /** Reads the lines of one request. */
  private record Batch(Set<String> kinds, ByteArrayOutputStream lines) {
    void read(byte[] body, List<Taken> events) {
      int line = 0;
      int start = 0;
      while (start < body.length) {
        int end = start;
        while (end < body.length && body[end] != '\n') {
          end++;
        }
        line++;
        if (!blank(body, start, end)) {
          events.add(read(body, start, end, line));
        }
        start = end + 1;
      }
    }

    private Taken read(byte[] body, int start, int end, int line) {
      try {
        JsonNode node = MAPPER.readTree(body, start, end - start);
        if (!(node instanceof ObjectNode object)) {
          throw wrong(line, "is no JSON object");
        }
        String user = id(object, "user", line);
        String item = id(object, "item", line);
        String event = kind(object, line);
        long millis = time(object, line);
        object.put("time", millis);
        LiveState.requireId("user", Ids.requireTrimmed("user", user));
        if (!event.equals(UserEvent.SEARCH)) { // words may have blanks around them
          Ids.requireTrimmed("item", item);
        }
        Taken taken = new Taken(user, new UserEvent(item, event, millis));
        lines.writeBytes(MAPPER.writeValueAsBytes(object));
        lines.write('\n');
        return taken;
      } catch (IllegalArgumentException e) {
        throw wrong(line, "is refused: " + e.getMessage());
      } catch (JsonProcessingException e) {
        throw wrong(line, JsonFault.inLine(e));
      } catch (IOException e) {
        throw wrong(line, "can't be read: " + e.getMessage());
      }
    }

    private String kind(ObjectNode object, int line) {
      JsonNode event = object.get("event");
      if (event == null) {
        // Taken as nothing in particular it would count for no objective, and nobody would notice.
        throw wrong(line, "needs event, " + allowed());
      }
      if (!event.isTextual()) {
        throw wrong(line, "has an event that is no text");
      }
      if (!kinds.contains(event.textValue())) {
        throw wrong(
            line,
            "has an event '" + Query.shortened(event.textValue()) + "', must be " + allowed());
      }
      return event.textValue();
    }

    private String allowed() {
      return "one of "
          + String.join(", ", new TreeSet<>(kinds))
          + " (kinds under [events] of the server's settings adds others)";
    }

    private static long time(ObjectNode object, int line) {
      long now = System.currentTimeMillis();
      JsonNode time = object.get("time");
      if (time == null) {
        return now;
      }
      if (!(time.isIntegralNumber() && time.canConvertToLong())) {
        throw wrong(line, "has a time that is no whole number of milliseconds since 1970");
      }
      long millis = time.longValue();
      if (millis < 0 || millis > now + MOST_AHEAD_MILLIS) {
        throw wrong(
            line,
            "has the time "
                + millis
                + ", must be milliseconds from 0, the beginning of 1970, to a day from now, "
                + (now + MOST_AHEAD_MILLIS));
      }
      return millis;
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
}
