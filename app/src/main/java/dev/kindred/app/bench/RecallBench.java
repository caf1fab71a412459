package dev.kindred.app.bench;

import dev.kindred.engine.content.BestItems;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedResult;
import dev.kindred.engine.serve.RelatedSearcher;
import dev.kindred.index.run.Draws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How many of the truly best items ungated requests find, at the stored weights and at skewed ones:
 * each answer is compared with exact scores of all items.
 */
public final class RecallBench {
  private RecallBench() {}

  private record Weights(String name, double[] manual) {}

  /**
   * Runs it.
   *
   * @param n items asked for
   * @param queries random items per kind of weights
   * @param line told of each kind of weights
   */
  public static void run(
      Recommender recommender, int n, int queries, long seed, Consumer<Map<String, Object>> line) {
    for (Weights weights : weights(recommender, seed)) {
      line.accept(measure(recommender, weights, n, queries, seed));
    }
  }

  private static List<Weights> weights(Recommender recommender, long seed) {
    List<Weights> all = new ArrayList<>();
    int objectives = recommender.objectives().size();
    double[] stored =
        recommender.objectives().stream().mapToDouble(objective -> objective.manual()).toArray();
    all.add(new Weights("stored", stored));
    for (int k = 0; k < objectives; k++) {
      String name = recommender.objectives().get(k).name();
      if (recommender.objectives().get(k).polarity().sign() > 0) {
        double[] alone = new double[objectives];
        alone[k] = 1;
        all.add(new Weights(name + " alone", alone));
      }
      double[] heavy = stored.clone();
      heavy[k] *= 8;
      all.add(new Weights(name + " x 8", heavy));
    }
    for (int i = 0; i < 3; i++) {
      Draws draws = Draws.of(seed, "recall-weights", i);
      double[] drawn = new double[objectives];
      Arrays.setAll(drawn, k -> Math.exp(1.5 * draws.nextGaussian()));
      all.add(new Weights("drawn " + (i + 1), drawn));
    }
    return all;
  }

  private static Map<String, Object> measure(
      Recommender recommender, Weights weights, int n, int queries, long seed) {
    RelatedSearcher searcher = recommender.searcher();
    searcher.gate(false);
    for (int k = 0; k < weights.manual().length; k++) {
      searcher.weight(k, weights.manual()[k]);
    }
    RelatedResult result = new RelatedResult(n);
    int items = recommender.size();
    Draws draws = Draws.of(seed, "recall-queries");
    double found = 0;
    long nanos = 0;
    for (int q = 0; q < queries; q++) {
      draws.reset(q);
      int source = draws.nextInt(items);
      long start = System.nanoTime();
      searcher.relatedToOrdinal(source, n, result);
      nanos += System.nanoTime() - start;
      found += recall(recommender, source, weights.manual(), n, result);
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("weights", weights.name());
    line.put("n", n);
    line.put("queries", queries);
    line.put("recall", found / queries);
    line.put("meanMicros", nanos / 1000.0 / queries);
    return line;
  }

  /** The part of the n best that came back, an item as good as the last of them counting too. */
  private static double recall(
      Recommender recommender, int source, double[] manual, int n, RelatedResult result) {
    float bar =
        recommender.reading(
            snapshot -> {
              RelatedScorer scorer = snapshot.scorer();
              int block = 4096;
              RelatedScorer.Scratch scratch = scorer.newScratch(block);
              int[] targets = new int[block];
              float[] scores = new float[block];
              BestItems best = new BestItems(n);
              for (int from = 0; from < scorer.items(); from += block) {
                int count = Math.min(block, scorer.items() - from);
                for (int i = 0; i < count; i++) {
                  targets[i] = from + i;
                }
                scorer.score(source, targets, count, manual, scores, scratch);
                for (int i = 0; i < count; i++) {
                  if (targets[i] != source) {
                    best.offer(targets[i], scores[i]);
                  }
                }
              }
              best.sort();
              return best.size() == 0 ? 0 : best.score(best.size() - 1);
            });
    int good = 0;
    for (int rank = 0; rank < result.size(); rank++) {
      good += result.score(rank) >= bar ? 1 : 0;
    }
    return (double) good / Math.min(n, Math.max(1, recommender.size() - 1));
  }
}
