package dev.kindred.app.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Asks a server at a fixed rate over kept-open connections: an open loop. Requests are due at even
 * intervals whatever the server does; one that finds no free connection waits, and its wait counts
 * as response time.
 *
 * <p>One thread, which spins while replies are outstanding, so that it sees them as they come.
 * Where there is no processor for that beside the two that a server's threads want, it looks for
 * them every {@value #LOOK_NANOS} ns and however late the system wakes it (50,000 more on Linux),
 * which the times include: spinning there would make the server wait for whole turns of the
 * scheduler, 3 ms, and report its own doing.
 */
public final class HttpLoad implements AutoCloseable {
  /** Nothing is expected any more this long after the last request was due. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** How long to sleep between two looks for replies. */
  private static final long LOOK_NANOS = 20_000;

  /** Parking wakes late by about this much; the rest is spun. */
  private static final long LATE_NANOS = 80_000;

  private static final long HIGHEST_NANOS = TimeUnit.MINUTES.toNanos(10);

  private static final class Connection {
    final SocketChannel channel;
    final ReplyParser parser = new ReplyParser();
    ByteBuffer unsent;
    long due;
    long sent;
    boolean measured;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }
  }

  private final InetSocketAddress address;
  private final byte[][] requests;
  private final LoadOptions options;
  private final Selector selector = Selector.open();
  private final ArrayDeque<Connection> idle = new ArrayDeque<>();
  private final ArrayDeque<Long> waiting = new ArrayDeque<>();
  private final Map<Integer, Long> statuses = new TreeMap<>();
  private final Histogram service = new Histogram(HIGHEST_NANOS, 3);
  private final Histogram response = new Histogram(HIGHEST_NANOS, 3);
  private final boolean spins = spins();
  private int open;
  private int next;
  private int outstanding;
  private long unanswered;
  private long bytes;
  private long measuredFrom;
  private long lastReply;

  /**
   * Prepares to ask.
   *
   * @param requests whole requests, sent in turn
   */
  public HttpLoad(InetSocketAddress address, byte[][] requests, LoadOptions options)
      throws IOException {
    if (requests.length == 0) {
      throw new IllegalArgumentException("no requests to send");
    }
    this.address = address;
    this.requests = requests;
    this.options = options;
  }

  /** Whether a processor is spun on while replies are outstanding. */
  public static boolean spins() {
    return Runtime.getRuntime().availableProcessors() > 2;
  }

  /** Asks for the given time and waits for the last replies. */
  public LoadResult run() throws IOException {
    for (int i = 0; i < options.connections(); i++) {
      connect();
    }
    double interval = 1e9 / options.rate();
    long warmups = Math.round(options.warmupSeconds() * options.rate());
    long count = warmups + Math.max(1, Math.round(options.seconds() * options.rate()));
    long start = System.nanoTime() + 1_000_000;
    measuredFrom = start + Math.round(warmups * interval);
    lastReply = measuredFrom;
    long end = start + Math.round(count * interval);
    long sent = 0;
    while (true) {
      long now = System.nanoTime();
      long due = start + Math.round(sent * interval);
      while (sent < count && due <= now) {
        waiting.add(due);
        due = start + Math.round(++sent * interval);
      }
      while (!waiting.isEmpty() && !idle.isEmpty()) {
        send(idle.poll(), waiting.poll());
      }
      if (sent == count && waiting.isEmpty() && outstanding == 0) {
        break;
      }
      if (now > end + PATIENCE_NANOS || open == 0) {
        unanswered = waiting.size() + outstanding;
        break;
      }
      if (outstanding > 0) {
        if (selector.selectNow(this::ready) == 0 && !spins) {
          LockSupport.parkNanos(LOOK_NANOS);
        }
      } else if (due - now > LATE_NANOS) {
        LockSupport.parkNanos(due - now - LATE_NANOS);
      } else {
        Thread.onSpinWait();
      }
    }
    return new LoadResult(
        service,
        response,
        statuses,
        count - warmups,
        unanswered,
        (lastReply - measuredFrom) / 1e9,
        bytes);
  }

  @Override
  public void close() throws IOException {
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }

  private void connect() throws IOException {
    SocketChannel channel = SocketChannel.open(address);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    Connection connection = new Connection(channel);
    channel.register(selector, SelectionKey.OP_READ, connection);
    open++;
    idle.add(connection);
  }

  private void send(Connection connection, long due) {
    connection.due = due;
    connection.measured = due >= measuredFrom;
    connection.sent = System.nanoTime();
    connection.unsent = ByteBuffer.wrap(requests[next]);
    next = next + 1 == requests.length ? 0 : next + 1;
    outstanding++;
    write(connection);
  }

  private void write(Connection connection) {
    try {
      connection.channel.write(connection.unsent);
    } catch (IOException e) {
      broken(connection);
      return;
    }
    SelectionKey key = connection.channel.keyFor(selector);
    key.interestOps(
        connection.unsent.hasRemaining()
            ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
            : SelectionKey.OP_READ);
  }

  private void ready(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    if (key.isWritable() && connection.unsent.hasRemaining()) {
      write(connection);
    }
    if (!key.isValid() || !key.isReadable()) {
      return;
    }
    try {
      if (connection.channel.read(connection.parser.room()) < 0) {
        broken(connection);
        return;
      }
      if (connection.parser.complete()) {
        answered(connection);
      }
    } catch (IOException | IllegalStateException e) {
      broken(connection);
    }
  }

  private void answered(Connection connection) {
    long now = System.nanoTime();
    if (connection.measured) {
      service.recordValue(Math.min(HIGHEST_NANOS, now - connection.sent));
      response.recordValue(Math.min(HIGHEST_NANOS, now - connection.due));
      statuses.merge(connection.parser.status(), 1L, Long::sum);
      bytes += connection.parser.bytes();
      lastReply = now;
    }
    connection.parser.next();
    outstanding--;
    idle.add(connection);
  }

  /** Counts what was lost with a connection and opens another one, if the server still takes it. */
  private void broken(Connection connection) {
    if (connection.unsent != null && !idle.remove(connection)) {
      outstanding--;
      if (connection.measured) {
        statuses.merge(-1, 1L, Long::sum);
      }
    } else {
      idle.remove(connection);
    }
    open--;
    try {
      connection.channel.close();
      connect();
    } catch (IOException e) {
      // The server is gone, or takes no more; the run ends when none is left.
    }
  }
}
