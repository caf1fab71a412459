package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecallTargetTest {
  private static final int DIM = 24;

  private final Arena arena = Arena.ofShared();
  private final Workers workers = Workers.of(2);

  @AfterEach
  void close() {
    workers.close();
    arena.close();
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void queriesThatWereNeverInTheIndexReachTheTarget(Metric metric) {
    // The last 300 rows are of the same kind as the others, and held out.
    int n = 6000;
    float[] all = TestVectors.clustered(n + 300, DIM, 20, 3);
    Hnsw index = index(all, n, metric);
    int before = 0;
    for (double target : new double[] {0.8, 0.95}) {
      Hnsw tuned = index.tuned(target, workers, Progress.none());
      assertEquals(target, tuned.recallTarget().orElseThrow().recall());
      assertTrue(tuned.efFor(10) > before);
      before = tuned.efFor(10);
      for (int k : new int[] {1, 10, 50, 100}) {
        double recall = recall(tuned, all, n, n + 300, k);
        assertTrue(recall >= target - 0.01, metric + " k " + k + " recall " + recall);
      }
    }
  }

  @Test
  void theChoiceIsTheSameForAnyNumberOfThreadsAndIsSaved(@TempDir Path directory)
      throws IOException {
    Hnsw index = index(TestVectors.clustered(5000, DIM, 20, 4), 5000, Metric.L2);
    RecallTarget target;
    try (Workers one = Workers.of(1)) {
      target = index.tuned(0.97, one, Progress.none()).recallTarget().orElseThrow();
    }
    Hnsw tuned = index.tuned(0.97, workers, Progress.none());
    assertEquals(target, tuned.recallTarget().orElseThrow());
    Path path = directory.resolve("graph.khnsw");
    tuned.save(path);
    Hnsw opened = Hnsw.open(path, index.rows(), arena);
    assertEquals(target, opened.recallTarget().orElseThrow());
    assertEquals(target.ef(10), opened.efFor(10));
    index.save(path);
    assertTrue(Hnsw.open(path, index.rows(), arena).recallTarget().isEmpty());
    assertEquals(HnswSearcher.DEFAULT_EF, index.efFor(10));
  }

  @Test
  void smallIndexesAndEqualRowsNeedNoMeasuring() {
    for (int n : new int[] {0, 1, 2, 5, 100}) {
      Hnsw index = index(TestVectors.normal(n, DIM, 5), n, Metric.COSINE);
      assertEquals(
          new RecallTarget(0.95, 10, 100),
          index.tuned(0.95, workers, Progress.none()).recallTarget().orElseThrow());
    }
    Hnsw zeros = index(new float[3000 * DIM], 3000, Metric.COSINE);
    assertEquals(10, zeros.tuned(0.95, workers, Progress.none()).efFor(10));
  }

  @Test
  void queriesOfAnotherKindThanTheRowsReachTheTargetWhereASampleWasGiven() {
    // Means of far rows lie between the clusters, where rows don't lead.
    int n = 6000;
    float[] rows = TestVectors.clustered(n, DIM, 60, 3);
    Hnsw index = index(rows, n, Metric.COSINE);
    float[] means = new float[600 * DIM];
    for (int q = 0; q < 600; q++) {
      for (int i = 0; i < DIM; i++) {
        means[q * DIM + i] = rows[q * DIM + i] + rows[(5999 - q * 7) * DIM + i];
      }
    }
    Embeddings sample = Embeddings.copyOf(Arrays.copyOf(means, 300 * DIM), DIM, arena);
    Hnsw byRows = index.tuned(0.95, workers, Progress.none());
    Hnsw bySample = index.tuned(0.95, sample, workers, Progress.none());
    assertTrue(bySample.efFor(10) > byRows.efFor(10), bySample.efFor(10) + " by means");
    assertEquals(
        bySample.recallTarget(),
        index.tuned(0.95, sample, workers, Progress.none()).recallTarget());
    double recall = recall(bySample, means, 300, 600, 10);
    assertTrue(recall >= 0.94, "recall " + recall);

    Embeddings shorter = Embeddings.copyOf(new float[4], 2, arena);
    Embeddings none = Embeddings.copyOf(new float[0], DIM, arena);
    for (Embeddings bad : new Embeddings[] {shorter, none}) {
      assertThrows(
          IllegalArgumentException.class, () -> index.tuned(0.95, bad, workers, Progress.none()));
    }
  }

  @Test
  void vectorsThatWereLoadedTwiceAreMeasuredToo() {
    int n = 4_000;
    float[] once = TestVectors.clustered(n, DIM, 20, 8);
    float[] twice = new float[2 * once.length];
    System.arraycopy(once, 0, twice, 0, once.length);
    System.arraycopy(once, 0, twice, once.length, once.length);
    Hnsw index = index(twice, 2 * n, Metric.COSINE).tuned(0.95, workers, Progress.none());
    assertTrue(index.efFor(10) > 10);
    double recall = recall(index, TestVectors.clustered(n + 300, DIM, 20, 8), n, n + 300, 10);
    assertTrue(recall >= 0.94, "recall " + recall);
  }

  @Test
  void efRisesWithK() {
    RecallTarget target = new RecallTarget(0.9, 40, 220);
    assertEquals(40, target.ef(1));
    assertEquals(40, target.ef(10));
    assertEquals(140, target.ef(60));
    assertEquals(220, target.ef(100));
    assertEquals(2200, target.ef(1000));
    assertEquals(Integer.MAX_VALUE, target.ef(Integer.MAX_VALUE));
  }

  @Test
  void impossibleTargetsAreRefused(@TempDir Path directory) throws IOException {
    Hnsw index = index(TestVectors.normal(50, DIM, 5), 50, Metric.L2);
    for (double target : new double[] {0, 1, -1, 1.5, Double.NaN}) {
      assertThrows(
          IllegalArgumentException.class, () -> index.tuned(target, workers, Progress.none()));
    }
    assertThrows(IllegalArgumentException.class, () -> new RecallTarget(0.9, 9, 100));
    assertThrows(IllegalArgumentException.class, () -> new RecallTarget(0.9, 10, 99));
    Path path = directory.resolve("graph.khnsw");
    index.tuned(0.95, workers, Progress.none()).save(path);
    byte[] whole = Files.readAllBytes(path);
    for (int at : new int[] {4096 + 16 + 7, 4096 + 24 + 3, 4096 + 28 + 3}) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) 0x80;
      Files.write(path, damaged);
      assertThrows(CorruptFileException.class, () -> Hnsw.open(path, index.rows(), arena));
    }
    assertEquals(0.95, ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getDouble(4112));
  }

  /** Recall of queries [from, to) at the ef that the index chose. */
  private static double recall(Hnsw index, float[] queries, int from, int to, int k) {
    ExactSearcher exact = ExactSearch.of(index.rows(), index.metric()).searcher();
    HnswSearcher searcher = index.searcher();
    Neighbors found = new Neighbors(k);
    Neighbors expected = new Neighbors(k);
    int hits = 0;
    for (int q = from; q < to; q++) {
      searcher.search(queries, q * DIM, k, OrdinalFilter.ALL, found);
      exact.search(queries, q * DIM, k, OrdinalFilter.ALL, expected);
      for (int a = 0; a < k; a++) {
        for (int b = 0; b < k; b++) {
          hits += found.ordinal(a) == expected.ordinal(b) ? 1 : 0;
        }
      }
    }
    return (double) hits / ((to - from) * k);
  }

  private Hnsw index(float[] rows, int n, Metric metric) {
    Embeddings raw = Embeddings.copyOf(Arrays.copyOf(rows, n * DIM), DIM, arena);
    Embeddings vectors = metric == Metric.COSINE ? raw.normalized(arena) : raw;
    HnswOptions options = new HnswOptions(8, 60, 1);
    return Hnsw.build(vectors, metric, options, arena, workers, Progress.none());
  }
}
