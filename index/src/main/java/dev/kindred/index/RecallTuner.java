package dev.kindred.index;

import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * Chooses the ef of an {@link Hnsw} for a target recall, by searches whose true answers a scan
 * finds: the same choice for any number of threads.
 *
 * <p>The queries are a sample of those to come, where there is one, or else rows that the searches
 * pass by, as if they had been held out of the graph. A row that stays in the graph is too easy a
 * query, because its links were found by searching for it; moving it by some noise helps in one set
 * of vectors and not in another. A row that is passed by is a little too hard, because some links
 * between other rows were left out for its sake, so the choice is on the safe side. The least ef
 * for a recall of .95 at 10:
 *
 * <pre>
 *                               100,000 GloVe vectors   100,000 in clusters, 20 of 64 dims
 * queries held out of the set           115                        28
 * rows, themselves not counted           73                     under 16
 * rows with noise of half the way
 *   to their tenth neighbour            108                     under 16
 * rows passed by (taken)                132                        43
 * </pre>
 */
final class RecallTuner {
  private static final int QUERIES = 1000;
  private static final int QUERIES_PER_PIECE = 16;
  private static final int K_LOW = 10;
  private static final int K_HIGH = 100;

  /** Chosen ef are this near to the least that would do. */
  private static final double STEP = 1.04;

  /** Rows that more others equal are no queries: those would be their neighbours. */
  private static final int MOST_DUPLICATES = 8;

  /** In place of a row that is passed by: the query isn't a row of the index. */
  private static final int NO_ROW = -1;

  private final Hnsw index;
  private final double target;
  private final Workers workers;

  /** Of each query, its values. */
  private final float[] queries;

  /** Of each query, the row that it is, or {@link #NO_ROW}. */
  private final int[] own;

  /** True neighbours kept of each query. */
  private final int depth;

  private final int[] truth;
  private final HnswSearcher[] searchers;

  private RecallTuner(
      Hnsw index, double target, float[] queries, int[] own, int depth, Workers workers) {
    this.index = index;
    this.target = RecallTarget.checkRecall(target);
    this.workers = workers;
    this.queries = queries;
    this.own = own;
    this.depth = depth;
    this.truth = new int[own.length * depth];
    this.searchers = new HnswSearcher[workers.threads()];
  }

  /** Chooses by rows of the index. */
  static RecallTarget tune(Hnsw index, double target, Workers workers, Progress progress) {
    int[] drawn = draw(index);
    int nodes = index.size() - index.duplicates().size();
    if (drawn.length == 0 && nodes > K_HIGH) {
      // Nothing to measure with.
      return new RecallTarget(target, HnswSearcher.DEFAULT_EF, HnswSearcher.DEFAULT_EF);
    }
    float[] queries = new float[drawn.length * index.dim()];
    for (int q = 0; q < drawn.length; q++) {
      index.rows().copyRow(drawn[q], queries, q * index.dim());
    }
    int depth = Math.min(K_HIGH, Math.max(0, index.size() - 1 - MOST_DUPLICATES));
    return new RecallTuner(index, target, queries, drawn, depth, workers).tune(progress);
  }

  /** Chooses by queries, of which at most 1,000 are drawn. */
  static RecallTarget tune(
      Hnsw index, double target, Embeddings given, Workers workers, Progress progress) {
    if (given.dim() != index.dim()) {
      throw new IllegalArgumentException(
          "queries have dim " + given.dim() + ", the index has " + index.dim());
    }
    if (given.size() == 0) {
      throw new IllegalArgumentException("no queries to choose ef by; give at least one");
    }
    int[] drawn = new int[given.size()];
    Arrays.setAll(drawn, q -> q);
    draws(index).shuffle(drawn, 0, drawn.length);
    int count = Math.min(QUERIES, drawn.length);
    float[] queries = new float[count * index.dim()];
    for (int q = 0; q < count; q++) {
      given.copyRow(drawn[q], queries, q * index.dim());
    }
    int[] own = new int[count];
    Arrays.fill(own, NO_ROW);
    int depth = Math.min(K_HIGH, index.size());
    return new RecallTuner(index, target, queries, own, depth, workers).tune(progress);
  }

  private RecallTarget tune(Progress progress) {
    if (depth == 0) {
      return new RecallTarget(target, K_LOW, K_HIGH);
    }
    try (Progress.Stage stage = progress.stage("true neighbours", own.length)) {
      findTruth(stage);
    }
    try (Progress.Stage stage = progress.stage("tune for recall", 2)) {
      int low = leastEf(Math.min(K_LOW, depth), K_LOW);
      stage.add(1);
      int high = leastEf(depth, K_HIGH);
      stage.add(1);
      return new RecallTarget(target, low, high);
    }
  }

  /**
   * Draws from the rows that are on level 0 alone: leaving one of those out, with the few that
   * equal it, takes nothing else out of the graph.
   */
  private static int[] draw(Hnsw index) {
    boolean[] left = index.duplicates().flags();
    if (index.levels().length > 1) {
      GraphLevel upper = index.levels()[1];
      for (int node = 0; node < upper.size(); node++) {
        // A damaged file may name any row.
        if (Integer.compareUnsigned(upper.ordinalOf(node), left.length) < 0) {
          left[upper.ordinalOf(node)] = true;
        }
      }
    }
    int[] rows = new int[left.length];
    int count = 0;
    for (int row = 0; row < left.length; row++) {
      if (!left[row] && index.duplicates().count(row) <= MOST_DUPLICATES) {
        rows[count++] = row;
      }
    }
    draws(index).shuffle(rows, 0, count);
    return Arrays.copyOf(rows, Math.min(QUERIES, count));
  }

  private static Draws draws(Hnsw index) {
    return Draws.of(index.options().seed(), "recall target");
  }

  private void findTruth(Progress.Stage stage) {
    ExactSearch exact = ExactSearch.of(index.rows(), index.metric());
    int wanted = Math.min(index.size(), depth + 1 + MOST_DUPLICATES);
    workers.forEachRange(
        own.length,
        QUERIES_PER_PIECE,
        (from, to, worker) -> {
          ExactSearcher scan = exact.searcher();
          Neighbors found = new Neighbors(wanted);
          for (int q = (int) from; q < to; q++) {
            scan.search(queries, q * index.dim(), wanted, OrdinalFilter.ALL, found);
            int count = 0;
            for (int rank = 0; count < depth; rank++) {
              int row = found.ordinal(rank);
              if (own[q] == NO_ROW || !index.duplicates().isSame(own[q], row)) {
                truth[q * depth + count++] = row;
              }
            }
          }
          stage.add(to - from);
        });
  }

  /** The least ef of a grid, from {@code from} on, that reaches the target at k. */
  private int leastEf(int k, int from) {
    int enough = from;
    int tooLow = from - 1;
    while (!reaches(k, enough)) {
      tooLow = enough;
      enough *= 2;
    }
    while (enough > Math.max(tooLow + 1, tooLow * STEP)) {
      int middle = (int) (((long) tooLow + enough) / 2);
      if (reaches(k, middle)) {
        enough = middle;
      } else {
        tooLow = middle;
      }
    }
    return enough;
  }

  private boolean reaches(int k, int ef) {
    // Where searches scan there is nothing to measure.
    if (own.length == 0 || HnswSearcher.scans(index, ef)) {
      return true;
    }
    LongAdder hits = new LongAdder();
    workers.forEachRange(
        own.length,
        QUERIES_PER_PIECE,
        (from, to, worker) -> {
          HnswSearcher searcher = searchers[worker];
          if (searcher == null) {
            searcher = searchers[worker] = index.searcher();
          }
          Neighbors found = new Neighbors(k);
          for (int q = (int) from; q < to; q++) {
            searcher.hide(own[q]);
            searcher.search(queries, q * index.dim(), k, ef, OrdinalFilter.ALL, found);
            hits.add(hits(q, k, found));
          }
        });
    return hits.sum() >= target * k * own.length;
  }

  private int hits(int query, int k, Neighbors found) {
    int hits = 0;
    for (int rank = 0; rank < found.size(); rank++) {
      int ordinal = found.ordinal(rank);
      for (int i = query * depth; i < query * depth + k; i++) {
        hits += truth[i] == ordinal ? 1 : 0;
      }
    }
    return hits;
  }
}
