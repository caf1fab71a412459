package dev.kindred.app.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.xnio.StreamConnection;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Below everything that a connection reads: remembers the first line of what came last if it has a
 * percent sign, for Undertow refuses a wrong escape without telling which one. For the thread of
 * one connection.
 */
final class EscapedLine extends AbstractStreamSourceConduit<StreamSourceConduit> {
  private String line = "";

  private EscapedLine(StreamSourceConduit next) {
    super(next);
  }

  static EscapedLine under(StreamConnection connection) {
    ConduitStreamSourceChannel source = connection.getSourceChannel();
    EscapedLine line = new EscapedLine(source.getConduit());
    source.setConduit(line);
    return line;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int start = target.position();
    int count = next.read(target);
    if (count > 0) {
      remember(target, start);
    }
    return count;
  }

  private void remember(ByteBuffer read, int start) {
    boolean escaped = false;
    int end = start;
    for (; end < read.position() && read.get(end) != '\n'; end++) {
      escaped |= read.get(end) == '%';
    }
    line = "";
    if (escaped) {
      byte[] bytes = new byte[end - start];
      read.get(start, bytes);
      line = new String(bytes, StandardCharsets.ISO_8859_1).stripTrailing();
    }
  }

  /**
   * What is wrong with the escapes of the line, if it begins a request; empty if nothing is. A
   * request that doesn't begin what came last, because it was sent right behind another one or in
   * pieces, is not looked at.
   */
  Optional<Refusal> fault() {
    String[] parts = line.split(" ");
    if (parts.length != 3 || !parts[2].startsWith("HTTP/")) {
      return Optional.empty();
    }
    int question = parts[1].indexOf('?');
    try {
      Query.checkEscapes(question < 0 ? parts[1] : parts[1].substring(0, question));
      if (question >= 0) {
        Query.parse(parts[1].substring(question + 1));
      }
      return Optional.empty();
    } catch (Refusal refusal) {
      return Optional.of(refusal).filter(found -> found.code().equals(Query.MALFORMED));
    }
  }
}
