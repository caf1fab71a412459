package dev.kindred.index.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SectionsTest {
  private static final String KIND = "ktest";

  @TempDir Path directory;

  /** Three longs, padding to a cache line, two ints: 72 bytes. */
  private static long[] layout(Sections sections) {
    long longs = sections.next(3, Long.BYTES);
    sections.align(64);
    return new long[] {longs, sections.next(2, Integer.BYTES)};
  }

  private Path written() throws IOException {
    Sections sections = Sections.inMemory();
    long[] at = layout(sections);
    Body body = sections.end();
    assertEquals(72, body.bytes().byteSize());
    assertEquals(0, body.bytes().address() % 64);
    body.bytes().set(LittleEndian.LONG, at[0] + 8, 1L << 40);
    body.bytes().set(LittleEndian.INT, at[1] + 4, 7);
    Path file = directory.resolve("file");
    body.write(file, KIND, 1, 3, 2);
    return file;
  }

  @Test
  void whatIsLaidOutInMemoryReadsTheSameFromItsFile() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      CheckedFile file = CheckedFile.open(written(), KIND, 1, arena);
      assertEquals(3, file.count(0));
      assertEquals(2, file.count(1));
      Sections sections = Sections.of(file);
      long[] at = layout(sections);
      Body body = sections.end();
      body.verify();
      assertEquals(1L << 40, body.longAt(at[0] + 8, 0, Long.MAX_VALUE));
      assertEquals(7, body.intAt(at[1] + 4, 7, 7));
    }
  }

  @Test
  void sectionsThatAreNotTheBodyAreRefusedWithoutOverflow() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      CheckedFile file = CheckedFile.open(written(), KIND, 1, arena);
      Sections longer = Sections.of(file);
      layout(longer);
      for (long count : new long[] {1, Long.MAX_VALUE / 8, Long.MAX_VALUE / 8 + 1, 1L << 62}) {
        assertMisfit(assertThrows(CorruptFileException.class, () -> longer.next(count, 8)));
      }
      Sections shorter = Sections.of(file);
      shorter.next(71, 1);
      assertMisfit(assertThrows(CorruptFileException.class, shorter::end));
      Sections padded = Sections.of(file);
      padded.next(72, 1);
      padded.align(64);
      assertMisfit(assertThrows(CorruptFileException.class, () -> padded.next(0, 64)));
      assertMisfit(assertThrows(CorruptFileException.class, padded::end));
      Sections memory = Sections.inMemory();
      memory.next(1, 8);
      assertThrows(IllegalArgumentException.class, () -> memory.next(Long.MAX_VALUE, 1));
    }
  }

  @Test
  void paddedBytesEndWhereTheNextRowMayBegin() {
    long[][] padded = {{0, 0}, {1, 64}, {63, 64}, {64, 64}, {65, 128}, {1L << 40, 1L << 40}};
    for (long[] each : padded) {
      assertEquals(each[1], Sections.padded(each[0]), each[0] + " bytes");
    }
  }

  private static void assertMisfit(CorruptFileException e) {
    assertTrue(e.getMessage().contains("don't fit the body"), e.getMessage());
    assertTrue(e.getMessage().contains("it has 72"), e.getMessage());
    assertTrue(e.getMessage().contains("restore the file"), e.getMessage());
  }

  @Test
  void numbersOutOfRangeNameThePlaceAndTheRange() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      CheckedFile file = CheckedFile.open(written(), KIND, 1, arena);
      Sections sections = Sections.of(file);
      long[] at = layout(sections);
      Body body = sections.end();
      for (Function<Body, Number> reader :
          List.<Function<Body, Number>>of(
              b -> b.intAt(at[1] + 4, 0, 6),
              b -> b.intAt(at[1] + 4, 8, 9),
              b -> b.longAt(at[0] + 8, 0, 5),
              b -> b.longAt(at[0] + 8, 1L << 41, Long.MAX_VALUE))) {
        var e = assertThrows(CorruptFileException.class, () -> reader.apply(body));
        assertTrue(
            e.getMessage().matches(".*has \\d+ where \\d+ to \\d+ can be.*"), e.getMessage());
      }
      Exception e = assertThrows(CorruptFileException.class, () -> file.count(0, 2, "birds"));
      assertTrue(e.getMessage().contains("states 3 birds, more than the 2"), e.getMessage());
    }
    Body memory = Sections.inMemory().end();
    assertThrows(
        IllegalStateException.class,
        () -> {
          throw memory.corrupt(0, "bug");
        });
  }
}
