package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HnswFileTest {
  private static final int DIM = 8;
  private static final int N = 600;
  private static final int EF = 12;

  @TempDir Path directory;
  private Arena arena;
  private Embeddings rows;
  private Path path;
  private Hnsw built;

  @BeforeEach
  void build() throws IOException {
    arena = Arena.ofShared();
    float[] values = TestVectors.clustered(N, DIM, 5, 3);
    System.arraycopy(values, 0, values, 300 * DIM, 40 * DIM); // 40 duplicates
    rows = Embeddings.copyOf(values, DIM, arena).normalized(arena);
    path = directory.resolve("graph.khnsw");
    HnswOptions options = new HnswOptions(4, 40, -5, SearchCodes.LINKS);
    try (Workers workers = Workers.of(1)) {
      built = Hnsw.build(rows, Metric.COSINE, options, arena, workers, Progress.none());
    }
    built.save(path);
  }

  @AfterEach
  void close() {
    arena.close();
  }

  @Test
  void anOpenedGraphAnswersAsTheBuiltOne() throws IOException {
    Hnsw.verify(path);
    Hnsw opened = Hnsw.open(path, rows, arena);
    assertEquals(built.options(), opened.options());
    assertEquals(Metric.COSINE, opened.metric());
    assertEquals(built.levels().length, opened.levels().length);
    assertTrue(opened.levels().length > 2);
    HnswSearcher a = built.searcher();
    HnswSearcher b = opened.searcher();
    Neighbors expected = new Neighbors(10);
    Neighbors actual = new Neighbors(10);
    for (int q = 0; q < 50; q++) {
      float[] query = TestVectors.normal(1, DIM, q);
      a.search(query, 0, 10, EF, OrdinalFilter.ALL, expected);
      b.search(query, 0, 10, EF, OrdinalFilter.ALL, actual);
      for (int rank = 0; rank < 10; rank++) {
        assertEquals(expected.ordinal(rank), actual.ordinal(rank));
        assertEquals(expected.score(rank), actual.score(rank));
      }
    }
    Path again = directory.resolve("again.khnsw");
    opened.save(again);
    assertEquals(-1, Files.mismatch(path, again));
  }

  @Test
  void anEmptyGraphComesBack() throws IOException {
    Embeddings none = Embeddings.copyOf(new float[0], DIM, arena);
    Path empty = directory.resolve("empty.khnsw");
    try (Workers workers = Workers.of(2)) {
      Hnsw.build(none, Metric.L2, HnswOptions.defaults(), arena, workers, Progress.none())
          .save(empty);
    }
    Hnsw.verify(empty);
    assertEquals(0, Hnsw.open(empty, none, arena).searcher().search(new float[DIM], 5).size());
  }

  @Test
  void anyOtherLengthIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(path);
    Draws draws = Draws.of(1, "cut");
    for (int cut = 0; cut < 300; cut++) {
      int length = cut < 100 ? whole.length - 1 - cut : draws.nextInt(whole.length);
      Files.write(path, Arrays.copyOf(whole, length));
      assertCorrupt(rows);
    }
  }

  @Test
  void flippedBitsOfHeaderAndTableAreRefused() throws IOException {
    byte[] whole = Files.readAllBytes(path);
    for (int at = 0; at < whole.length; at = at < 300 ? at + 1 : at + 97) {
      if (at < 4096 || at >= whole.length - 4) {
        byte[] flipped = whole.clone();
        flipped[at] ^= 0x10;
        Files.write(path, flipped);
        assertCorrupt(rows);
      }
    }
  }

  @Test
  void damagedBodiesOpenAndFailVerifyAndSearchesStayInBounds() throws IOException {
    byte[] whole = Files.readAllBytes(path);
    Draws draws = Draws.of(2, "damage");
    for (int round = 0; round < 120; round++) {
      byte[] damaged = whole.clone();
      int from = 4096 + 64; // after seed and fingerprint, which opening checks
      int flips = round < 40 ? 1 : 1 << Math.min(12, round / 8);
      for (int i = 0; i < flips; i++) {
        int at = from + draws.nextInt(whole.length - 4 - from);
        damaged[at] = (byte) (damaged[at] ^ 1 << draws.nextInt(8));
      }
      if (round == 118) {
        Arrays.fill(damaged, from, whole.length - 4, (byte) 0x7F);
      } else if (round == 119) {
        Arrays.fill(damaged, from, whole.length - 4, (byte) 0);
      }
      Files.write(path, damaged);
      if (!Arrays.equals(whole, damaged)) {
        CorruptFileException thrown =
            assertThrows(CorruptFileException.class, () -> Hnsw.verify(path));
        assertTrue(thrown.offset() >= 4096);
      }
      try (Arena own = Arena.ofConfined()) {
        Hnsw opened = Hnsw.open(path, rows, own);
        HnswSearcher searcher = opened.searcher();
        Walk plain = opened.walk();
        FilteredWalk walk = new FilteredWalk(opened, plain);
        Neighbors found = new Neighbors(10);
        for (int q = 0; q < 20; q++) {
          float[] query = TestVectors.normal(1, DIM, q);
          searcher.search(query, 0, 10, EF, OrdinalFilter.ALL, found);
          assertInBounds(found);
          searcher.search(query, 0, 10, EF, ordinal -> ordinal % 2 == 0, found);
          assertInBounds(found);
          Queries.prepare(query, 0, 10, Metric.COSINE, DIM, plain.query());
          plain.begin();
          walk.walk(ordinal -> ordinal % 3 == 0, new int[] {0, 7}, 2, EF, Long.MAX_VALUE);
          for (int i = 0; i < walk.size(); i++) {
            assertTrue(ScoredOrdinal.ordinal(walk.entry(i)) < N);
          }
        }
      }
    }
  }

  @Test
  void forgedCountsAreRefused() throws IOException {
    byte[] whole = Files.readAllBytes(path);
    for (int count = 0; count < 15; count++) {
      for (long value : new long[] {0, 1, 5, 257, N + 1, 1L << 31, 1L << 40, Long.MAX_VALUE}) {
        byte[] forged = whole.clone();
        ByteBuffer bytes = ByteBuffer.wrap(forged).order(ByteOrder.LITTLE_ENDIAN);
        // Another m of the same block size or another efConstruction doesn't change the layout.
        boolean harmless = count == 3 && value == 5 || count == 4 && value > 4 && value <= 10_000;
        if (bytes.getLong(80 + 8 * count) == value || harmless) {
          continue;
        }
        bytes.putLong(80 + 8 * count, value);
        CRC32C crc = new CRC32C();
        crc.update(forged, 0, 4092);
        bytes.putInt(4092, (int) crc.getValue());
        Files.write(path, forged);
        int forgedCount = count;
        assertThrows(
            CorruptFileException.class,
            () -> Hnsw.open(path, rows, arena),
            () -> "count " + forgedCount + " = " + value);
      }
    }
  }

  @Test
  void otherVectorsAreRefused() throws IOException {
    float[] values = TestVectors.clustered(N, DIM, 5, 3);
    assertCorrupt(Embeddings.copyOf(values, DIM, arena));
    assertCorrupt(Embeddings.copyOf(TestVectors.normal(N, DIM, 4), DIM, arena).normalized(arena));
    assertCorrupt(Embeddings.copyOf(TestVectors.normal(N - 1, DIM, 4), DIM, arena));
    assertCorrupt(Embeddings.copyOf(TestVectors.normal(N, DIM + 1, 4), DIM + 1, arena));
  }

  @Test
  void anotherVersionIsRefusedByName() throws IOException {
    byte[] whole = Files.readAllBytes(path);
    ByteBuffer bytes = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(20, 99);
    CRC32C crc = new CRC32C();
    crc.update(whole, 0, 4092);
    bytes.putInt(4092, (int) crc.getValue());
    Files.write(path, whole);
    String message =
        assertThrows(CorruptFileException.class, () -> Hnsw.open(path, rows, arena)).getMessage();
    assertTrue(message.contains("khnsw version 99, this Kindred reads version 3"), message);
  }

  private void assertCorrupt(Embeddings vectors) {
    assertThrows(CorruptFileException.class, () -> Hnsw.open(path, vectors, arena));
  }

  private static void assertInBounds(Neighbors found) {
    assertTrue(found.size() <= 10);
    for (int rank = 0; rank < found.size(); rank++) {
      assertTrue(found.ordinal(rank) >= 0 && found.ordinal(rank) < N);
    }
  }
}
