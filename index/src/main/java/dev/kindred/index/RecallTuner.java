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
 * <p>The queries are rows that the searches pass by, as if they had been held out of the graph. A
 * row that stays in the graph is too easy a query, because its links were found by searching for
 * it; moving it by some noise helps in one set of vectors and not in another. A row that is passed
 * by is a little too hard, because some links between other rows were left out for its sake, so the
 * choice is on the safe side. The least ef for a recall of .95 at 10:
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

  private final Hnsw index;
  private final double target;
  private final Workers workers;
  private final int[] drawn;

  /** True neighbours kept of each query. */
  private final int depth;

  private final int[] truth;
  private final HnswSearcher[] searchers;

  private RecallTuner(Hnsw index, double target, Workers workers) {
    this.index = index;
    this.target = target;
    this.workers = workers;
    this.drawn = draw(index);
    this.depth = Math.min(K_HIGH, Math.max(0, index.size() - 1));
    this.truth = new int[drawn.length * depth];
    this.searchers = new HnswSearcher[workers.threads()];
  }

  static RecallTarget tune(Hnsw index, double target, Workers workers, Progress progress) {
    RecallTarget.checkRecall(target);
    RecallTuner tuner = new RecallTuner(index, target, workers);
    try (Progress.Stage stage = progress.stage("true neighbours", tuner.drawn.length)) {
      tuner.findTruth(stage);
    }
    try (Progress.Stage stage = progress.stage("tune for recall", 2)) {
      int low = tuner.leastEf(Math.min(K_LOW, tuner.depth), K_LOW);
      stage.add(1);
      int high = tuner.leastEf(tuner.depth, K_HIGH);
      stage.add(1);
      return new RecallTarget(target, low, high);
    }
  }

  /**
   * Draws from the rows that are on level 0 alone and equal no other: leaving one of those out
   * takes nothing else out of the graph.
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
      if (!left[row] && !index.duplicates().hasDuplicates(row)) {
        rows[count++] = row;
      }
    }
    Draws.of(index.options().seed(), "recall target").shuffle(rows, 0, count);
    return Arrays.copyOf(rows, Math.min(QUERIES, count));
  }

  private void findTruth(Progress.Stage stage) {
    ExactSearch exact = ExactSearch.of(index.rows(), index.metric());
    workers.forEachRange(
        drawn.length,
        QUERIES_PER_PIECE,
        (from, to, worker) -> {
          ExactSearcher scan = exact.searcher();
          Neighbors found = new Neighbors(depth + 1);
          float[] query = new float[index.dim()];
          for (int q = (int) from; q < to; q++) {
            index.rows().copyRow(drawn[q], query, 0);
            scan.search(query, depth + 1, found);
            int count = 0;
            for (int rank = 0; count < depth; rank++) {
              if (found.ordinal(rank) != drawn[q]) {
                truth[q * depth + count++] = found.ordinal(rank);
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
    if (drawn.length == 0 || k == 0 || HnswSearcher.scans(index, ef)) {
      return true;
    }
    LongAdder hits = new LongAdder();
    workers.forEachRange(
        drawn.length,
        QUERIES_PER_PIECE,
        (from, to, worker) -> {
          HnswSearcher searcher = searchers[worker];
          if (searcher == null) {
            searcher = searchers[worker] = index.searcher();
          }
          Neighbors found = new Neighbors(k);
          float[] query = new float[index.dim()];
          for (int q = (int) from; q < to; q++) {
            index.rows().copyRow(drawn[q], query, 0);
            searcher.hide(drawn[q]);
            searcher.search(query, 0, k, ef, OrdinalFilter.ALL, found);
            hits.add(hits(q, k, found));
          }
        });
    return hits.sum() >= target * k * drawn.length;
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
