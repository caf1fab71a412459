package dev.kindred.app.evaluation;

import dev.kindred.engine.content.BestItems;
import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.Cooccurrence;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.eval.ClusterBootstrap;
import dev.kindred.engine.eval.RankingMetrics;
import dev.kindred.engine.rank.RetrievalSource;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.engine.serve.RecommendResult;
import dev.kindred.engine.serve.RecommendSearcher;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.snapshot.Snapshot;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Personalised lists against what users watched later, beside popularity, the related list of the
 * item watched last and items that others watched together with the last ten (by cosine): the share
 * of what a user watched later and not before that a list of k holds. Items that the user watched
 * before are left out of all lists. Stateless.
 */
public final class PersonalisedComparison {
  /** More users would hardly change a mean. */
  private static final int MOST_USERS = 5000;

  private static final long SEED = 1;
  private static final int USERS_AT_ONCE = 16;

  /** Items watched last whose companions are a baseline. */
  private static final int LAST = 10;

  /** Recall, NDCG, hit rate, whether there was a list. */
  private static final int FIGURES = 4;

  private static final RetrievalSource[] SOURCES = RetrievalSource.values();

  /** Candidates, their recall, and of each source recall, found and kept. */
  private static final int STAGE_FIGURES = 2 + 3 * SOURCES.length;

  private static final int MOST_CANDIDATES = 1 << 16;

  private static final List<String> LISTS =
      List.of("kindred", "related-of-last", "co-occurrence", "popularity");

  private PersonalisedComparison() {}

  /**
   * Mean figures of one kind of list.
   *
   * @param lists whose lists
   * @param k length of the lists
   * @param users over how many users the means run
   * @param recall with its 95% interval over users
   * @param kindredMinus Kindred's recall minus this one, user by user; empty for Kindred itself
   */
  public record Score(
      String lists,
      int k,
      int users,
      ClusterBootstrap.Interval recall,
      double ndcg,
      double hitRate,
      double answered,
      Optional<ClusterBootstrap.Difference> kindredMinus) {}

  /**
   * What the stages of Kindred's lists brought.
   *
   * @param found mean number of items that each source found
   * @param kept mean number of those that were allowed
   * @param held share of what a user watched later that each source brought to the ranker
   * @param ranked mean number of distinct candidates
   * @param recall share of what a user watched later that was among the candidates
   */
  public record Stages(
      Map<RetrievalSource, Double> found,
      Map<RetrievalSource, Double> kept,
      Map<RetrievalSource, Double> held,
      double ranked,
      double recall) {}

  /**
   * The figures of all lists, and of the stages.
   *
   * @param stages empty if no user watched anything later
   */
  public record Result(List<Score> scores, Optional<Stages> stages) {}

  /**
   * Compares.
   *
   * @param snapshot trained on {@code train}, ids in the same order
   * @param recommender of the same snapshot
   */
  public static Result compare(
      Snapshot snapshot,
      Recommender recommender,
      Events train,
      Events test,
      List<Integer> ks,
      Workers workers) {
    int users = train.users().size();
    int[][] seen = watched(train, users);
    int[][] later = watched(test, users);
    int[][] last = lastWatched(train, users);
    CandidateLists together =
        Cooccurrence.candidates(
            train.engaged(), Cooccurrence.Options.defaults(), workers, Progress.none());
    List<int[]> asked = new ArrayList<>();
    BitSet before = new BitSet();
    for (int user = 0; user < users; user++) {
      before.clear();
      Arrays.stream(seen[user]).forEach(before::set);
      int[] truth = Arrays.stream(later[user]).filter(item -> !before.get(item)).toArray();
      if (truth.length > 0 && seen[user].length > 0) {
        int[] entry = Arrays.copyOf(truth, truth.length + 1);
        entry[truth.length] = user;
        asked.add(entry);
      }
    }
    if (asked.isEmpty()) {
      return new Result(List.of(), Optional.empty());
    }
    int count = Math.min(MOST_USERS, asked.size());
    int longest = ks.stream().mapToInt(Integer::intValue).max().orElseThrow();
    int[] popular = popular(train, seen);
    double[] figures = new double[count * LISTS.size() * ks.size() * FIGURES];
    double[] stages = new double[count * STAGE_FIGURES];
    RecommendSearcher[] searchers = new RecommendSearcher[workers.threads()];
    workers.forEachRange(
        count,
        USERS_AT_ONCE,
        (from, to, worker) -> {
          if (searchers[worker] == null) {
            searchers[worker] = recommender.recommendSearcher();
          }
          RecommendResult result = new RecommendResult(longest);
          RecommendResult everything = new RecommendResult(longest);
          BitSet own = new BitSet();
          int[] list = new int[longest];
          BestItems best = new BestItems(longest);
          float[] sums = new float[train.items().size()];
          for (int i = (int) from; i < to; i++) {
            int[] entry = asked.get((int) ((long) i * asked.size() / count));
            int user = entry[entry.length - 1];
            int[] truth = Arrays.copyOf(entry, entry.length - 1);
            own.clear();
            Arrays.stream(seen[user]).forEach(own::set);
            stages(searchers[worker], train, user, seen[user], truth, everything, stages, i);
            for (int l = 0; l < LISTS.size(); l++) {
              int length =
                  switch (l) {
                    case 0 -> recommended(searchers[worker], train, user, seen[user], result, list);
                    case 1 -> related(snapshot.related(), last[user][0], own, list);
                    case 2 -> together(together, last[user], own, sums, best, list);
                    default -> fill(popular, own, list);
                  };
              for (int k = 0; k < ks.size(); k++) {
                int at = ((i * LISTS.size() + l) * ks.size() + k) * FIGURES;
                figures[at] = RankingMetrics.recall(list, length, ks.get(k), truth);
                figures[at + 1] = RankingMetrics.ndcg(list, length, ks.get(k), truth);
                figures[at + 2] = RankingMetrics.hitRate(list, length, ks.get(k), truth);
                figures[at + 3] = length > 0 ? 1 : 0;
              }
            }
          }
        });
    List<Score> scores = new ArrayList<>();
    int[] each = new int[count];
    Arrays.setAll(each, i -> i);
    ClusterBootstrap bootstrap = new ClusterBootstrap(each, SEED);
    double[][] ours = new double[ks.size()][]; // Kindred's lists are the first
    for (int l = 0; l < LISTS.size(); l++) {
      for (int k = 0; k < ks.size(); k++) {
        double[] recalls = new double[count];
        for (int i = 0; i < count; i++) {
          recalls[i] = figures[((i * LISTS.size() + l) * ks.size() + k) * FIGURES];
        }
        ours[k] = l == 0 ? recalls : ours[k];
        double[] mean = new double[FIGURES];
        for (int i = 0; i < count; i++) {
          for (int f = 0; f < FIGURES; f++) {
            mean[f] += figures[((i * LISTS.size() + l) * ks.size() + k) * FIGURES + f] / count;
          }
        }
        scores.add(
            new Score(
                LISTS.get(l),
                ks.get(k),
                count,
                bootstrap.mean(recalls),
                mean[1],
                mean[2],
                mean[3],
                l == 0 ? Optional.empty() : Optional.of(bootstrap.difference(ours[k], recalls))));
      }
    }
    return new Result(scores, Optional.of(stages(stages, count)));
  }

  private static void stages(
      RecommendSearcher searcher,
      Events train,
      int user,
      int[] seen,
      int[] truth,
      RecommendResult result,
      double[] target,
      int at) {
    exclude(searcher, seen);
    searcher.recommend(train.users().idOf(user), MOST_CANDIDATES, result);
    BitSet wanted = new BitSet();
    Arrays.stream(truth).forEach(wanted::set);
    double share = 1.0 / wanted.cardinality();
    int from = at * STAGE_FIGURES;
    for (int rank = 0; rank < result.size(); rank++) {
      boolean hit = wanted.get(result.ordinal(rank));
      target[from + 1] += hit ? share : 0;
      for (int s = 0; s < SOURCES.length && hit; s++) {
        target[from + 2 + 3 * s] += result.from(rank, SOURCES[s]) ? share : 0;
      }
    }
    target[from] = result.ranked();
    for (int s = 0; s < SOURCES.length; s++) {
      target[from + 3 + 3 * s] = result.found(SOURCES[s]);
      target[from + 4 + 3 * s] = result.kept(SOURCES[s]);
    }
  }

  private static Stages stages(double[] figures, int count) {
    double[] mean = new double[STAGE_FIGURES];
    for (int i = 0; i < figures.length; i++) {
      mean[i % STAGE_FIGURES] += figures[i] / count;
    }
    Map<RetrievalSource, Double> held = new EnumMap<>(RetrievalSource.class);
    Map<RetrievalSource, Double> found = new EnumMap<>(RetrievalSource.class);
    Map<RetrievalSource, Double> kept = new EnumMap<>(RetrievalSource.class);
    for (int s = 0; s < SOURCES.length; s++) {
      held.put(SOURCES[s], mean[2 + 3 * s]);
      found.put(SOURCES[s], mean[3 + 3 * s]);
      kept.put(SOURCES[s], mean[4 + 3 * s]);
    }
    return new Stages(found, kept, held, mean[0], mean[1]);
  }

  private static void exclude(RecommendSearcher searcher, int[] seen) {
    searcher.clearExclusions();
    for (int item : seen) {
      searcher.exclude(item);
    }
  }

  private static int recommended(
      RecommendSearcher searcher,
      Events train,
      int user,
      int[] seen,
      RecommendResult result,
      int[] list) {
    exclude(searcher, seen);
    searcher.recommend(train.users().idOf(user), list.length, result);
    for (int rank = 0; rank < result.size(); rank++) {
      list[rank] = result.ordinal(rank);
    }
    return result.size();
  }

  private static int related(RelatedTable table, int last, BitSet own, int[] list) {
    int length = 0;
    for (int rank = 0; rank < table.count(last) && length < list.length; rank++) {
      int item = table.item(last, rank);
      if (!own.get(item)) {
        list[length++] = item;
      }
    }
    return length;
  }

  /** Items by the sum of their cosines to some others. */
  private static int together(
      CandidateLists together, int[] others, BitSet own, float[] sums, BestItems best, int[] list) {
    for (int other : others) {
      for (long at = together.start(other); at < together.end(other); at++) {
        sums[together.item(at)] += together.similarity(at);
      }
    }
    best.clear();
    for (int item = 0; item < sums.length; item++) {
      if (sums[item] > 0 && !own.get(item)) {
        best.offer(item, sums[item]);
      }
    }
    Arrays.fill(sums, 0);
    best.sort();
    for (int rank = 0; rank < best.size(); rank++) {
      list[rank] = best.item(rank);
    }
    return best.size();
  }

  private static int fill(int[] ranked, BitSet own, int[] list) {
    int length = 0;
    for (int i = 0; i < ranked.length && length < list.length; i++) {
      if (!own.get(ranked[i])) {
        list[length++] = ranked[i];
      }
    }
    return length;
  }

  /** Distinct items of each user with a positive objective and no negative one. */
  private static int[][] watched(Events events, int users) {
    int[] counts = new int[users];
    for (int row = 0; row < events.size(); row++) {
      counts[events.user(row)] += isWatched(events, row) ? 1 : 0;
    }
    int[][] items = new int[users][];
    for (int user = 0; user < users; user++) {
      items[user] = new int[counts[user]];
    }
    for (int row = 0; row < events.size(); row++) {
      if (isWatched(events, row)) {
        int user = events.user(row);
        items[user][--counts[user]] = events.item(row);
      }
    }
    for (int user = 0; user < users; user++) {
      items[user] = Arrays.stream(items[user]).sorted().distinct().toArray();
    }
    return items;
  }

  /** The items of each user's last rows that were watched, the last one first. */
  private static int[][] lastWatched(Events events, int users) {
    int[][] last = new int[users][LAST];
    int[] counts = new int[users];
    for (int row = events.size() - 1; row >= 0; row--) {
      int user = events.user(row);
      if (counts[user] < LAST && isWatched(events, row)) {
        last[user][counts[user]++] = events.item(row);
      }
    }
    for (int user = 0; user < users; user++) {
      last[user] = Arrays.copyOf(last[user], counts[user]);
    }
    return last;
  }

  private static boolean isWatched(Events events, int row) {
    boolean watched = false;
    for (int k = 0; k < events.objectives().size(); k++) {
      if (events.value(k, row) > 0) {
        if (events.objectives().get(k).polarity() == Polarity.NEGATIVE) {
          return false;
        }
        watched = true;
      }
    }
    return watched;
  }

  /** Items by the number of users who watched them. */
  private static int[] popular(Events events, int[][] seen) {
    long[] keys = new long[events.items().size()];
    for (int item = 0; item < keys.length; item++) {
      keys[item] = item;
    }
    for (int[] items : seen) {
      for (int item : items) {
        keys[item] -= 1L << 32;
      }
    }
    Arrays.sort(keys);
    return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
  }
}
