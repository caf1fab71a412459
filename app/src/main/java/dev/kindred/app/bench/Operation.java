package dev.kindred.app.bench;

import dev.kindred.engine.serve.RecommendResult;
import dev.kindred.engine.serve.RecommendSearcher;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedResult;
import dev.kindred.engine.serve.RelatedSearcher;
import dev.kindred.engine.serve.SimilarSearcher;
import dev.kindred.index.IdTable;
import dev.kindred.index.run.Draws;
import java.util.Arrays;
import java.util.List;

/** What the embedded benchmark asks for, by the name of its figures. */
enum Operation {
  /** The precomputed list of a random item. */
  RELATED_TABLE("related-table") {
    @Override
    OpenLoop.Requests requests(Recommender recommender, int n, long seed, int thread) {
      RelatedSearcher searcher = recommender.searcher();
      RelatedResult result = new RelatedResult(n);
      Draws draws = Draws.of(seed, name());
      int items = recommender.size();
      return number -> {
        draws.reset(thread, number);
        searcher.relatedToOrdinal(draws.nextInt(items), n, result);
      };
    }
  },

  /** The gated candidates of a random item, scored at weights of the request. */
  RELATED_ONLINE("related-online") {
    @Override
    OpenLoop.Requests requests(Recommender recommender, int n, long seed, int thread) {
      return weighed(recommender, recommender.searcher(), n, Draws.of(seed, name()), thread);
    }
  },

  /** All items, by the fused index, at weights of the request. */
  RELATED_UNGATED("related-ungated") {
    @Override
    OpenLoop.Requests requests(Recommender recommender, int n, long seed, int thread) {
      RelatedSearcher searcher = recommender.searcher();
      searcher.gate(false);
      return weighed(recommender, searcher, n, Draws.of(seed, name()), thread);
    }

    @Override
    boolean isServedBy(Recommender recommender) {
      return recommender.manifest().fused().isPresent();
    }
  },

  /** All items, by a vector over all channels. */
  SIMILAR("similar") {
    @Override
    OpenLoop.Requests requests(Recommender recommender, int n, long seed, int thread) {
      SimilarSearcher searcher = recommender.similarSearcher();
      RelatedResult result = new RelatedResult(n);
      Draws draws = Draws.of(seed, name());
      int items = recommender.size();
      float[][] vectors = new float[256][];
      for (int i = 0; i < vectors.length; i++) {
        draws.reset(thread, i);
        vectors[i] = VectorOfItem.read(recommender, draws.nextInt(items));
      }
      return number -> searcher.similar(vectors[(int) (number % vectors.length)], n, result);
    }

    @Override
    boolean isServedBy(Recommender recommender) {
      return recommender.manifest().fused().isPresent();
    }
  },

  /** A list for a random user: 500 candidates retrieved and ranked. */
  RECOMMEND("recommend") {
    @Override
    OpenLoop.Requests requests(Recommender recommender, int n, long seed, int thread) {
      RecommendSearcher searcher = recommender.recommendSearcher();
      RecommendResult result = new RecommendResult(n);
      Draws draws = Draws.of(seed, name());
      String[] users =
          recommender.reading(
              snapshot -> {
                IdTable ids = snapshot.ranking().orElseThrow().users();
                String[] drawn = new String[USERS];
                for (int i = 0; i < drawn.length; i++) {
                  draws.reset(thread, i);
                  drawn[i] = ids.idOf(draws.nextInt(ids.size()));
                }
                return drawn;
              });
      return number -> searcher.recommend(users[(int) (number % users.length)], n, result);
    }

    @Override
    boolean isServedBy(Recommender recommender) {
      return recommender.reading(
          snapshot -> snapshot.ranking().filter(ranking -> ranking.users().size() > 0).isPresent());
    }
  };

  /** Users whose ids are drawn ahead, so that requests make no strings. */
  private static final int USERS = 8192;

  private final String label;

  Operation(String label) {
    this.label = label;
  }

  /** Name in results and on the command line. */
  String label() {
    return label;
  }

  /** The requests of one thread; made on that thread. */
  abstract OpenLoop.Requests requests(Recommender recommender, int n, long seed, int thread);

  /** Whether the snapshot has what it takes. */
  boolean isServedBy(Recommender recommender) {
    return true;
  }

  static Operation of(String label) {
    return Arrays.stream(values())
        .filter(operation -> operation.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "no operation '" + label + "'; there are " + labels()));
  }

  static List<String> labels() {
    return Arrays.stream(values()).map(Operation::label).toList();
  }

  /** Lists of random items at random weights. */
  private static OpenLoop.Requests weighed(
      Recommender recommender, RelatedSearcher searcher, int n, Draws draws, int thread) {
    RelatedResult result = new RelatedResult(n);
    int items = recommender.size();
    return number -> {
      draws.reset(thread, number);
      drawWeights(searcher, recommender.objectives().size(), draws);
      searcher.relatedToOrdinal(draws.nextInt(items), n, result);
    };
  }

  /** Weights from 0.25 to 4, none the stored one. */
  private static void drawWeights(RelatedSearcher searcher, int objectives, Draws draws) {
    for (int k = 0; k < objectives; k++) {
      searcher.weight(k, 0.25 + 3.75 * draws.nextDouble());
    }
  }
}
