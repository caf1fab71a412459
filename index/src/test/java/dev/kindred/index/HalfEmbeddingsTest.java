package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.ElementType;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows of 16 bits per value in memory, in files and under every search. */
class HalfEmbeddingsTest {
  private static final int DIM = 21;
  private static final int EF = 60;

  @TempDir Path directory;
  private final Arena arena = Arena.ofShared();

  @AfterEach
  void close() {
    arena.close();
  }

  @Test
  void valuesKeepElevenBitsAndRowsTheirOrder() {
    float[] values = TestVectors.normal(9, 100, 3);
    Embeddings floats = Embeddings.copyOf(values, 100, arena);
    Embeddings halves = floats.halved(arena);
    assertEquals(ElementType.F32, floats.elementType());
    assertEquals(ElementType.F16, halves.elementType());
    assertEquals(448, floats.strideBytes());
    assertEquals(256, halves.strideBytes());
    assertSame(halves, halves.halved(arena));
    float[] row = new float[102];
    for (int ordinal = 0; ordinal < 9; ordinal++) {
      halves.copyRow(ordinal, row, 1);
      for (int i = 0; i < 100; i++) {
        float value = values[ordinal * 100 + i];
        assertEquals(value, row[i + 1], 0x1p-11 * Math.abs(value) + 0x1p-25);
      }
      assertEquals(0, row[0]);
      assertEquals(0, row[101]);
    }
    assertThrows(IndexOutOfBoundsException.class, () -> halves.copyRow(9, row, 0));
    assertEquals(0, Embeddings.copyOf(new float[0], 5, arena).halved(arena).size());
  }

  @Test
  void unitRowsStayUnitRowsAndOthersAreMadeSo() {
    Embeddings raw = Embeddings.copyOf(TestVectors.clustered(300, DIM, 5, 4), DIM, arena);
    assertTrue(raw.normalized(arena).halved(arena).unit());
    Embeddings halves = raw.halved(arena);
    assertFalse(halves.unit());
    Embeddings unit = halves.normalized(arena);
    assertTrue(unit.unit());
    assertEquals(ElementType.F16, unit.elementType());
    float[] row = new float[DIM];
    for (int ordinal = 0; ordinal < 300; ordinal++) {
      unit.copyRow(ordinal, row, 0);
      assertEquals(1, Embeddings.squaredNorm(row, 0, DIM), 1e-3);
    }
  }

  @Test
  void valuesBeyondTheRangeAreRefusedByRowAndValueAndLeaveNoFile() throws IOException {
    float[] values = TestVectors.normal(6, DIM, 5);
    values[2 * DIM + 7] = 65_519; // rounds to 65,504
    Embeddings.copyOf(values, DIM, arena).halved(arena);
    for (float large : new float[] {65_520, -65_520, 3e38f}) {
      values[4 * DIM + 3] = large;
      Embeddings floats = Embeddings.copyOf(values, DIM, arena);
      String message =
          assertThrows(IllegalArgumentException.class, () -> floats.halved(arena)).getMessage();
      assertTrue(message.startsWith("row 4 has " + large + " at position 3; "), message);
      assertTrue(message.contains("65504"), message);
      try (EmbeddingWriter out =
          EmbeddingWriter.create(directory.resolve("large.kvec"), DIM, ElementType.F16)) {
        String ofWriter =
            assertThrows(
                    IllegalArgumentException.class,
                    () -> {
                      for (int row = 0; row < 6; row++) {
                        out.add(values, row * DIM);
                      }
                    })
                .getMessage();
        assertEquals(message, ofWriter);
      }
    }
    try (var entries = Files.list(directory)) {
      assertEquals(0, entries.count());
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> EmbeddingWriter.create(directory.resolve("i8.kvec"), DIM, ElementType.I8));
  }

  @Test
  void filesComeBackBitForBit() throws IOException {
    for (int dim : new int[] {1, 31, 32, 33, 100}) {
      Embeddings halves =
          Embeddings.copyOf(TestVectors.normal(37, dim, dim), dim, arena).halved(arena);
      Path path = directory.resolve("halves" + dim + ".kvec");
      EmbeddingFile.write(path, halves);
      EmbeddingFile file = EmbeddingFile.open(path, arena);
      file.verify();
      assertEquals(37, file.size());
      assertEquals(dim, file.dim());
      assertEquals(ElementType.F16, file.embeddings().elementType());
      assertFalse(file.embeddings().unit());
      assertEquals(-1, halves.rows().mismatch(file.embeddings().rows()));
    }
  }

  @Test
  void theWriterRoundsAsTheCopyDoes() throws IOException {
    float[] values = TestVectors.normal(20, DIM, 6);
    Arrays.fill(values, DIM, 2 * DIM, 0);
    Path path = directory.resolve("unit.kvec");
    try (EmbeddingWriter out = EmbeddingWriter.createNormalized(path, DIM, ElementType.F16)) {
      for (int row = 0; row < 20; row++) {
        out.add(values, row * DIM);
      }
      out.commit();
    }
    Embeddings read = EmbeddingFile.open(path, arena).embeddings();
    Embeddings expected = Embeddings.copyOf(values, DIM, arena).normalized(arena).halved(arena);
    assertTrue(read.unit());
    assertEquals(-1, expected.rows().mismatch(read.rows()));
    Path copy = directory.resolve("copy.kvec");
    EmbeddingFile.write(copy, expected);
    assertEquals(-1, Files.mismatch(path, copy));
  }

  @Test
  void damagedFilesAreRefusedAndSearchesOverDamagedRowsStayInBounds() throws IOException {
    Path path = directory.resolve("damaged.kvec");
    Embeddings halves = Embeddings.copyOf(TestVectors.normal(50, DIM, 7), DIM, arena).halved(arena);
    EmbeddingFile.write(path, halves);
    byte[] whole = Files.readAllBytes(path);
    Draws draws = Draws.of(1, "cut");
    for (int cut = 0; cut < 60; cut++) {
      int length = cut < 30 ? whole.length - 1 - cut : draws.nextInt(whole.length);
      Files.write(path, Arrays.copyOf(whole, length));
      assertThrows(CorruptFileException.class, () -> EmbeddingFile.open(path, arena));
    }
    for (int at = 0; at < whole.length; at = at < 300 ? at + 1 : at + 97) {
      byte[] flipped = whole.clone();
      flipped[at] ^= 0x10;
      Files.write(path, flipped);
      if (at < 4096 || at >= whole.length - 4) {
        assertThrows(CorruptFileException.class, () -> EmbeddingFile.open(path, arena));
      } else {
        EmbeddingFile file = EmbeddingFile.open(path, arena);
        assertThrows(CorruptFileException.class, file::verify);
      }
    }
    for (int fill : new int[] {0xFF, 0x7C}) {
      byte[] filled = whole.clone();
      Arrays.fill(filled, 4096 + 100, whole.length - 100, (byte) fill); // no finite value
      Files.write(path, filled);
      for (Metric metric : Metric.values()) {
        Embeddings rows = EmbeddingFile.open(path, arena).embeddings();
        assertEquals(50, ExactSearch.of(rows, metric).searcher().search(new float[DIM], 50).size());
      }
    }
  }

  @Test
  void aStrideOfTheOtherWidthIsRefused() throws IOException {
    for (ElementType type : new ElementType[] {ElementType.F16, ElementType.F32}) {
      Path path = directory.resolve("stride.kvec");
      try (CheckedFileWriter out = CheckedFileWriter.create(path, "kvec", 1)) {
        out.elementType(type);
        out.writeBytes(new byte[2 * 128], 0, 2 * 128);
        out.count(EmbeddingFile.ROWS, 2);
        out.count(EmbeddingFile.DIM, 32);
        out.count(EmbeddingFile.STRIDE, 128);
        out.commit();
      }
      if (type == ElementType.F32) {
        EmbeddingFile.open(path, arena);
      } else {
        assertThrows(CorruptFileException.class, () -> EmbeddingFile.open(path, arena));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void theExactSearchFindsWhatSortingFinds(Metric metric) {
    for (int n : new int[] {0, 1, 511, 513}) {
      Embeddings halves =
          Embeddings.copyOf(TestVectors.clustered(n, DIM, 9, 3), DIM, arena).halved(arena);
      float[] stored = decoded(halves);
      ExactSearcher searcher = ExactSearch.of(halves, metric).searcher();
      Neighbors result = new Neighbors(1);
      for (OrdinalFilter filter :
          new OrdinalFilter[] {OrdinalFilter.ALL, ordinal -> ordinal % 3 == 1}) {
        for (int q = 0; q < 5; q++) {
          float[] query = TestVectors.normal(1, DIM, 100 + q);
          searcher.search(query, 0, 20, filter, result);
          int[] expected = TestVectors.oracle(metric, query, stored, DIM, 20, filter);
          assertEquals(expected.length, result.size());
          for (int rank = 0; rank < expected.length; rank++) {
            // Rounding may swap near ties, so scores are compared, not ordinals.
            double score = TestVectors.score(metric, query, stored, DIM, expected[rank]);
            assertEquals(score, result.score(rank), 1e-4 * (1 + Math.abs(score)));
            assertTrue(filter.accepts(result.ordinal(rank)));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, COSINE",
    "NONE, DOT",
    "NONE, L2",
    "ROWS, COSINE",
    "ROWS, DOT",
    "ROWS, L2",
    "LINKS, L2"
  })
  void graphsOverHalvesKeepTheirPromises(SearchCodes codes, Metric metric) throws IOException {
    Embeddings floats = Embeddings.copyOf(TestVectors.clustered(2500, DIM, 20, 5), DIM, arena);
    if (metric == Metric.COSINE) {
      floats = floats.normalized(arena);
    }
    Embeddings rows = floats.halved(arena);
    Hnsw index;
    HnswOptions options = HnswOptions.defaults().withEfConstruction(100).withCodes(codes);
    try (Workers workers = Workers.of(2)) {
      index = Hnsw.build(rows, metric, options, arena, workers, Progress.none());
    }
    Path vectors = directory.resolve("vectors.kvec");
    Path graph = directory.resolve("graph.khnsw");
    EmbeddingFile.write(vectors, rows);
    index.save(graph);
    Hnsw opened = Hnsw.open(graph, EmbeddingFile.open(vectors, arena).embeddings(), arena);
    Embeddings others = floats;
    assertThrows(CorruptFileException.class, () -> Hnsw.open(graph, others, arena));

    HnswSearcher searcher = index.searcher();
    HnswSearcher again = opened.searcher();
    ExactSearcher exact = ExactSearch.of(rows, metric).searcher();
    Neighbors found = new Neighbors(10);
    Neighbors same = new Neighbors(10);
    Neighbors all = new Neighbors(2500);
    OrdinalFilter even = ordinal -> (ordinal & 1) == 0;
    int hits = 0;
    for (int q = 0; q < 40; q++) {
      float[] query = TestVectors.clustered(1, DIM, 20, 1000 + q);
      for (OrdinalFilter filter : new OrdinalFilter[] {OrdinalFilter.ALL, even}) {
        exact.search(query, 0, 2500, filter, all);
        searcher.search(query, 0, 10, EF, filter, found);
        again.search(query, 0, 10, EF, filter, same);
        assertEquals(10, found.size());
        for (int rank = 0; rank < 10; rank++) {
          int at = 0;
          while (all.ordinal(at) != found.ordinal(rank)) {
            at++;
          }
          assertEquals(all.score(at), found.score(rank));
          assertEquals(found.ordinal(rank), same.ordinal(rank));
          assertEquals(found.score(rank), same.score(rank));
          hits += at < 10 ? 1 : 0;
        }
      }
    }
    assertTrue(hits >= 0.95 * 800, codes + ", " + metric + ": " + hits + " of 800 found");

    float[] query = TestVectors.clustered(1, DIM, 20, 1);
    assertEquals(
        0,
        Allocation.bytesOf(
            () -> {
              for (int i = 0; i < 20; i++) {
                searcher.search(query, 0, 10, EF, OrdinalFilter.ALL, found);
                searcher.search(query, 0, 10, EF, even, found);
                exact.search(query, 0, 10, OrdinalFilter.ALL, found);
              }
            }));
  }

  @Test
  void rowsThatBecomeEqualAreFoundTogether() {
    float[] values = TestVectors.normal(400, DIM, 8);
    for (int i = 0; i < DIM; i++) {
      float half = Float.float16ToFloat(Float.floatToFloat16(values[10 * DIM + i]));
      values[10 * DIM + i] = half;
      values[333 * DIM + i] = half * 1.0001f;
    }
    Embeddings floats = Embeddings.copyOf(values, DIM, arena);
    try (Workers workers = Workers.of(1)) {
      assertEquals(0, Duplicates.find(floats, workers).size());
      Duplicates found = Duplicates.find(floats.halved(arena), workers);
      assertEquals(1, found.size());
      assertTrue(found.flags()[333]);
      assertTrue(found.hasDuplicates(10));
    }
  }

  @Test
  void aLiveIndexLoadsThem() throws IOException {
    Embeddings halves =
        Embeddings.copyOf(TestVectors.clustered(300, DIM, 5, 9), DIM, arena).halved(arena);
    LiveOptions options = LiveOptions.defaults().withBackground(false);
    try (LiveIndex index = LiveIndex.create(directory.resolve("live"), DIM, Metric.L2, options)) {
      index.load(halves, Integer::toString, Progress.none());
      float[] row = new float[DIM];
      float[] copied = new float[DIM];
      for (int ordinal = 0; ordinal < 300; ordinal += 50) {
        halves.copyRow(ordinal, row, 0);
        assertTrue(index.copyVector(Integer.toString(ordinal), copied, 0));
        assertArrayEquals(row, copied);
      }
    }
  }

  private static float[] decoded(Embeddings rows) {
    float[] values = new float[rows.size() * rows.dim()];
    for (int ordinal = 0; ordinal < rows.size(); ordinal++) {
      rows.copyRow(ordinal, values, ordinal * rows.dim());
    }
    return values;
  }
}
