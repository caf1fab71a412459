package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.lang.foreign.Arena;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches make no objects, whatever they go by and however long a row is. */
class ZeroAllocationTest {
  private static final int N = 1_500;
  private static final int K = 10;

  /**
   * Dims of a row shorter than a vector, of one vector at 128, 256 and 512 bits, of one and a bit,
   * and of several.
   */
  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8, 16, 20, 40})
  void searchesAllocateNothingForAnyCodesAndMetric(int dim) {
    float[] values = TestVectors.clustered(N, dim, 20, 5);
    float[] query = TestVectors.row(TestVectors.clustered(1, dim, 20, 6), dim, 0);
    Neighbors found = new Neighbors(K);
    try (Arena arena = Arena.ofShared();
        Workers workers = Workers.of(1)) {
      for (Metric metric : Metric.values()) {
        Embeddings rows = Embeddings.copyOf(values, dim, arena);
        if (metric == Metric.COSINE) {
          rows = rows.normalized(arena);
        }
        for (SearchCodes codes :
            new SearchCodes[] {SearchCodes.NONE, SearchCodes.ROWS, SearchCodes.LINKS}) {
          HnswOptions options = new HnswOptions(8, 16, 1).withCodes(codes);
          HnswSearcher searcher =
              Hnsw.build(rows, metric, options, arena, workers, Progress.none()).searcher();
          assertEquals(
              0,
              Allocation.bytesOf(
                  () -> {
                    for (int i = 0; i < 20; i++) {
                      searcher.search(query, 0, K, 20, OrdinalFilter.ALL, found);
                    }
                  }),
              dim + " " + metric + " " + codes);
        }
        ExactSearcher exact = ExactSearch.of(rows, metric).searcher();
        assertEquals(
            0, Allocation.bytesOf(() -> exact.search(query, K, found)), dim + " " + metric);
      }
    }
  }
}
