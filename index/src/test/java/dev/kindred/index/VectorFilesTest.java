package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorFilesTest {
  private static final int DIM = 7;
  private static final int ROWS = 23;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v.npy",
        "v.fvecs",
        "v.f32",
        "v.f16",
        "V.NPY.GZ",
        "v.fvecs.gz",
        "v.f32.gz",
        "v.f16.gz"
      })
  void vectorsComeBack(String name) throws IOException {
    float[] rows = new float[ROWS * DIM];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (i - 80) / 8f; // exact in 16 bits
    }
    Path path = directory.resolve(name);
    VectorFiles.write(path, TestVectors.embeddings(rows, DIM));
    try (Arena arena = Arena.ofConfined()) {
      Embeddings read = VectorFiles.read(path, DIM, arena);
      assertEquals(ROWS, read.size());
      float[] row = new float[DIM];
      for (int ordinal = 0; ordinal < ROWS; ordinal++) {
        read.copyRow(ordinal, row, 0);
        assertArrayEquals(TestVectors.row(rows, DIM, ordinal), row);
      }
    }
    try (var entries = Files.list(directory)) {
      assertEquals(1, entries.count());
    }
  }

  @Test
  void filesThatStateTheirDimensionNeedNoOther() throws IOException {
    Embeddings rows = TestVectors.embeddings(TestVectors.normal(3, DIM, 1), DIM);
    for (String name : new String[] {"a.npy", "a.fvecs"}) {
      Path path = directory.resolve(name);
      VectorFiles.write(path, rows);
      try (VectorReader reader = VectorFiles.open(path, 0)) {
        assertEquals(DIM, reader.dim());
      }
      assertMessage(path, 8, "has vectors of dim 7, expected dim 8");
    }
    Path raw = directory.resolve("a.f32");
    VectorFiles.write(raw, rows);
    assertMessage(raw, 0, "state their dimension");
    assertMessage(raw, 8, "ends within row 2 (20 of 32 bytes); check the dimension (8)");
  }

  @Test
  void manyRowsComeInSeveralChunks() throws IOException {
    int dim = 300;
    int n = 8000; // 2.4 million values
    float[] rows = TestVectors.normal(n, dim, 9);
    Path path = directory.resolve("many.f32");
    VectorFiles.write(path, TestVectors.embeddings(rows, dim));
    try (Arena arena = Arena.ofConfined()) {
      Embeddings read = VectorFiles.read(path, dim, arena);
      assertEquals(-1, read.rows().mismatch(TestVectors.embeddings(rows, dim).rows()));
    }
  }

  @Test
  void ordinalsComeBack() throws IOException {
    int[] values = new int[12];
    Arrays.setAll(values, i -> i * i - 5);
    for (String name : new String[] {"t.ivecs", "t.i32", "t.ivecs.gz", "t.i32.gz"}) {
      Path path = directory.resolve(name);
      VectorFiles.writeInts(path, new IntRows(values, 4));
      IntRows read = VectorFiles.readInts(path, name.contains("ivecs") ? 0 : 4);
      assertEquals(3, read.rows());
      assertEquals(4, read.columns());
      for (int i = 0; i < 12; i++) {
        assertEquals(values[i], read.get(i / 4, i % 4));
      }
    }
    Path path = directory.resolve("t.i32");
    assertThrows(BadVectorFileException.class, () -> VectorFiles.readInts(path, 0));
    assertThrows(BadVectorFileException.class, () -> VectorFiles.readInts(path, 5));
    assertThrows(
        BadVectorFileException.class, () -> VectorFiles.readInts(directory.resolve("t.ivecs"), 3));
  }

  @Test
  void numpyFilesOfOtherKindsAreRefusedWithTheRemedy() throws IOException {
    Path path = directory.resolve("other.npy");
    npy(path, "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }", 16);
    assertMessage(path, 0, "holds '<f8' values, expected '<f4' or '<f2'; save array.astype");
    npy(path, "{'descr': '>f4', 'fortran_order': False, 'shape': (1, 2), }", 8);
    assertMessage(path, 0, "holds '>f4'");
    npy(path, "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }", 8);
    assertMessage(path, 0, "ascontiguousarray");
    npy(path, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", 8);
    assertMessage(path, 0, "has shape (2,)");
    npy(path, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 99999999999), }", 8);
    assertMessage(path, 0, "has shape");
    npy(path, "{'descr': '<f4'}", 8);
    assertMessage(path, 0, "its header");
    npy(path, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", 8);
    assertMessage(path, 0, "ends within row 1");
    npy(path, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", 9);
    assertMessage(path, 0, "goes on after the 1 rows");
    Files.writeString(path, "not numpy at all");
    assertMessage(path, 0, "isn't a NumPy file");
    npy(path, "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 2), }", 8);
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(2, VectorFiles.read(path, 2, arena).size());
    }
  }

  @Test
  void rowsOfAnotherLengthInsideAnFvecsFileAreRefused() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(2).putFloat(1).putFloat(2).putInt(3).putFloat(1).putFloat(2);
    Path path = Files.write(directory.resolve("mixed.fvecs"), bytes.array());
    assertMessage(path, 2, "row 1 has dim 3, the first row has 2");
    bytes.putInt(0, -5);
    Files.write(path, bytes.array());
    assertMessage(path, 0, "its first row has dim -5");
    Files.write(path, new byte[3]);
    assertMessage(path, 0, "ends within its first row");
  }

  @Test
  void valuesThatAreNotFiniteAreRefusedByRowAndValue() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(1).putFloat(2).putFloat(3).putFloat(Float.NaN);
    Path path = Files.write(directory.resolve("nan.f32"), bytes.array());
    assertMessage(path, 2, "row 1 has NaN at position 1");
    ByteBuffer half = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    half.putShort(Float.floatToFloat16(Float.NEGATIVE_INFINITY)).putShort((short) 0);
    Path halves = Files.write(directory.resolve("inf.f16"), half.array());
    assertMessage(halves, 2, "row 0 has -Infinity at position 0");
  }

  @Test
  void valuesThatSixteenBitsCannotHoldAreNotWritten() throws IOException {
    Path path = directory.resolve("large.f16");
    Embeddings rows = TestVectors.embeddings(new float[] {1, 2, 3, -70_000}, 2);
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> VectorFiles.write(path, rows));
    assertTrue(refused.getMessage().contains("row 1 holds -70000"), refused.getMessage());
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void anyCutOfAFileIsRefused() throws IOException {
    Embeddings rows = TestVectors.embeddings(TestVectors.normal(3, DIM, 1), DIM);
    for (String name : new String[] {"c.npy", "c.fvecs", "c.f32", "c.npy.gz", "c.fvecs.gz"}) {
      Path path = directory.resolve(name);
      VectorFiles.write(path, rows);
      byte[] whole = Files.readAllBytes(path);
      int rowBytes = name.startsWith("c.fvecs") ? 4 + 4 * DIM : 4 * DIM;
      for (int length = 1; length < whole.length; length++) {
        boolean atRowEnd =
            !name.startsWith("c.npy") && !name.endsWith("gz") && length % rowBytes == 0;
        if (!atRowEnd) {
          Files.write(path, Arrays.copyOf(whole, length));
          assertMessage(path, DIM, "");
        }
      }
    }
  }

  @Test
  void wrongGzipMissingFilesAndUnknownNamesAreRefused() throws IOException {
    Path plain = Files.writeString(directory.resolve("plain.f32.gz"), "hello hello hello");
    assertMessage(plain, 4, "isn't valid gzip");
    assertMessage(Files.writeString(directory.resolve("x.csv"), "1,2"), 2, "its name must end in");
    assertMessage(Files.createDirectory(directory.resolve("d.f32")), 2, "is a directory");
    assertThrows(NoSuchFileException.class, () -> VectorFiles.open(directory.resolve("no.f32"), 2));
    assertThrows(
        BadVectorFileException.class, () -> VectorFiles.readInts(directory.resolve("a.f32"), 2));
  }

  @Test
  void emptyFilesHoldNoRows() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      for (String name : new String[] {"e.f32", "e.fvecs"}) {
        Path path = Files.createFile(directory.resolve(name));
        assertEquals(0, VectorFiles.read(path, 3, arena).size());
      }
    }
  }

  private static void npy(Path path, String header, int dataBytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0});
    byte[] text = (header + "\n").getBytes(StandardCharsets.UTF_8);
    out.write(new byte[] {(byte) text.length, 0, 0, 0});
    out.write(text);
    out.write(new byte[dataBytes]);
    Files.write(path, out.toByteArray());
  }

  private static void assertMessage(Path path, int dim, String part) {
    BadVectorFileException thrown =
        assertThrows(
            BadVectorFileException.class,
            () -> {
              try (Arena arena = Arena.ofConfined()) {
                VectorFiles.read(path, dim, arena);
              }
            });
    String message = thrown.getMessage();
    assertTrue(message.startsWith(path + ": "), message);
    assertTrue(message.contains(part), message);
    assertFalse(message.contains("\n"), message);
    assertEquals(path, thrown.path());
  }
}
