package dev.kindred.jmh.compare;

import dev.kindred.index.Embeddings;
import dev.kindred.index.ExactSearch;
import dev.kindred.index.IntRows;
import dev.kindred.index.Metric;
import dev.kindred.index.Neighbors;
import dev.kindred.index.OrdinalFilter;
import dev.kindred.index.VectorSearcher;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.stream.IntStream;

/** The true neighbours of queries, by a scan of all rows for each. */
final class ExactTruth {
  private ExactTruth() {}

  /**
   * Scans, queries shared out over the workers.
   *
   * @param rows at least k; open to all workers
   * @return [queries x k], best first
   */
  static IntRows of(
      Embeddings rows,
      Metric metric,
      Embeddings queries,
      int k,
      Workers workers,
      Progress progress) {
    if (rows.size() < k) {
      throw new IllegalArgumentException(
          "there are " + rows.size() + " rows, fewer than the " + k + " neighbours asked for");
    }
    int[] found = new int[Math.multiplyExact(queries.size(), k)];
    ExactSearch search = ExactSearch.of(rows, metric);
    VectorSearcher[] searchers =
        IntStream.range(0, workers.threads())
            .mapToObj(worker -> search.searcher())
            .toArray(VectorSearcher[]::new);
    try (Progress.Stage stage = progress.stage("true neighbours", queries.size())) {
      workers.forEachRange(
          queries.size(),
          8,
          (from, to, worker) -> {
            Neighbors result = new Neighbors(k);
            float[] query = new float[rows.dim()];
            for (int q = (int) from; q < to; q++) {
              queries.copyRow(q, query, 0);
              searchers[worker].search(query, 0, k, OrdinalFilter.ALL, result);
              for (int rank = 0; rank < k; rank++) {
                found[q * k + rank] = result.ordinal(rank);
              }
            }
            stage.add(to - from);
          });
    }
    return new IntRows(found, k);
  }
}
