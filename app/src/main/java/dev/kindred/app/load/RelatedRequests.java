package dev.kindred.app.load;

import dev.kindred.app.http.HostName;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.index.run.Draws;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Whole requests for lists, related and personal ones, of drawn items. */
public final class RelatedRequests {
  /** Items of a list, as a page of a site shows them. */
  private static final int N = 20;

  private RelatedRequests() {}

  /**
   * Of eight requests five come from the table, two are scored for weights of their own, and one
   * tells its reasons.
   *
   * @param requestId sent along with each; "": none
   */
  public static byte[][] drawn(
      Recommender recommender, InetSocketAddress host, String requestId, int count, long seed) {
    Draws draws = Draws.of(seed, "related-requests");
    byte[][] requests = new byte[count][];
    String objective = encoded(recommender.objectives().getFirst().name());
    for (int i = 0; i < count; i++) {
      String id = recommender.idOf(draws.nextInt(recommender.size()));
      String query = "item=" + encoded(id) + "&n=" + N;
      query +=
          switch (i % 8) {
            case 2, 5 -> "&weight=" + objective + ":2";
            case 7 -> "&explain=true";
            default -> "";
          };
      requests[i] = get("/v1/related?" + query, host, requestId);
    }
    return requests;
  }

  /** For personal lists of histories of three drawn items. */
  public static byte[][] personal(
      Recommender recommender, InetSocketAddress host, String requestId, int count, long seed) {
    Draws draws = Draws.of(seed, "personal-requests");
    byte[][] requests = new byte[count][];
    for (int i = 0; i < count; i++) {
      StringBuilder target = new StringBuilder("/v1/recommend?n=" + N);
      for (int item = 0; item < 3; item++) {
        String id = recommender.idOf(draws.nextInt(recommender.size()));
        target.append("&history=").append(encoded(id));
      }
      requests[i] = get(target.toString(), host, requestId);
    }
    return requests;
  }

  /** A request with the headers of a plain client. */
  public static byte[] get(String target, InetSocketAddress host, String requestId) {
    return ("GET "
            + target
            + " HTTP/1.1\r\nHost: "
            + HostName.withPort(host.getHostString(), host.getPort())
            + (requestId.isEmpty() ? "" : "\r\nX-Request-Id: " + requestId)
            + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
