package dev.kindred.app.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Below everything that a connection reads: remembers the line of the request that came last if it
 * has a percent sign, for Undertow refuses a wrong escape without telling which one. For the thread
 * of one connection.
 */
final class EscapedLine extends AbstractStreamSourceConduit<StreamSourceConduit> {
  /** A longer line is not remembered. */
  static final int MOST_BYTES = 1024;

  private byte[] line = {}; // of MOST_BYTES once a line had a percent sign
  private int length; // of the line; 0 where there is none to look at

  EscapedLine(StreamSourceConduit next) {
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

  // Bodies may be read in these ways, lines of requests are not.

  @Override
  public long read(ByteBuffer[] targets, int offset, int count) throws IOException {
    length = 0;
    return next.read(targets, offset, count);
  }

  @Override
  public long transferTo(long position, long count, FileChannel target) throws IOException {
    length = 0;
    return next.transferTo(position, count, target);
  }

  @Override
  public long transferTo(long count, ByteBuffer through, StreamSinkChannel target)
      throws IOException {
    length = 0;
    return next.transferTo(count, through, target);
  }

  /** Looks at what was read only if it begins as a method does, which a body hardly ever does. */
  private void remember(ByteBuffer read, int start) {
    length = 0;
    if (read.get(start) < 'A' || read.get(start) > 'Z') {
      return;
    }
    boolean escaped = false;
    int most = Math.min(read.position(), start + MOST_BYTES);
    int end = start;
    for (; end < most && read.get(end) != '\n'; end++) {
      escaped |= read.get(end) == '%';
    }
    if (escaped) {
      if (line.length == 0) {
        line = new byte[MOST_BYTES];
      }
      length = end - start;
      read.get(start, line, 0, length);
    }
  }

  /**
   * What is wrong with the escapes of the line, if it is a request's; empty if nothing is. A
   * request that doesn't begin what came last, because it was sent right behind another one or in
   * pieces, is not looked at, nor one whose line is longer than {@link #MOST_BYTES}.
   */
  Optional<Refusal> fault() {
    String[] parts =
        new String(line, 0, length, StandardCharsets.ISO_8859_1).stripTrailing().split(" ");
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
