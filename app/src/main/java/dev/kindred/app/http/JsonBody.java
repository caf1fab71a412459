package dev.kindred.app.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes JSON bodies into a buffer that it keeps from one to the next. For one thread. */
public final class JsonBody {
  private static final JsonMapper MAPPER =
      new JsonMapper(
          JsonFactory.builder().recyclerPool(JsonRecyclerPools.newConcurrentDequePool()).build());

  /** Writes one value. */
  public interface Writer {
    void write(JsonGenerator out) throws IOException;
  }

  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(8192);

  /** The bytes of what is written, as a new array. */
  public byte[] bytes(Writer writer) {
    buffer.reset();
    try (JsonGenerator out = MAPPER.createGenerator(buffer)) {
      writer.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not from memory
    }
    return buffer.toByteArray();
  }

  /** A reply of 200 with what is written. */
  public Reply reply(Writer writer) {
    return Reply.json(bytes(writer));
  }

  /** The reply that tells why a request was refused. */
  public Reply refused(Refusal refusal, String requestId) {
    byte[] body =
        bytes(
            out -> {
              out.writeStartObject();
              out.writeObjectFieldStart("error");
              out.writeStringField("code", refusal.code());
              out.writeStringField("message", refusal.getMessage());
              out.writeEndObject();
              out.writeStringField("requestId", requestId);
              out.writeEndObject();
            });
    return new Reply(refusal.status(), Reply.JSON, body, refusal.retryAfterSeconds());
  }

  /**
   * A float the shortest way that reads back the same; JSON has no NaN and no infinities, they are
   * written as null.
   */
  public static void number(JsonGenerator out, float value) throws IOException {
    if (Float.isFinite(value)) {
      out.writeNumber(value);
    } else {
      out.writeNull();
    }
  }
}
