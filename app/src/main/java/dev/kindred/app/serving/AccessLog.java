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
import java.util.function.LongSupplier;

/**
 * One JSON object a line: what happened to the server, slow and failed requests, and every request
 * if asked. Holds request ids, routes and times; never parameters, bodies, users or tokens. Free to
 * share.
 */
public final class AccessLog {
  /** The most lines of requests a second; more are counted, so that a flood can't fill a disk. */
  static final int MOST_PER_SECOND = 100;

  /** The most failures a second, apart from the requests: each has a stack trace of some KB. */
  static final int MOST_FAILURES_PER_SECOND = 10;

  private final PrintWriter out;
  private final long slowNanos;
  private final boolean all;
  private final LongSupplier nanoClock;
  private final Cap requests = new Cap(MOST_PER_SECOND, "requests-not-logged");
  private final Cap failures = new Cap(MOST_FAILURES_PER_SECOND, "failures-not-logged");

  /**
   * Writes to a stream.
   *
   * @param slowMillis requests that take at least this long are logged; 0: none for being slow
   * @param all whether the others are logged too
   */
  public AccessLog(PrintWriter out, int slowMillis, boolean all) {
    this(out, slowMillis, all, System::nanoTime);
  }

  /**
   * @param nanoClock in terms of {@link System#nanoTime}
   */
  AccessLog(PrintWriter out, int slowMillis, boolean all, LongSupplier nanoClock) {
    this.out = out;
    this.nanoClock = nanoClock;
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
    if (!slow && !all || !requests.granted()) {
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
    if (!failures.granted()) {
      return;
    }
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

  /** So many lines of a kind a second; the rest are counted, and told with the next line. */
  private final class Cap {
    private final int most;
    private final String event;
    private long second;
    private int inSecond;
    private long suppressed;

    /**
     * @param event that tells how many weren't written
     */
    Cap(int most, String event) {
      this.most = most;
      this.event = event;
    }

    synchronized boolean granted() {
      long now = Math.floorDiv(nanoClock.getAsLong(), 1_000_000_000L);
      if (now != second) {
        long dropped = suppressed;
        second = now;
        inSecond = 0;
        suppressed = 0;
        if (dropped > 0) {
          AccessLog.this.event("warn", event, Map.of("count", dropped));
        }
      }
      if (inSecond >= most) {
        suppressed++;
        return false;
      }
      inSecond++;
      return true;
    }
  }
}
