package dev.kindred.app.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Finds the end of replies, which must have a Content-Length, as those of our server do. For one
 * connection.
 */
final class ReplyParser {
  private ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
  private int headEnd = -1;
  private long total = -1;
  private int status;

  /** Where to read into. */
  ByteBuffer room() {
    if (!buffer.hasRemaining()) {
      buffer = ByteBuffer.allocate(2 * buffer.capacity()).put(buffer.flip());
    }
    return buffer;
  }

  /**
   * Whether a whole reply has come. One reply to one request: nothing may follow it.
   *
   * @throws IllegalStateException if it isn't one, or more came
   */
  boolean complete() {
    if (headEnd < 0) {
      headEnd = headEnd();
      if (headEnd < 0) {
        return false;
      }
      head();
    }
    if (buffer.position() > total) {
      throw new IllegalStateException("bytes after the end of a reply");
    }
    return buffer.position() == total;
  }

  int status() {
    return status;
  }

  long bytes() {
    return total;
  }

  /** Forgets the reply. */
  void next() {
    buffer.clear();
    headEnd = -1;
    total = -1;
  }

  private int headEnd() {
    byte[] bytes = buffer.array();
    for (int i = 3; i < buffer.position(); i++) {
      if (bytes[i] == '\n'
          && bytes[i - 1] == '\r'
          && bytes[i - 2] == '\n'
          && bytes[i - 3] == '\r') {
        return i + 1;
      }
    }
    return -1;
  }

  private void head() {
    String head = new String(buffer.array(), 0, headEnd, StandardCharsets.ISO_8859_1);
    if (!head.startsWith("HTTP/1.1 ")) {
      throw new IllegalStateException(
          "no reply of HTTP/1.1: " + head.lines().findFirst().orElse(""));
    }
    status = Integer.parseInt(head.substring(9, 12));
    for (String line : head.split("\r\n")) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).toLowerCase(Locale.ROOT).equals("content-length")) {
        total = headEnd + Long.parseLong(line.substring(colon + 1).strip());
        return;
      }
    }
    throw new IllegalStateException("a reply without Content-Length");
  }
}
