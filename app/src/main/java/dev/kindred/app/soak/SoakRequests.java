package dev.kindred.app.soak;

import dev.kindred.app.load.RelatedRequests;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.index.run.Draws;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** What a soak asks for: plain, weighed, filtered and explained lists, reasons, searches. */
final class SoakRequests {
  private static final int COUNT = 4096;

  private SoakRequests() {}

  static byte[][] drawn(Recommender recommender, InetSocketAddress address, long seed) {
    Draws draws = Draws.of(seed, "soak");
    byte[][] requests = new byte[COUNT][];
    String objective = encoded(recommender.objectives().getFirst().name());
    for (int i = 0; i < COUNT; i++) {
      String item = id(recommender, draws);
      String target =
          switch (i % 10) {
            case 0, 1, 2, 3, 4 -> "/v1/related?n=20&item=" + item;
            case 5 -> "/v1/related?n=20&item=" + item + "&weight=" + objective + ":0.5";
            case 6, 7 -> {
              StringBuilder excluded = new StringBuilder("/v1/related?n=50&item=" + item);
              for (int j = 0; j < 20; j++) {
                excluded.append("&exclude=").append(id(recommender, draws));
              }
              yield excluded.toString();
            }
            case 8 -> "/v1/related?n=10&explain=true&item=" + item;
            default -> "/v1/explain?item=" + item + "&target=" + id(recommender, draws);
          };
      requests[i] = RelatedRequests.get(target, address, "");
    }
    return requests;
  }

  private static String id(Recommender recommender, Draws draws) {
    return encoded(recommender.idOf(draws.nextInt(recommender.size())));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
