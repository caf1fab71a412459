package dev.kindred.app.output;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;

/**
 * Writes JSON, one object a line. Maps (use a LinkedHashMap, its order is kept) and records both
 * do; NaN and infinities, which JSON lacks, come out as strings. Not thread-safe.
 */
public final class JsonLines {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET).build();

  private final PrintWriter out;

  public JsonLines(PrintWriter out) {
    this.out = out;
  }

  /** Writes one object and flushes, so that a reader of a pipe sees each line as it comes. */
  public void write(Object object) {
    try {
      out.println(MAPPER.writeValueAsString(object));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("no JSON form of " + object.getClass().getName(), e);
    }
    out.flush();
  }
}
