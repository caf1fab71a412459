package dev.kindred.app.serving;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kindred.app.http.JsonBody;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One JSON object a line: what happened to the server, slow and failed requests, and every request
 * if asked. Holds request ids, routes and times; never parameters, bodies, users or tokens. Free to
 * share.
 */
public final class AccessLog {
  /** The most lines of requests a second; more are counted, so that a flood can't fill a disk. */
  private static final int MOST_PER_SECOND = 100;

  private final PrintWriter out;
  private final long slowNanos;
  private final boolean all;
  private long second;
  private int inSecond;
  private long suppressed;

  /**
   * Writes to a stream.
   *
   * @param slowMillis requests that take at least this long are logged; 0: none for being slow
   * @param all whether the others are logged too
   */
  public AccessLog(PrintWriter out, int slowMillis, boolean all) {
    this.out = out;
    slowNanos = slowMillis == 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(slowMillis);
    this.all = all;
  }

  /** Something happened to the server itself. */
  public void event(String level, String event, Map<String, Object> details) {
    write(
        out -> {
          head(out, level, event);
          for (Map.Entry<String, Object> detail : details.entrySet()) {
            out.writePOJOField(detail.getKey(), detail.getValue());
          }
        });
  }

  void answered(
      String route,
      String id,
      int status,
      long queueNanos,
      long answerNanos,
      long totalNanos,
      long bytes) {
    boolean slow = totalNanos >= slowNanos;
    if (!slow && !all || !granted()) {
      return;
    }
    write(
        out -> {
          head(out, slow ? "warn" : "info", slow ? "slow-request" : "request");
          out.writeStringField("requestId", id);
          out.writeStringField("route", route);
          out.writeNumberField("status", status);
          out.writeNumberField("queueMicros", queueNanos / 1000);
          out.writeNumberField("answerMicros", answerNanos / 1000);
          out.writeNumberField("totalMicros", totalNanos / 1000);
          out.writeNumberField("bytes", bytes);
        });
  }

  void failed(String route, String id, Throwable failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    write(
        out -> {
          head(out, "error", "request-failed");
          out.writeStringField("requestId", id);
          out.writeStringField("route", route);
          out.writeStringField("trace", trace.toString());
        });
  }

  private static void head(JsonGenerator out, String level, String event) throws IOException {
    out.writeStringField("time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    out.writeStringField("level", level);
    out.writeStringField("event", event);
  }

  private void write(JsonBody.Writer fields) {
    byte[] line =
        new JsonBody()
            .bytes(
                out -> {
                  out.writeStartObject();
                  fields.write(out);
                  out.writeEndObject();
                });
    synchronized (out) {
      out.println(new String(line, StandardCharsets.UTF_8));
      out.flush();
    }
  }

  private synchronized boolean granted() {
    long now = System.nanoTime() / 1_000_000_000;
    if (now != second) {
      long dropped = suppressed;
      second = now;
      inSecond = 0;
      suppressed = 0;
      if (dropped > 0) {
        event("warn", "requests-not-logged", Map.of("count", dropped));
      }
    }
    if (inSecond >= MOST_PER_SECOND) {
      suppressed++;
      return false;
    }
    inSecond++;
    return true;
  }
}
