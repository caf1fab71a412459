package dev.kindred.app.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.xnio.StreamConnection;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Below everything that a connection sends: puts a reply of ours in the place of the empty 400 that
 * Undertow sends past all handlers, where it can't parse a request or its Host header. For the
 * thread of one connection.
 */
final class MalformedConduit extends AbstractStreamSinkConduit<StreamSinkConduit> {
  /** Makes a reply, head and body, in the place of one of Undertow's. */
  interface Replies {
    /**
     * @param reason as Undertow's status line gives it
     * @param fault what is wrong, where that is known
     */
    byte[] malformed(String reason, Optional<Refusal> fault);
  }

  /** The reason of what can't be parsed at all. */
  static final String BAD_REQUEST = "Bad Request";

  private static final byte[] STATUS = "HTTP/1.1 400 ".getBytes(StandardCharsets.US_ASCII);
  private static final int DIGIT = "HTTP/1.".length(); // is 0 for an old client

  private final Replies replies;
  private final EscapedLine line;
  private ByteBuffer rest; // of our reply; null before there is one

  private MalformedConduit(StreamSinkConduit next, Replies replies, EscapedLine line) {
    super(next);
    this.replies = replies;
    this.line = line;
  }

  static void under(StreamConnection connection, Replies replies) {
    ConduitStreamSinkChannel sink = connection.getSinkChannel();
    sink.setConduit(
        new MalformedConduit(sink.getConduit(), replies, EscapedLine.under(connection)));
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    if (rest == null) {
      if (!isRefusal(source)) {
        return next.write(source);
      }
      String head = StandardCharsets.US_ASCII.decode(source.duplicate()).toString();
      if (head.contains(HttpServer.REQUEST_ID.toString())) {
        return next.write(source); // one of ours
      }
      String reason = head.substring(STATUS.length, head.indexOf('\r'));
      rest = ByteBuffer.wrap(replies.malformed(reason, line.fault()));
    }
    while (rest.hasRemaining()) {
      if (next.write(rest) == 0) {
        return 0; // asked again with the same bytes when the socket has room
      }
    }
    int whole = source.remaining();
    source.position(source.limit());
    return whole;
  }

  private static boolean isRefusal(ByteBuffer source) {
    if (source.remaining() < STATUS.length) {
      return false;
    }
    for (int i = 0; i < STATUS.length; i++) {
      if (source.get(source.position() + i) != STATUS[i] && i != DIGIT) {
        return false;
      }
    }
    return true;
  }
}
