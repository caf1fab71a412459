package dev.kindred.index.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckedFileTest {
  @TempDir Path directory;

  @Test
  void everyKindOfValueComesBackAlsoAcrossBlockBorders() throws IOException {
    Path path = directory.resolve("values.test");
    int[] ints = new int[700_001];
    float[] floats = new float[300_001];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = i * 31;
    }
    for (int i = 0; i < floats.length; i++) {
      floats[i] = i / 3f;
    }
    long bytes;
    try (CheckedFileWriter out = CheckedFileWriter.create(path, "test", 3)) {
      out.elementType(ElementType.I32);
      out.count(0, 7);
      out.count(15, Long.MAX_VALUE);
      out.writeByte(0xAB); // everything after it is misaligned
      out.writeInts(ints, 0, ints.length);
      out.writeFloats(floats, 1, floats.length - 1);
      out.writeLongs(new long[] {Long.MIN_VALUE, 5}, 0, 2);
      out.writeLong(-2);
      out.writeFloat(1.5f);
      out.alignTo(64);
      assertEquals(0, out.position() % 64);
      out.writeBytes(new byte[] {9, 8, 7}, 1, 2);
      bytes = out.position();
      out.commit();
    }
    try (Arena arena = Arena.ofConfined()) {
      CheckedFile file = CheckedFile.open(path, "test", 3, arena);
      assertEquals(ElementType.I32, file.elementType());
      assertEquals(7, file.count(0));
      assertEquals(0, file.count(1));
      assertEquals(Long.MAX_VALUE, file.count(15));
      MemorySegment body = file.body();
      assertEquals(bytes, body.byteSize());
      assertTrue(body.isReadOnly());
      assertEquals((byte) 0xAB, body.get(ValueLayout.JAVA_BYTE, 0));
      long at = 1;
      for (int value : ints) {
        assertEquals(value, body.get(LittleEndian.INT, at));
        at += 4;
      }
      for (int i = 1; i < floats.length; i++) {
        assertEquals(floats[i], body.get(LittleEndian.FLOAT, at));
        at += 4;
      }
      assertEquals(Long.MIN_VALUE, body.get(LittleEndian.LONG, at));
      assertEquals(5, body.get(LittleEndian.LONG, at + 8));
      assertEquals(-2, body.get(LittleEndian.LONG, at + 16));
      assertEquals(1.5f, body.get(LittleEndian.FLOAT, at + 24));
      assertEquals((byte) 8, body.get(ValueLayout.JAVA_BYTE, bytes - 2));
      assertEquals((byte) 7, body.get(ValueLayout.JAVA_BYTE, bytes - 1));
      file.verify();
    }
    assertEquals(List.of(path), entries());
  }

  @Test
  void anEmptyBodyIsFine() throws IOException {
    Path path = write("empty.test", 0);
    assertEquals(4096, Files.size(path));
    try (Arena arena = Arena.ofConfined()) {
      CheckedFile file = CheckedFile.open(path, "test", 1, arena);
      assertEquals(0, file.body().byteSize());
      file.verify();
    }
  }

  @Test
  void aBodyOfExactlyTwoBlocksHasTwoChecksums() throws IOException {
    Path path = write("two.test", 2 * Envelope.BLOCK_BYTES);
    assertEquals(4096 + 2 * Envelope.BLOCK_BYTES + 8, Files.size(path));
    verify(path);
  }

  @Test
  void aWriterWithoutCommitLeavesTheOldFileAndNothingElse() throws IOException {
    Path path = write("kept.test", 10);
    byte[] before = Files.readAllBytes(path);
    CheckedFileWriter abandoned = CheckedFileWriter.create(path, "test", 1);
    abandoned.writeBytes(new byte[3_000_000], 0, 3_000_000);
    assertEquals(2, entries().size());
    abandoned.close();
    abandoned.close();
    assertEquals(List.of(path), entries());
    assertEquals(ByteBuffer.wrap(before), ByteBuffer.wrap(Files.readAllBytes(path)));
    assertThrows(IllegalStateException.class, () -> abandoned.writeByte(1));
    assertThrows(IllegalStateException.class, abandoned::commit);
  }

  @Test
  void aCommitReplacesTheOldFile() throws IOException {
    Path path = write("new.test", 10);
    write("new.test", 20);
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(20, CheckedFile.open(path, "test", 1, arena).body().byteSize());
    }
  }

  @Test
  void targetsThatCannotBeWrittenAreNamedWithTheRemedy() {
    IOException missing =
        assertThrows(
            IOException.class,
            () -> CheckedFileWriter.create(directory.resolve("no/such.test"), "test", 1));
    assertTrue(missing.getMessage().contains("doesn't exist; create it"), missing.getMessage());
    IOException isDirectory =
        assertThrows(IOException.class, () -> CheckedFileWriter.create(directory, "test", 1));
    assertTrue(isDirectory.getMessage().contains("is a directory"), isDirectory.getMessage());
  }

  @Test
  void anyOtherLengthOfTheFileIsRefused() throws IOException {
    Path path = write("cut.test", 3000);
    byte[] whole = Files.readAllBytes(path);
    for (int length = 0; length < whole.length; length += length < 64 ? 1 : 37) {
      Files.write(path, Arrays.copyOf(whole, length));
      assertCorrupt(path);
    }
    Files.write(path, Arrays.copyOf(whole, whole.length + 1));
    assertCorrupt(path);
  }

  @Test
  void aFlippedBitInHeaderOrTableIsRefusedAtOpenAndInTheBodyByVerify() throws IOException {
    Path path = write("flip.test", 3000);
    byte[] whole = Files.readAllBytes(path);
    for (int at = 0; at < whole.length; at += at < 256 ? 1 : 29) {
      byte[] flipped = whole.clone();
      flipped[at] ^= (byte) (1 << (at & 7));
      Files.write(path, flipped);
      if (at < 4096 || at >= 4096 + 3000) {
        assertCorrupt(path);
      } else {
        try (Arena arena = Arena.ofConfined()) {
          CheckedFile file = CheckedFile.open(path, "test", 1, arena);
          CorruptFileException thrown = assertThrows(CorruptFileException.class, file::verify);
          assertEquals(4096, thrown.offset());
          assertEquals(path, thrown.path());
        }
      }
    }
  }

  @Test
  void forgedHeadersWithARightChecksumStayWithinTheFile() throws IOException {
    Path path = write("forged.test", 3000);
    byte[] whole = Files.readAllBytes(path);
    int[] longs = {
      Envelope.FILE_BYTES_AT,
      Envelope.BODY_OFFSET_AT,
      Envelope.BODY_BYTES_AT,
      Envelope.TABLE_OFFSET_AT,
      Envelope.BLOCKS_AT
    };
    long[] values = {-1, 0, 1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40, 2999, 3001};
    for (int at : longs) {
      for (long value : values) {
        if (ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong(at) != value) {
          forge(path, whole, at, value);
          assertCorrupt(path);
        }
      }
    }
    forge(path, whole, Envelope.COUNTS_AT, -1);
    assertCorrupt(path);
  }

  @Test
  void otherKindsAndVersionsAreRefusedByName() throws IOException {
    Path path = write("kind.test", 1);
    try (Arena arena = Arena.ofConfined()) {
      CorruptFileException version =
          assertThrows(CorruptFileException.class, () -> CheckedFile.open(path, "test", 2, arena));
      assertTrue(
          version.getMessage().contains("test version 1, this Kindred reads version 2"),
          version.getMessage());
      CorruptFileException kind =
          assertThrows(CorruptFileException.class, () -> CheckedFile.open(path, "other", 1, arena));
      assertTrue(kind.getMessage().contains("is a 'test' file"), kind.getMessage());
      Path text = Files.writeString(directory.resolve("text"), "x".repeat(5000));
      CorruptFileException magic =
          assertThrows(CorruptFileException.class, () -> CheckedFile.open(text, "test", 1, arena));
      assertTrue(magic.getMessage().contains("isn't a Kindred file"), magic.getMessage());
      assertThrows(
          NoSuchFileException.class,
          () -> CheckedFile.open(directory.resolve("none"), "test", 1, arena));
      assertThrows(IOException.class, () -> CheckedFile.open(directory, "test", 1, arena));
    }
  }

  @Test
  void badArgumentsAreRefused() throws IOException {
    Path path = directory.resolve("args.test");
    assertThrows(
        IllegalArgumentException.class, () -> CheckedFileWriter.create(path, "TooLongAKind", 1));
    assertThrows(IllegalArgumentException.class, () -> CheckedFileWriter.create(path, "ok", 0));
    try (CheckedFileWriter out = CheckedFileWriter.create(path, "ok", 1)) {
      assertThrows(IllegalArgumentException.class, () -> out.count(0, -1));
      assertThrows(IndexOutOfBoundsException.class, () -> out.count(16, 1));
      assertThrows(IllegalArgumentException.class, () -> out.alignTo(48));
      assertThrows(
          IndexOutOfBoundsException.class, () -> out.writeInts(new int[4], 2, Integer.MAX_VALUE));
    }
    assertFalse(Files.exists(path));
  }

  private Path write(String name, int bodyBytes) throws IOException {
    Path path = directory.resolve(name);
    byte[] body = new byte[bodyBytes];
    for (int i = 0; i < bodyBytes; i++) {
      body[i] = (byte) (i * 7);
    }
    try (CheckedFileWriter out = CheckedFileWriter.create(path, "test", 1)) {
      out.writeBytes(body, 0, bodyBytes);
      out.commit();
    }
    return path;
  }

  private static void forge(Path path, byte[] whole, int at, long value) throws IOException {
    byte[] forged = whole.clone();
    ByteBuffer bytes = ByteBuffer.wrap(forged).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(at, value);
    CRC32C crc = new CRC32C();
    crc.update(forged, 0, Envelope.HEADER_CRC_AT);
    bytes.putInt(Envelope.HEADER_CRC_AT, (int) crc.getValue());
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
      channel.write(bytes.clear());
    }
  }

  private static void verify(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      CheckedFile.open(path, "test", 1, arena).verify();
    }
  }

  private static void assertCorrupt(Path path) {
    CorruptFileException thrown =
        assertThrows(CorruptFileException.class, () -> verify(path), "accepted " + path);
    assertTrue(thrown.getMessage().startsWith(path.toString()), thrown.getMessage());
    assertFalse(thrown.getMessage().contains("\n"));
  }

  private List<Path> entries() throws IOException {
    try (var stream = Files.list(directory)) {
      return stream.sorted().toList();
    }
  }
}
