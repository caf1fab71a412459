package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.ElementType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddingFileTest {
  @TempDir Path directory;

  @Test
  void rowsComeBackBitForBit() throws IOException {
    for (int dim : new int[] {1, 15, 16, 17, 100}) {
      float[] rows = TestVectors.normal(37, dim, dim);
      Path path = directory.resolve("rows" + dim + ".kvec");
      EmbeddingFile.write(path, rows, dim);
      try (Arena arena = Arena.ofConfined()) {
        EmbeddingFile file = EmbeddingFile.open(path, arena);
        file.verify();
        assertEquals(37, file.size());
        assertEquals(dim, file.dim());
        Embeddings embeddings = file.embeddings();
        assertEquals(0, embeddings.strideBytes() % 64);
        assertEquals(0, embeddings.rows().address() % 64);
        float[] row = new float[dim + 2];
        for (int ordinal = 0; ordinal < 37; ordinal++) {
          embeddings.copyRow(ordinal, row, 1);
          assertArrayEquals(
              TestVectors.row(rows, dim, ordinal), Arrays.copyOfRange(row, 1, dim + 1));
        }
        assertThrows(IndexOutOfBoundsException.class, () -> embeddings.copyRow(37, row, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> embeddings.copyRow(-1, row, 0));
        Path copy = directory.resolve("copy.kvec");
        EmbeddingFile.write(copy, embeddings);
        assertEquals(-1, Files.mismatch(path, copy));
      }
    }
  }

  @Test
  void noRowsAreFine() throws IOException {
    Path path = directory.resolve("none.kvec");
    EmbeddingFile.write(path, new float[0], 8);
    try (Arena arena = Arena.ofConfined()) {
      EmbeddingFile file = EmbeddingFile.open(path, arena);
      file.verify();
      assertEquals(0, file.size());
      assertTrue(
          ExactSearch.of(file.embeddings(), Metric.DOT).searcher().search(new float[8], 3).size()
              == 0);
    }
  }

  @Test
  void theFileKnowsWhetherItsRowsAreUnitRows() throws IOException {
    float[] rows = TestVectors.normal(20, 12, 5);
    Arrays.fill(rows, 12, 24, 0);
    Path raw = directory.resolve("raw.kvec");
    Path unit = directory.resolve("unit.kvec");
    EmbeddingFile.write(raw, rows, 12);
    try (EmbeddingWriter out = EmbeddingWriter.createNormalized(unit, 12)) {
      for (int row = 0; row < 20; row++) {
        assertEquals(row, out.size());
        out.add(rows, row * 12);
      }
      out.commit();
    }
    try (Arena arena = Arena.ofConfined()) {
      assertFalse(EmbeddingFile.open(raw, arena).embeddings().unit());
      Embeddings read = EmbeddingFile.open(unit, arena).embeddings();
      assertTrue(read.unit());
      Embeddings expected = Embeddings.copyOf(rows, 12, arena).normalized(arena);
      assertEquals(-1, expected.rows().mismatch(read.rows()));
    }
  }

  @Test
  void valuesThatAreNotFiniteAreRefusedByRowAndValueAndLeaveNoFile() throws IOException {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] rows = TestVectors.normal(20, 12, 5);
      rows[7 * 12 + 3] = bad;
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> EmbeddingFile.write(directory.resolve("bad.kvec"), rows, 12))
              .getMessage();
      assertTrue(message.startsWith("row 7 has " + bad + " at position 3"), message);
      assertThrows(IllegalArgumentException.class, () -> TestVectors.embeddings(rows, 12));
    }
    try (var entries = Files.list(directory)) {
      assertEquals(0, entries.count());
    }
  }

  @Test
  void hugeAndTinyRowsAreNormalisedWithoutOverflow() {
    float[] rows = {3e38f, 3e38f, 0, 1e-44f, 0, 0};
    Embeddings unit = TestVectors.embeddings(rows, 3).normalized(Arena.ofAuto());
    float[] row = new float[3];
    unit.copyRow(0, row, 0);
    assertEquals(Math.sqrt(0.5), row[0], 1e-6);
    unit.copyRow(1, row, 0);
    assertEquals(1, row[0], 1e-6);
  }

  @Test
  void filesAboveTwoGigabytesAreReadInPlace() throws IOException {
    // A sparse file: 700,000 rows of 4 KiB, of which only the last has values.
    int rows = 700_000;
    int dim = 1024;
    Path path = directory.resolve("large.kvec");
    float[] last = TestVectors.normal(1, dim, 11);
    writeSparse(path, rows, dim, last);
    assertTrue(Files.size(path) > Integer.MAX_VALUE);
    try (Arena arena = Arena.ofConfined()) {
      EmbeddingFile file = EmbeddingFile.open(path, arena);
      assertEquals(rows, file.size());
      float[] row = new float[dim];
      file.embeddings().copyRow(rows - 1, row, 0);
      assertArrayEquals(last, row);
      file.embeddings().copyRow(rows - 2, row, 0);
      assertArrayEquals(new float[dim], row);
      Neighbors found = new Neighbors(1);
      ExactSearch.of(file.embeddings(), Metric.DOT)
          .searcher()
          .search(last, 0, 1, ordinal -> ordinal > rows - 1000, found);
      assertEquals(rows - 1, found.ordinal(0));
    }
  }

  @Test
  void countsThatDoNotFitTheBodyAreRefused() throws IOException {
    long[][] countsOfBadFiles = {
      {10, 16, 64, 0}, // body of 11 rows
      {11, 17, 64, 0}, // stride of another dim
      {11, 16, 128, 0},
      {11, 0, 64, 0},
      {Long.MAX_VALUE, 16, 64, 0},
      {11, 1L << 40, 64, 0},
    };
    for (long[] counts : countsOfBadFiles) {
      Path path = directory.resolve("counts.kvec");
      try (CheckedFileWriter out = CheckedFileWriter.create(path, "kvec", 1)) {
        out.elementType(ElementType.F32);
        out.writeBytes(new byte[11 * 64], 0, 11 * 64);
        for (int i = 0; i < counts.length; i++) {
          out.count(i, counts[i]);
        }
        out.commit();
      }
      try (Arena arena = Arena.ofConfined()) {
        assertThrows(
            CorruptFileException.class,
            () -> EmbeddingFile.open(path, arena),
            Arrays.toString(counts));
      }
    }
  }

  @Test
  void otherElementTypesAreRefusedByName() throws IOException {
    Path path = directory.resolve("i8.kvec");
    try (CheckedFileWriter out = CheckedFileWriter.create(path, "kvec", 1)) {
      out.elementType(ElementType.I8);
      out.commit();
    }
    try (Arena arena = Arena.ofConfined()) {
      String message =
          assertThrows(CorruptFileException.class, () -> EmbeddingFile.open(path, arena))
              .getMessage();
      assertTrue(message.contains("I8"), message);
    }
  }

  @Test
  void searchesOverFlippedBodiesStayInBounds() throws IOException {
    float[] rows = TestVectors.normal(50, 10, 5);
    Path path = directory.resolve("flipped.kvec");
    EmbeddingFile.write(path, rows, 10);
    byte[] whole = Files.readAllBytes(path);
    Arrays.fill(whole, 4096 + 100, 4096 + 300, (byte) 0xFF); // NaN everywhere
    Files.write(path, whole);
    try (Arena arena = Arena.ofConfined()) {
      EmbeddingFile file = EmbeddingFile.open(path, arena);
      assertThrows(CorruptFileException.class, file::verify);
      for (Metric metric : Metric.values()) {
        Neighbors found =
            ExactSearch.of(file.embeddings(), metric).searcher().search(new float[10], 50);
        assertEquals(50, found.size());
      }
    }
  }

  /** Writes header, last row and table by hand; the blocks before the last row stay holes. */
  private static void writeSparse(Path path, int rows, int dim, float[] lastRow)
      throws IOException {
    long stride = dim * 4L;
    long bodyBytes = rows * stride;
    Path small = path.resolveSibling("small.kvec");
    EmbeddingFile.write(small, lastRow, dim);
    byte[] header = Arrays.copyOf(Files.readAllBytes(small), 4096);
    int blocks = (int) ((bodyBytes - 1) / (1 << 20) + 1);
    ByteBuffer table = ByteBuffer.allocate(4 * blocks).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    fields.putLong(32, 4096 + bodyBytes + 4L * blocks);
    fields.putLong(48, bodyBytes);
    fields.putLong(56, 4096 + bodyBytes);
    fields.putLong(64, blocks);
    fields.putInt(72, crc(table.array(), 4 * blocks));
    fields.putLong(80, rows);
    fields.putInt(4092, crc(header, 4092));
    ByteBuffer last = ByteBuffer.allocate((int) stride).order(ByteOrder.LITTLE_ENDIAN);
    last.asFloatBuffer().put(lastRow);
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(header), 0);
      channel.write(last, 4096 + bodyBytes - stride);
      channel.write(table, 4096 + bodyBytes);
    }
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
