package dev.kindred.app.http;

import io.undertow.UndertowOptions;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * The socket, and Undertow's parser of HTTP behind it. Put together from its parts so that a reply
 * to what can't be parsed is ours, see {@link MalformedConduit}.
 */
final class HttpListener implements AutoCloseable {
  private static final int BUFFER_BYTES = 16 * 1024;
  private static final int BACKLOG = 1000;

  private final XnioWorker worker;
  private final HttpOpenListener connections;
  private final AcceptingChannel<? extends StreamConnection> socket;

  private HttpListener(
      XnioWorker worker,
      HttpOpenListener connections,
      AcceptingChannel<? extends StreamConnection> socket) {
    this.worker = worker;
    this.connections = connections;
    this.socket = socket;
  }

  /**
   * Binds and listens.
   *
   * @param handler of what could be parsed
   * @param malformed makes the replies to what couldn't
   */
  static HttpListener open(
      ServerOptions options, HttpHandler handler, MalformedConduit.Replies malformed)
      throws IOException {
    XnioWorker worker =
        Xnio.getInstance(HttpOpenListener.class.getClassLoader())
            .createWorker(
                OptionMap.builder()
                    .set(
                        Options.WORKER_IO_THREADS,
                        Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors())))
                    .set(Options.WORKER_TASK_CORE_THREADS, 1)
                    .set(Options.WORKER_TASK_MAX_THREADS, 1)
                    .getMap());
    try {
      HttpOpenListener connections =
          new HttpOpenListener(
              new DefaultByteBufferPool(true, BUFFER_BYTES, -1, 4), parsing(options));
      connections.setRootHandler(handler);
      AcceptingChannel<? extends StreamConnection> socket =
          worker.createStreamConnectionServer(
              new InetSocketAddress(InetAddress.getByName(options.host()), options.port()),
              ChannelListeners.<StreamConnection>openListenerAdapter(
                  connection -> {
                    MalformedConduit.under(connection, malformed);
                    connections.handleEvent(connection);
                  }),
              sockets(options));
      socket.resumeAccepts();
      return new HttpListener(worker, connections, socket);
    } catch (IOException | RuntimeException e) {
      worker.shutdownNow();
      throw e;
    }
  }

  /** The port that it listens on. */
  int port() {
    return socket.getLocalAddress(InetSocketAddress.class).getPort();
  }

  /** Ends every connection. */
  @Override
  public void close() {
    IoUtils.safeClose(socket);
    connections.closeConnections();
    worker.shutdownNow();
  }

  private static OptionMap parsing(ServerOptions options) {
    return OptionMap.builder()
        .set(UndertowOptions.MAX_HEADER_SIZE, options.headerBytes())
        .set(UndertowOptions.MAX_ENTITY_SIZE, (long) options.bodyBytes())
        .set(UndertowOptions.MAX_PARAMETERS, Query.MAX_PARAMETERS)
        .set(UndertowOptions.MAX_HEADERS, ServerOptions.MOST_HEADERS)
        .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, options.idleMillis())
        .set(UndertowOptions.NO_REQUEST_TIMEOUT, options.idleMillis())
        // A reply held back for the next one of its connection is lost where that is malformed.
        .set(UndertowOptions.BUFFER_PIPELINED_DATA, false)
        .getMap();
  }

  private static OptionMap sockets(ServerOptions options) {
    return OptionMap.builder()
        .set(Options.TCP_NODELAY, true)
        .set(Options.REUSE_ADDRESSES, true)
        .set(Options.BALANCING_TOKENS, 1)
        .set(Options.BALANCING_CONNECTIONS, 2)
        .set(Options.BACKLOG, BACKLOG)
        .set(Options.CONNECTION_HIGH_WATER, options.connections())
        .set(Options.CONNECTION_LOW_WATER, options.connections())
        .set(Options.WRITE_TIMEOUT, options.idleMillis())
        .getMap();
  }
}
