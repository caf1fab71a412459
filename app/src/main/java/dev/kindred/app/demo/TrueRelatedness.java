package dev.kindred.app.demo;

import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.eval.RelatedLists;
import dev.kindred.engine.world.World;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Distances;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How related the items of related lists really are, by what only the simulator knows: {@link
 * World#relatedness}, averaged over the pairs of a source and an item of its list. For one thread;
 * the same result for any number of workers.
 */
final class TrueRelatedness {
  /** Name of the row of the lists that could not be better. */
  static final String BEST = "best possible";

  /**
   * Means over the pairs of some lists.
   *
   * @param lists name of their source
   * @param relatedness positive objective to how much likelier than anybody a user of the one item
   *     is to do the same with the other; for {@link #BEST} each objective has lists of its own
   * @param disliked share of the clicks on the listed items by users of the source that end in a
   *     dislike; NaN for {@link #BEST}
   */
  record Score(String lists, Map<String, Double> relatedness, double disliked) {}

  private static final int CLICK = 0;

  private final World world;
  private final int[] sources;
  private final int k;
  private final Workers workers;
  private final int users;
  private final int items;

  /**
   * For lists of some items.
   *
   * @param sources the items whose lists are looked at; may hold one several times
   * @param k length of the lists
   */
  TrueRelatedness(World world, int[] sources, int k, Workers workers) {
    this.world = world;
    this.sources = sources;
    this.k = k;
    this.workers = workers;
    users = world.users().ids().size();
    items = world.items().ids().size();
  }

  /** One score for each source of lists, before them the best possible one. */
  List<Score> scores(Map<String, RelatedLists> lists) {
    Map<String, int[][]> related = new LinkedHashMap<>();
    lists.forEach((name, list) -> related.put(name, lists(list)));
    Map<String, Map<String, Double>> relatedness = new LinkedHashMap<>();
    relatedness.put(BEST, new LinkedHashMap<>());
    related.keySet().forEach(name -> relatedness.put(name, new LinkedHashMap<>()));
    Map<String, Double> disliked = new LinkedHashMap<>();
    float[][] clicks = affinities(CLICK);
    for (int objective = 0; objective < World.objectives().size(); objective++) {
      String name = World.objectives().get(objective).name();
      float[][] affinity = objective == CLICK ? clicks : affinities(objective);
      if (World.objectives().get(objective).polarity() == Polarity.NEGATIVE) {
        related.forEach((list, of) -> disliked.put(list, share(clicks, affinity, of)));
      } else {
        double[] sums = sums(affinity);
        relatedness.get(BEST).put(name, best(affinity, sums));
        related.forEach((list, of) -> relatedness.get(list).put(name, mean(affinity, sums, of)));
      }
    }
    List<Score> scores = new ArrayList<>();
    relatedness.forEach(
        (name, means) ->
            scores.add(new Score(name, means, disliked.getOrDefault(name, Double.NaN))));
    return scores;
  }

  private int[][] lists(RelatedLists list) {
    int[][] related = new int[sources.length][];
    int[] out = new int[k];
    for (int s = 0; s < sources.length; s++) {
      related[s] = Arrays.copyOf(out, list.related(sources[s], k, out));
    }
    return related;
  }

  /** [items x users]. */
  private float[][] affinities(int objective) {
    float[][] affinities = new float[items][users];
    workers.forEachRange(
        items,
        16,
        (from, to, worker) -> {
          for (int item = (int) from; item < to; item++) {
            for (int user = 0; user < users; user++) {
              affinities[item][user] = (float) world.affinity(objective, user, item);
            }
          }
        });
    return affinities;
  }

  private static double[] sums(float[][] affinities) {
    double[] sums = new double[affinities.length];
    for (int item = 0; item < sums.length; item++) {
      for (float affinity : affinities[item]) {
        sums[item] += affinity;
      }
    }
    return sums;
  }

  private double relatedness(float[][] affinity, double[] sums, int item, int other) {
    return Distances.dot(affinity[item], 0, affinity[other], 0, users) / sums[item]
        - sums[other] / users;
  }

  private double mean(float[][] affinity, double[] sums, int[][] related) {
    double sum = 0;
    int pairs = 0;
    for (int s = 0; s < sources.length; s++) {
      for (int other : related[s]) {
        sum += relatedness(affinity, sums, sources[s], other);
        pairs++;
      }
    }
    return sum / pairs;
  }

  private double best(float[][] affinity, double[] sums) {
    double[] bestOfSource = new double[sources.length];
    int length = Math.min(k, items - 1);
    workers.forEachRange(
        sources.length,
        4,
        (from, to, worker) -> {
          double[] all = new double[items];
          for (int s = (int) from; s < to; s++) {
            for (int other = 0; other < items; other++) {
              all[other] =
                  other == sources[s]
                      ? Double.NEGATIVE_INFINITY
                      : relatedness(affinity, sums, sources[s], other);
            }
            Arrays.sort(all);
            for (int i = 0; i < length; i++) {
              bestOfSource[s] += all[items - 1 - i] / length;
            }
          }
        });
    return Arrays.stream(bestOfSource).sum() / sources.length;
  }

  private double share(float[][] clicks, float[][] dislikes, int[][] related) {
    double disliked = 0;
    double clicked = 0;
    for (int s = 0; s < sources.length; s++) {
      float[] here = clicks[sources[s]];
      for (int other : related[s]) {
        disliked += Distances.dot(here, 0, dislikes[other], 0, users);
        clicked += Distances.dot(here, 0, clicks[other], 0, users);
      }
    }
    return disliked / clicked;
  }
}
