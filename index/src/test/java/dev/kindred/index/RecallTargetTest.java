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
    ExactSearcher exact = ExactSearch.of(index.rows(), metric).searcher();
    int before = 0;
    for (double target : new double[] {0.8, 0.95}) {
      Hnsw tuned = index.tuned(target, workers, Progress.none());
      assertEquals(target, tuned.recallTarget().orElseThrow().recall());
      assertTrue(tuned.efFor(10) > before);
      before = tuned.efFor(10);
      for (int k : new int[] {1, 10, 50, 100}) {
        HnswSearcher searcher = tuned.searcher();
        Neighbors found = new Neighbors(k);
        Neighbors expected = new Neighbors(k);
        int hits = 0;
        for (int q = n; q < n + 300; q++) {
          searcher.search(all, q * DIM, k, OrdinalFilter.ALL, found);
          exact.search(all, q * DIM, k, OrdinalFilter.ALL, expected);
          for (int a = 0; a < k; a++) {
            for (int b = 0; b < k; b++) {
              hits += found.ordinal(a) == expected.ordinal(b) ? 1 : 0;
            }
          }
        }
        double recall = hits / (300.0 * k);
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

  private Hnsw index(float[] rows, int n, Metric metric) {
    Embeddings raw = Embeddings.copyOf(Arrays.copyOf(rows, n * DIM), DIM, arena);
    Embeddings vectors = metric == Metric.COSINE ? raw.normalized(arena) : raw;
    HnswOptions options = new HnswOptions(8, 60, 1);
    return Hnsw.build(vectors, metric, options, arena, workers, Progress.none());
  }
}
