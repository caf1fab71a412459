package dev.kindred.live;

import dev.kindred.engine.serve.LiveItem;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.UserEvent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Byte forms of what the maps hold, little-endian, text in UTF-8.
 *
 * <pre>
 * event    u16 bytes of item | u16 bytes of event | i64 time | item | event
 * history  events, oldest first, one after the other
 * item     i64 added | u16 fields | per field: text name | u16 values | per value: text
 * text     u16 bytes | bytes
 * counter  i64
 * </pre>
 */
final class LiveRecords {
  /** The value of a mark. */
  static final byte[] NOTHING = {};

  /** Largest item, so that an entry never outgrows what the map was laid out for. */
  static final int MAX_ITEM_BYTES = 64 << 10;

  /** Largest event: head, item id, name. */
  static final int MAX_EVENT_BYTES = 12 + 2 * LiveState.MAX_ID_BYTES;

  private LiveRecords() {}

  static byte[] encodeEvent(UserEvent event) {
    byte[] item = event.item().getBytes(StandardCharsets.UTF_8);
    byte[] name = event.event().getBytes(StandardCharsets.UTF_8);
    if (name.length > LiveState.MAX_ID_BYTES) {
      throw new IllegalArgumentException(
          "name of an event takes "
              + name.length
              + " bytes of UTF-8, at most "
              + LiveState.MAX_ID_BYTES
              + " are allowed");
    }
    return buffer(12 + item.length + name.length)
        .putShort((short) item.length)
        .putShort((short) name.length)
        .putLong(event.timeMillis())
        .put(item)
        .put(name)
        .array();
  }

  /** The history with one more event, without the oldest where it would exceed {@code length}. */
  static byte[] appended(byte[] history, byte[] event, int length) {
    if (history == null) {
      return event;
    }
    ByteBuffer in = wrap(history);
    int drop = countEvents(in) + 1 - length;
    for (int i = 0; i < drop; i++) {
      skipEvent(in);
    }
    return buffer(in.remaining() + event.length).put(in).put(event).array();
  }

  /** Up to n events, newest first. */
  static List<UserEvent> lastEvents(byte[] history, int n) {
    ByteBuffer in = wrap(history);
    int skip = Math.max(0, countEvents(in) - n);
    for (int i = 0; i < skip; i++) {
      skipEvent(in);
    }
    List<UserEvent> events = new ArrayList<>();
    while (in.hasRemaining()) {
      int item = Short.toUnsignedInt(in.getShort());
      int name = Short.toUnsignedInt(in.getShort());
      long time = in.getLong();
      events.add(new UserEvent(text(in, item), text(in, name), time));
    }
    Collections.reverse(events);
    return List.copyOf(events);
  }

  /**
   * The item without its id, which is the key.
   *
   * @throws IllegalArgumentException if it takes more than {@link #MAX_ITEM_BYTES}
   */
  static byte[] encodeItem(LiveItem item) {
    List<byte[]> texts = new ArrayList<>();
    long bytes = Long.BYTES + Short.BYTES;
    for (Map.Entry<String, List<String>> field : item.values().entrySet()) {
      texts.add(field.getKey().getBytes(StandardCharsets.UTF_8));
      field.getValue().forEach(value -> texts.add(value.getBytes(StandardCharsets.UTF_8)));
      bytes += Short.BYTES;
    }
    for (byte[] text : texts) {
      bytes += Short.BYTES + text.length;
    }
    if (bytes > MAX_ITEM_BYTES) {
      throw new IllegalArgumentException(
          "the fields of item "
              + item.id()
              + " take "
              + bytes
              + " bytes, at most "
              + MAX_ITEM_BYTES
              + " are allowed");
    }
    ByteBuffer out = buffer((int) bytes);
    out.putLong(item.addedMillis()).putShort((short) item.values().size());
    int next = 0;
    for (List<String> values : item.values().values()) {
      putText(out, texts.get(next++));
      out.putShort((short) values.size());
      for (int i = 0; i < values.size(); i++) {
        putText(out, texts.get(next++));
      }
    }
    return out.array();
  }

  static LiveItem decodeItem(String id, byte[] encoded) {
    ByteBuffer in = wrap(encoded);
    long added = in.getLong();
    int fields = Short.toUnsignedInt(in.getShort());
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (int f = 0; f < fields; f++) {
      String name = text(in, Short.toUnsignedInt(in.getShort()));
      int count = Short.toUnsignedInt(in.getShort());
      List<String> list = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        list.add(text(in, Short.toUnsignedInt(in.getShort())));
      }
      values.put(name, list);
    }
    return new LiveItem(id, values, added);
  }

  static byte[] encodeLong(long value) {
    return buffer(Long.BYTES).putLong(value).array();
  }

  static long decodeLong(byte[] encoded) {
    return wrap(encoded).getLong();
  }

  /** Events from the buffer's position to its end; leaves the position alone. */
  private static int countEvents(ByteBuffer history) {
    ByteBuffer in = history.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int count = 0;
    while (in.hasRemaining()) {
      skipEvent(in);
      count++;
    }
    return count;
  }

  private static void skipEvent(ByteBuffer in) {
    int item = Short.toUnsignedInt(in.getShort());
    int name = Short.toUnsignedInt(in.getShort());
    in.position(in.position() + Long.BYTES + item + name);
  }

  private static void putText(ByteBuffer out, byte[] text) {
    out.putShort((short) text.length).put(text);
  }

  private static String text(ByteBuffer in, int bytes) {
    byte[] text = new byte[bytes];
    in.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer wrap(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
