package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every promise of a graph, for each kind of codes that its searches may go by. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ParameterizedClass
@EnumSource(value = SearchCodes.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
class HnswTest {
  private static final int DIM = 24;
  private static final int EF = 40;

  /** Rows of tests that ask nothing special of them, which then share a graph. */
  private static final float[] CLUSTERED = TestVectors.clustered(3000, DIM, 20, 5);

  @Parameter SearchCodes codes;

  private final Arena arena = Arena.ofShared();
  private final Workers workers = Workers.of(2);
  private final Map<Metric, Hnsw> shared = new EnumMap<>(Metric.class);

  @AfterAll
  void close() {
    workers.close();
    arena.close();
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void findsAlmostAllOfWhatTheExhaustiveSearchFinds(Metric metric) {
    Hnsw index = shared(metric);
    assertFalse(index.isExact());
    double recall = recall(index, CLUSTERED, 10, 150, OrdinalFilter.ALL);
    assertTrue(recall >= 0.95, metric + " recall " + recall);
  }

  @Test
  void longVectorsDoNotHideTheBestInnerProducts() {
    int n = 4000;
    float[] rows = TestVectors.clustered(n, DIM, 20, 11);
    Draws draws = Draws.of(11, "lengths");
    for (int row = 0; row < n; row++) {
      float length = (float) Math.exp(0.7 * draws.nextGaussian());
      for (int i = 0; i < DIM; i++) {
        rows[row * DIM + i] *= length;
      }
    }
    double recall = recall(build(rows, Metric.DOT), rows, 10, 80, OrdinalFilter.ALL);
    assertTrue(recall >= 0.95, "recall " + recall);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void scoresAreThoseOfTheExactSearchAndFallWithRank(Metric metric) {
    Hnsw index = shared(metric);
    HnswSearcher searcher = index.searcher();
    ExactSearcher exact = ExactSearch.of(index.rows(), metric).searcher();
    Neighbors found = new Neighbors(10);
    for (int q = 0; q < 30; q++) {
      float[] query = query(q);
      searcher.search(query, 0, 10, EF, OrdinalFilter.ALL, found);
      Neighbors all = exact.search(query, 3000);
      for (int rank = 0; rank < 10; rank++) {
        int at = 0;
        while (all.ordinal(at) != found.ordinal(rank)) {
          at++;
        }
        assertEquals(all.score(at), found.score(rank));
        assertTrue(
            rank == 0
                || found.score(rank) < found.score(rank - 1)
                || found.score(rank) == found.score(rank - 1)
                    && found.ordinal(rank) > found.ordinal(rank - 1));
      }
    }
  }

  @Test
  void rowsFindThemselvesFirst() {
    Hnsw index = shared(Metric.L2);
    HnswSearcher searcher = index.searcher();
    Neighbors found = new Neighbors(1);
    int missed = 0;
    for (int row = 0; row < 3000; row++) {
      searcher.search(CLUSTERED, row * DIM, 1, EF, OrdinalFilter.ALL, found);
      missed += found.ordinal(0) == row ? 0 : 1;
    }
    assertTrue(missed <= 3, missed + " of 3000 rows weren't found by their own vector");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 50})
  void smallIndexesReturnEverythingInOrder(int n) {
    float[] rows = TestVectors.clustered(n, DIM, 2, 8);
    for (Metric metric : Metric.values()) {
      Hnsw index = build(rows, metric);
      assertEquals(n, index.size());
      for (int k : new int[] {1, 2, 100, Integer.MAX_VALUE}) {
        Neighbors found = index.searcher().search(query(1), Math.min(k, 1000));
        index.searcher().search(query(1), 0, k, 4, OrdinalFilter.ALL, found);
        assertOrdinals(
            TestVectors.oracle(metric, query(1), rows, DIM, k, OrdinalFilter.ALL), found);
      }
    }
  }

  @Test
  void kAboveEveryWalkReturnsAll() {
    float[] rows = TestVectors.clustered(1500, DIM, 4, 9);
    Neighbors found = build(rows, Metric.DOT).searcher().search(query(3), 5000);
    assertOrdinals(
        TestVectors.oracle(Metric.DOT, query(3), rows, DIM, 5000, OrdinalFilter.ALL), found);
  }

  @Test
  void copiesOfOneVectorAreAllFoundByRisingOrdinal() {
    // 3000 rows: 1000 zero vectors, 1000 copies of one vector, 1000 different ones.
    float[] rows = TestVectors.clustered(3000, DIM, 6, 10);
    for (int row = 0; row < 3000; row++) {
      if (row % 3 == 0) {
        Arrays.fill(rows, row * DIM, (row + 1) * DIM, 0);
      } else if (row % 3 == 1) {
        System.arraycopy(rows, DIM, rows, row * DIM, DIM);
      }
    }
    for (Metric metric : List.of(Metric.L2, Metric.COSINE)) {
      Hnsw index = build(rows, metric);
      assertEquals(1998, index.duplicates().size());
      Neighbors found = new Neighbors(1);
      HnswSearcher searcher = index.searcher();
      searcher.search(rows, DIM, 150, 150, OrdinalFilter.ALL, found);
      for (int rank = 0; rank < 150; rank++) {
        assertEquals(1 + 3 * rank, found.ordinal(rank));
      }
      searcher.search(rows, DIM, 100, 100, ordinal -> ordinal > 300, found);
      for (int rank = 0; rank < 100; rank++) {
        assertEquals(301 + 3 * rank, found.ordinal(rank));
      }
    }
    Hnsw index = build(rows, Metric.L2);
    Neighbors zeros = new Neighbors(1);
    index.searcher().search(new float[DIM], 0, 100, 100, OrdinalFilter.ALL, zeros);
    for (int rank = 0; rank < 100; rank++) {
      assertEquals(3 * rank, zeros.ordinal(rank));
    }
  }

  @ParameterizedTest
  @EnumSource(value = Metric.class, names = "L2", mode = EnumSource.Mode.EXCLUDE)
  void aQueryOfZerosFindsTheFirstRowsThatPass(Metric metric) {
    Neighbors found = new Neighbors(10);
    for (int first : new int[] {0, 7}) {
      OrdinalFilter filter = first == 0 ? OrdinalFilter.ALL : ordinal -> ordinal >= first;
      shared(metric).searcher().search(new float[DIM], 0, 10, EF, filter, found);
      for (int rank = 0; rank < 10; rank++) {
        assertEquals(first + rank, found.ordinal(rank));
        assertEquals(0, found.score(rank));
      }
    }
  }

  @Test
  void nothingButZeroVectorsWorks() {
    Hnsw index = build(new float[500 * DIM], Metric.COSINE);
    Neighbors found = new Neighbors(10);
    index.searcher().search(query(1), 0, 10, 10, OrdinalFilter.ALL, found);
    for (int rank = 0; rank < 10; rank++) {
      assertEquals(rank, found.ordinal(rank));
      assertEquals(0, found.score(rank));
    }
  }

  @Test
  void farClustersAreReachedFromEachOther() {
    int n = 4000;
    float[] rows = TestVectors.normal(n, DIM, 12);
    for (int row = 0; row < n; row++) {
      rows[row * DIM] += 1000 * (row % 4); // four balls, a thousand radii apart
    }
    Hnsw index = build(rows, Metric.L2);
    HnswSearcher searcher = index.searcher();
    Neighbors found = new Neighbors(10);
    int hits = 0;
    for (int q = 0; q < 40; q++) {
      float[] query = query(q);
      query[0] += 1000 * (q % 4);
      searcher.search(query, 0, 10, 80, OrdinalFilter.ALL, found);
      hits += common(TestVectors.oracle(Metric.L2, query, rows, DIM, 10, OrdinalFilter.ALL), found);
    }
    assertTrue(hits >= 380, hits + " of 400");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.1, 0.01, 0.001})
  void filtersKeepRecallAndReturnAsManyAsPass(double share) {
    boolean[] passes = new boolean[shared(Metric.COSINE).size()];
    for (int i = 0; i < passes.length; i++) {
      passes[i] = i * 0.61803398875 % 1 < share;
    }
    double recall = recall(shared(Metric.COSINE), CLUSTERED, 10, 60, ordinal -> passes[ordinal]);
    assertTrue(recall >= 0.95, "share " + share + " recall " + recall);
  }

  @Test
  void filtersThatFollowTheClustersStillReturnAllThatPass() {
    int n = 4000;
    float[] rows = TestVectors.normal(n, DIM, 14);
    for (int row = 0; row < n; row++) {
      rows[row * DIM + 1] += row < n / 2 ? 0 : 50;
    }
    // The query lies in the half that the filter shuts out.
    Hnsw index = build(rows, Metric.L2);
    double recall = recall(index, rows, 10, 80, ordinal -> ordinal >= n / 2);
    assertTrue(recall >= 0.95, "recall " + recall);
    Neighbors found = new Neighbors(10);
    index.searcher().search(query(0), 0, 10, 20, ordinal -> false, found);
    assertEquals(0, found.size());
    index.searcher().search(query(0), 0, 10, 20, ordinal -> ordinal == 7, found);
    assertEquals(1, found.size());
    assertEquals(7, found.ordinal(0));
  }

  @Test
  void theGraphIsTheSameForAnyNumberOfThreads(@TempDir Path directory) throws IOException {
    float[] rows = TestVectors.clustered(2000, DIM, 20, 15);
    Embeddings unit = Embeddings.copyOf(rows, DIM, arena).normalized(arena);
    Path first = directory.resolve("first.khnsw");
    build(unit, Metric.COSINE, 1).save(first);
    for (int threads : new int[] {2, 5}) {
      Path other = directory.resolve("other.khnsw");
      build(unit, Metric.COSINE, threads).save(other);
      assertEquals(-1, Files.mismatch(first, other), threads + " threads");
    }
    Path seeded = directory.resolve("seeded.khnsw");
    Hnsw.build(
            unit,
            Metric.COSINE,
            HnswOptions.defaults().withSeed(2).withCodes(codes),
            arena,
            workers,
            Progress.none())
        .save(seeded);
    assertTrue(Files.mismatch(first, seeded) >= 0);
  }

  @Test
  void everyNodeIsLinkedWithinTheLimitsAndReachable() {
    Hnsw index = shared(Metric.COSINE);
    for (GraphLevel level : index.levels()) {
      int max = level.maxDegree();
      for (int node = 0; node < level.size(); node++) {
        Set<Integer> seen = new HashSet<>(List.of(node));
        for (int i = 0; i < level.degree(node); i++) {
          int neighbor = level.slot(node, i);
          assertTrue(neighbor < level.size());
          assertTrue(seen.add(neighbor), "node " + node + " links twice to " + neighbor);
        }
        assertTrue(seen.size() <= max + 1);
      }
    }
    boolean[] reached = new boolean[3000];
    List<Integer> open = new ArrayList<>(List.of(0));
    reached[0] = true;
    GraphLevel bottom = index.levels()[0];
    while (!open.isEmpty()) {
      int node = open.removeLast();
      for (int i = 0; i < bottom.degree(node); i++) {
        if (!reached[bottom.slot(node, i)]) {
          reached[bottom.slot(node, i)] = true;
          open.add(bottom.slot(node, i));
        }
      }
    }
    int count = 0;
    for (boolean r : reached) {
      count += r ? 1 : 0;
    }
    assertEquals(3000, count);
  }

  @Test
  void searchersOfSeveralThreadsGiveTheSameAnswers() {
    Hnsw index = shared(Metric.DOT);
    String[] answers = new String[64];
    for (int round = 0; round < 2; round++) {
      String[] again = new String[64];
      HnswSearcher[] searchers = {index.searcher(), index.searcher()};
      workers.forEachRange(
          64,
          1,
          (from, to, worker) -> {
            Neighbors found = new Neighbors(10);
            searchers[worker].search(query((int) from), 0, 10, EF, OrdinalFilter.ALL, found);
            again[(int) from] = describe(found);
          });
      if (round == 1) {
        assertEquals(Arrays.toString(answers), Arrays.toString(again));
      }
      answers = again;
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void searchesAllocateNothing(Metric metric) {
    Hnsw index = shared(metric);
    HnswSearcher searcher = index.searcher();
    Neighbors found = new Neighbors(10);
    float[] query = query(1);
    OrdinalFilter even = ordinal -> (ordinal & 1) == 0;
    assertEquals(
        0,
        Allocation.bytesOf(
            () -> {
              for (int i = 0; i < 20; i++) {
                searcher.search(query, 0, 10, EF, OrdinalFilter.ALL, found);
                searcher.search(query, 0, 10, EF, even, found);
                searcher.search(query, 0, 500, EF, even, found);
              }
            }));
  }

  @Test
  void progressCountsEveryRow() {
    AtomicLong total = new AtomicLong();
    AtomicLong added = new AtomicLong();
    Progress progress =
        (name, units) -> {
          total.set(units);
          return new Progress.Stage() {
            @Override
            public void add(long units) {
              added.addAndGet(units);
            }

            @Override
            public void note(String text) {}

            @Override
            public void close() {}
          };
        };
    Embeddings rows = TestVectors.embeddings(TestVectors.normal(300, DIM, 19), DIM);
    Hnsw.build(rows, Metric.L2, HnswOptions.defaults(), arena, workers, progress);
    assertEquals(300, total.get());
    assertEquals(300, added.get());
  }

  @Test
  void badArgumentsAreRefused() {
    Embeddings raw = TestVectors.embeddings(TestVectors.normal(5, DIM, 1), DIM);
    String message =
        assertThrows(IllegalArgumentException.class, () -> build(raw, Metric.COSINE, 1))
            .getMessage();
    assertTrue(message.contains("normalized"), message);
    try (Arena confined = Arena.ofConfined()) {
      Embeddings own = Embeddings.copyOf(new float[2 * DIM], DIM, confined);
      HnswOptions options = HnswOptions.defaults();
      for (Embeddings rows : List.of(raw, own)) {
        Arena graph = rows == raw ? confined : arena;
        String arenas =
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Hnsw.build(rows, Metric.L2, options, graph, workers, Progress.none()))
                .getMessage();
        assertTrue(arenas.contains("Arena.ofShared"), arenas);
      }
      try (Workers one = Workers.of(1)) {
        assertEquals(2, Hnsw.build(own, Metric.L2, options, confined, one, Progress.none()).size());
      }
    }
    HnswSearcher searcher = build(raw, Metric.L2, 1).searcher();
    Neighbors found = new Neighbors(1);
    assertThrows(
        IllegalArgumentException.class,
        () -> searcher.search(query(1), 0, 1, 0, OrdinalFilter.ALL, found));
    assertThrows(IllegalArgumentException.class, () -> searcher.search(query(1), 0));
    assertThrows(IllegalArgumentException.class, () -> new HnswOptions(1, 200, 1));
    assertThrows(IllegalArgumentException.class, () -> new HnswOptions(16, 15, 1));
    assertThrows(IllegalArgumentException.class, () -> new HnswOptions(16, 10_001, 1));
  }

  /** The graph of {@link #CLUSTERED}. */
  private Hnsw shared(Metric metric) {
    return shared.computeIfAbsent(metric, which -> build(CLUSTERED, which));
  }

  private Hnsw build(float[] rows, Metric metric) {
    Embeddings embeddings = Embeddings.copyOf(rows, DIM, arena);
    return build(metric == Metric.COSINE ? embeddings.normalized(arena) : embeddings, metric, 2);
  }

  private Hnsw build(Embeddings rows, Metric metric, int threads) {
    try (Workers own = Workers.of(threads)) {
      return Hnsw.build(
          rows,
          metric,
          HnswOptions.defaults().withEfConstruction(100).withCodes(codes),
          arena,
          own,
          Progress.none());
    }
  }

  private static double recall(Hnsw index, float[] rows, int k, int ef, OrdinalFilter filter) {
    HnswSearcher searcher = index.searcher();
    Neighbors found = new Neighbors(k);
    int hits = 0;
    int all = 0;
    for (int q = 0; q < 40; q++) {
      int[] expected = TestVectors.oracle(index.metric(), query(q), rows, DIM, k, filter);
      searcher.search(query(q), 0, k, ef, filter, found);
      assertEquals(expected.length, found.size());
      for (int rank = 0; rank < found.size(); rank++) {
        assertTrue(filter.accepts(found.ordinal(rank)));
      }
      hits += common(expected, found);
      all += expected.length;
    }
    return all == 0 ? 1 : (double) hits / all;
  }

  private static float[] query(int number) {
    return TestVectors.clustered(1, DIM, 20, 1000 + number);
  }

  private static int common(int[] expected, Neighbors found) {
    int hits = 0;
    for (int ordinal : expected) {
      for (int rank = 0; rank < found.size(); rank++) {
        hits += found.ordinal(rank) == ordinal ? 1 : 0;
      }
    }
    return hits;
  }

  private static void assertOrdinals(int[] expected, Neighbors found) {
    int[] actual = new int[found.size()];
    Arrays.setAll(actual, found::ordinal);
    assertEquals(Arrays.toString(expected), Arrays.toString(actual));
  }

  private static String describe(Neighbors found) {
    StringBuilder text = new StringBuilder();
    for (int rank = 0; rank < found.size(); rank++) {
      text.append(found.ordinal(rank)).append('=').append(found.score(rank)).append(' ');
    }
    return text.toString();
  }
}
