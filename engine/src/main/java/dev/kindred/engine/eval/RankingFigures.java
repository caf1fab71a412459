package dev.kindred.engine.eval;

import java.util.Arrays;

/** What lists of one length held of the right answers of many queries, query by query. */
public final class RankingFigures {
  private static final int METRICS = 7;

  private final int k;
  private final double[] metrics; // [query x metric], in the order of TopNEvaluator.Report

  /** Room for that many queries; filled by any number of threads, a query by one. */
  RankingFigures(int k, int queries) {
    this.k = k;
    metrics = new double[queries * METRICS];
  }

  /**
   * Takes what a list held.
   *
   * @param list of {@code length} items, at most k, best first
   * @param truth the right answers, ascending
   */
  void put(int query, int[] list, int length, int[] truth) {
    int at = query * METRICS;
    metrics[at] = RankingMetrics.recall(list, length, k, truth);
    metrics[at + 1] = RankingMetrics.ndcg(list, length, k, truth);
    metrics[at + 2] = RankingMetrics.hitRate(list, length, k, truth);
    metrics[at + 3] = RankingMetrics.precision(list, length, k, truth);
    metrics[at + 4] = RankingMetrics.f1(list, length, k, truth);
    metrics[at + 5] = RankingMetrics.reciprocalRank(list, length, k, truth);
    metrics[at + 6] = RankingMetrics.averagePrecision(list, length, k, truth);
  }

  /** Number of queries. */
  public int size() {
    return metrics.length / METRICS;
  }

  /** Share of its right answers that each query found. */
  public double[] recalls() {
    return column(0);
  }

  /** NDCG of each query. */
  public double[] ndcgs() {
    return column(1);
  }

  private double[] column(int metric) {
    double[] column = new double[size()];
    Arrays.setAll(column, query -> metrics[query * METRICS + metric]);
    return column;
  }

  /** Means over all queries. */
  public TopNEvaluator.Report means() {
    double[] mean = new double[METRICS];
    for (int i = 0; i < metrics.length; i++) {
      mean[i % METRICS] += metrics[i] / size();
    }
    return new TopNEvaluator.Report(
        k, size(), mean[0], mean[1], mean[2], mean[3], mean[4], mean[5], mean[6]);
  }
}
