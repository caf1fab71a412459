package example;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedItem;
import dev.kindred.engine.serve.UnknownItemException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server of somebody else's that answers from a snapshot of Kindred in its own process: {@code
 * GET /watch-next?video=ID}, one id a line. Nothing but the JDK and the engine.
 */
public final class EmbeddedServer implements AutoCloseable {
  private final Recommender recommender;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Opens the snapshot once; every request reads the same mapped files. */
  public EmbeddedServer(Path snapshot, int port) throws IOException {
    recommender = Recommender.open(snapshot);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext("/watch-next", this::watchNext);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void watchNext(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getRawQuery();
    if (query == null || !query.startsWith("video=")) {
      send(exchange, 400, "ask for /watch-next?video=ID\n");
      return;
    }
    String video = URLDecoder.decode(query.substring("video=".length()), StandardCharsets.UTF_8);
    try {
      StringBuilder ids = new StringBuilder();
      for (RelatedItem item : recommender.related(video, 10)) {
        ids.append(item.id()).append('\n');
      }
      send(exchange, 200, ids.toString());
    } catch (UnknownItemException e) {
      send(exchange, 404, e.getMessage() + "\n");
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(1);
    threads.close();
    recommender.close();
  }

  /** Serves a snapshot until it is killed: {@code EmbeddedServer DIR PORT}. */
  public static void main(String[] args) throws IOException {
    EmbeddedServer running = new EmbeddedServer(Path.of(args[0]), Integer.parseInt(args[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(running::close));
    System.out.println("http://127.0.0.1:" + running.port() + "/watch-next?video=ID");
  }
}
