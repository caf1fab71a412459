package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.lang.foreign.Arena;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Filters of any share, drawn at random or bound to the query, in each of the three ways. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FilteredSearchTest {
  private static final int N = 20_000;
  private static final int DIM = 24;
  private static final int K = 10;
  private static final int QUERIES = 40;

  private final Arena arena = Arena.ofShared();
  private float[] queries;
  private Hnsw index;
  private ExactSearcher exact;

  @BeforeAll
  void build() {
    // The queries are of the same kind as the rows.
    float[] all = TestVectors.clustered(N + 300, DIM, 50, 3);
    queries = Arrays.copyOfRange(all, N * DIM, all.length);
    float[] rows = Arrays.copyOf(all, N * DIM);
    for (int copy = 0; copy < 500; copy++) {
      System.arraycopy(rows, 40 * DIM, rows, (100 + 30 * copy) * DIM, DIM);
    }
    Embeddings unit = Embeddings.copyOf(rows, DIM, arena).normalized(arena);
    try (Workers workers = Workers.of(2)) {
      HnswOptions options = new HnswOptions(12, 80, 1);
      index =
          Hnsw.build(unit, Metric.COSINE, options, arena, workers, Progress.none())
              .tuned(0.97, workers, Progress.none());
    }
    exact = ExactSearch.of(unit, Metric.COSINE).searcher();
  }

  @AfterAll
  void close() {
    arena.close();
  }

  @ParameterizedTest
  @CsvSource({
    "0.9, RANDOM", "0.5, RANDOM", "0.1, RANDOM", "0.01, RANDOM", "0.001, RANDOM",
    "0.9, NEAR", "0.5, NEAR", "0.1, NEAR", "0.01, NEAR", "0.001, NEAR",
    "0.9, FAR", "0.5, FAR", "0.1, FAR", "0.01, FAR", "0.001, FAR"
  })
  void recallHoldsAtEveryShare(double share, Kind kind) {
    HnswSearcher searcher = index.searcher();
    Neighbors found = new Neighbors(K);
    int hits = 0;
    int all = 0;
    for (int q = 0; q < QUERIES; q++) {
      float[] query = query(q);
      BitSetFilter set = filter(query, share, kind, q);
      Neighbors expected = new Neighbors(K);
      exact.search(query, 0, K, set, expected);
      // A bit set and a predicate go different ways to the same end.
      for (OrdinalFilter filter : new OrdinalFilter[] {set, ordinal -> set.accepts(ordinal)}) {
        searcher.search(query, 0, K, filter, found);
        assertEquals(Math.min(K, set.cardinality()), found.size());
        for (int rank = 0; rank < found.size(); rank++) {
          assertTrue(set.accepts(found.ordinal(rank)));
          for (int other = 0; other < expected.size(); other++) {
            hits += found.ordinal(rank) == expected.ordinal(other) ? 1 : 0;
          }
        }
        all += expected.size();
      }
    }
    double recall = (double) hits / all;
    assertTrue(recall >= 0.95, kind + " share " + share + " recall " + recall);
  }

  @Test
  void theWalkOverWhatPassesScoresNothingElseAndFindsMostOfTheBest() {
    Walk plain = index.walk();
    FilteredWalk walk = new FilteredWalk(index, plain);
    int hits = 0;
    // More walks than there are epochs of marks.
    for (int q = 0; q < 300; q++) {
      float[] query = query(q);
      BitSetFilter filter = filter(query, 0.2, Kind.RANDOM, q);
      Queries.prepare(query, 0, K, Metric.COSINE, DIM, plain.query());
      plain.begin();
      int start = filter.next(0, N);
      assertTrue(walk.walk(filter, new int[] {start, 5, start}, 3, 60, Long.MAX_VALUE));
      assertEquals(60, walk.size());
      Neighbors expected = new Neighbors(K);
      exact.search(query, 0, K, filter, expected);
      long last = Long.MAX_VALUE;
      for (int i = 0; i < walk.size(); i++) {
        long entry = walk.entry(i);
        assertTrue(entry < last, "best first, none twice");
        last = entry;
        int node = ScoredOrdinal.ordinal(entry);
        assertTrue(filter.accepts(node) || index.duplicates().anyAccepted(node, filter));
        for (int rank = 0; rank < K; rank++) {
          hits += expected.ordinal(rank) == node ? 1 : 0;
        }
      }
    }
    assertTrue(hits >= 0.93 * 300 * K, "hits " + hits);
  }

  @Test
  void aWalkStopsWhenItMayReadNoMore() {
    Walk plain = index.walk();
    Queries.prepare(query(1), 0, K, Metric.COSINE, DIM, plain.query());
    plain.begin();
    FilteredWalk walk = new FilteredWalk(index, plain);
    BitSetFilter filter = filter(query(1), 0.3, Kind.RANDOM, 1);
    assertEquals(false, walk.walk(filter, new int[] {0}, 1, 100, 200));
    assertEquals(true, walk.walk(filter, new int[] {0}, 1, 100, Long.MAX_VALUE));
  }

  @Test
  void aDuplicateThatPassesIsFoundWhereItsTwinDoesNot() {
    int copy = 100 + 30 * 77;
    BitSetFilter filter = BitSetFilter.of(N, ordinal -> ordinal % 2 == 1);
    filter.set(copy);
    float[] query = new float[DIM];
    index.rows().copyRow(copy, query, 0);
    Neighbors found = new Neighbors(1);
    index.searcher().search(query, 0, 1, 40, filter, found);
    assertEquals(copy, found.ordinal(0));
  }

  @Test
  void filteredSearchesAllocateNothing() {
    HnswSearcher searcher = index.searcher();
    Neighbors found = new Neighbors(K);
    float[] query = query(2);
    BitSetFilter[] filters = {
      filter(query, 0.6, Kind.RANDOM, 1),
      filter(query, 0.35, Kind.RANDOM, 2),
      filter(query, 0.3, Kind.FAR, 3),
      filter(query, 0.01, Kind.RANDOM, 4)
    };
    assertEquals(
        0,
        Allocation.bytesOf(
            () -> {
              for (BitSetFilter filter : filters) {
                searcher.search(query, 0, K, 20, filter, found);
              }
            }));
  }

  private enum Kind {
    RANDOM,
    NEAR,
    FAR
  }

  /** Passes a share at random, or the rows nearest to the query, or the farthest. */
  private BitSetFilter filter(float[] query, double share, Kind kind, int seed) {
    BitSetFilter filter = new BitSetFilter(N);
    if (kind == Kind.RANDOM) {
      Draws draws = Draws.of(seed, "filter");
      for (int ordinal = 0; ordinal < N; ordinal++) {
        if (draws.nextDouble() < share) {
          filter.set(ordinal);
        }
      }
      return filter;
    }
    Neighbors all = exact.search(query, N);
    int passing = (int) Math.round(share * N);
    for (int i = 0; i < passing; i++) {
      filter.set(all.ordinal(kind == Kind.NEAR ? i : N - 1 - i));
    }
    return filter;
  }

  private float[] query(int number) {
    return TestVectors.row(queries, DIM, number);
  }
}
