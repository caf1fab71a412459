package dev.kindred.app.serving;

import dev.kindred.app.http.ServerOptions;
import dev.kindred.app.load.HttpLoad;
import dev.kindred.app.load.LoadOptions;
import dev.kindred.app.load.RelatedRequests;
import dev.kindred.engine.serve.Recommender;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Asks a server that has just started until its code is compiled and the pages of its snapshot are
 * in memory, so that nobody who comes after "ready" pays for either.
 */
final class WarmUp {
  private static final int MOST_CONNECTIONS = 4;
  private static final double FIRST_RATE = 500;
  private static final double MOST_RATE = 4000;

  /** One request of so many is for a personal list, which takes some hundred times as long. */
  private static final int PERSONAL = 32;

  /**
   * One of so many is a search that finds nothing, so that it looks at every item it has time for.
   */
  private static final int SEARCH = 32;

  private static final String UNKNOWN = "no+such+words+anywhere";

  private WarmUp() {}

  /**
   * Asks over the loopback, faster each quarter of the time, for lists of drawn items: most from
   * the table, some scored, some with reasons; a few personal ones where there can be any, and a
   * few searches by words.
   *
   * @param requestId of each, by which they are told from those of clients
   * @param connections kept open, each with one request at a time
   */
  static void run(
      Recommender recommender,
      InetSocketAddress address,
      String requestId,
      int connections,
      int millis)
      throws IOException {
    if (recommender.size() == 0 || millis == 0) {
      return;
    }
    byte[][] requests = RelatedRequests.drawn(recommender, address, requestId, 1024, 1);
    if (recommender.canRecommend()) {
      byte[][] personal =
          RelatedRequests.personal(recommender, address, requestId, requests.length / PERSONAL, 1);
      for (int i = 0; i < personal.length; i++) {
        requests[i * PERSONAL] = personal[i];
      }
    }
    byte[] search = RelatedRequests.get("/v1/items?n=8&query=" + UNKNOWN, address, requestId);
    for (int i = SEARCH / 2; i < requests.length; i += SEARCH) {
      requests[i] = search;
    }
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (double rate = FIRST_RATE;
        System.nanoTime() < until;
        rate = Math.min(MOST_RATE, 2 * rate)) {
      LoadOptions options = new LoadOptions(rate, Math.max(0.05, millis / 4000.0), 0, connections);
      try (HttpLoad load = new HttpLoad(address, requests, options)) {
        load.run();
      }
    }
  }

  /**
   * How many connections may ask a server at once without being refused by its queue: half of its
   * places, since a place is given back a moment after its reply has gone; at least one.
   */
  static int connections(ServerOptions server) {
    return Math.clamp((server.workers() + server.queue()) / 2, 1, MOST_CONNECTIONS);
  }
}
