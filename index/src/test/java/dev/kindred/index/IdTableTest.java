package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.run.Draws;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdTableTest {
  @TempDir Path directory;

  @Test
  void everyIdIsFoundAndNoOther() throws IOException {
    for (int n : new int[] {0, 1, 2, 3, 4, 5, 1000, 20_000}) {
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        ids.add("item-" + i * 7);
      }
      try (Arena arena = Arena.ofConfined()) {
        IdTable table = writeAndOpen(ids, arena);
        table.verify();
        assertEquals(n, table.size());
        for (int i = 0; i < n; i++) {
          assertEquals(i, table.ordinalOf(ids.get(i)));
          assertEquals(ids.get(i), table.idOf(i));
          assertEquals(-1, table.ordinalOf("item-" + (i * 7 + 1)));
        }
        assertEquals(-1, table.ordinalOf(""));
        assertThrows(IndexOutOfBoundsException.class, () -> table.idOf(n));
        assertThrows(IndexOutOfBoundsException.class, () -> table.idOf(-1));
      }
    }
  }

  @Test
  void textOfEveryLengthOfUtf8IsFoundAsAnyCharSequence() throws IOException {
    List<String> ids =
        List.of(
            "",
            "a",
            "\u007f\u0080",
            "\u07ff\u0800",
            "名前",
            "\uffff",
            "😀",
            "😀x",
            "e\u0301",
            "é",
            "\0");
    try (Arena arena = Arena.ofConfined()) {
      IdTable table = writeAndOpen(ids, arena);
      for (int i = 0; i < ids.size(); i++) {
        assertEquals(i, table.ordinalOf(ids.get(i)), "id " + i);
        assertEquals(i, table.ordinalOf(new StringBuilder(ids.get(i))));
        assertEquals(ids.get(i), table.idOf(i));
      }
      assertEquals(-1, table.ordinalOf("\ud83d"));
      assertEquals(-1, table.ordinalOf("\ude00x"));
      assertEquals(-1, table.ordinalOf("?"));
    }
  }

  @Test
  void idsOfUpToTwelveBytesAndLongerOnesAreFound() throws IOException {
    List<String> ids = new ArrayList<>();
    for (int bytes = 0; bytes <= 40; bytes++) {
      ids.add("abcdefghijklmnopqrstuvwxyz0123456789ABCD".substring(0, bytes));
      if (bytes >= 3) {
        ids.add("名" + "b".repeat(bytes - 3));
      }
    }
    try (Arena arena = Arena.ofConfined()) {
      IdTable table = writeAndOpen(ids, arena);
      table.verify();
      table.touch(IntStream.range(0, ids.size()).toArray(), 0, ids.size());
      for (int i = 0; i < ids.size(); i++) {
        byte[] text = ids.get(i).getBytes(StandardCharsets.UTF_8);
        assertEquals(i, table.ordinalOf(ids.get(i)), ids.get(i));
        assertEquals(-1, table.ordinalOf(ids.get(i) + "\0"), ids.get(i));
        assertEquals(text.length, table.idBytes(i));
        byte[] target = new byte[text.length + 2];
        table.copyId(i, target, 1);
        assertEquals("\0" + ids.get(i) + "\0", new String(target, StandardCharsets.UTF_8));
        byte[] padded = new byte[1 + Math.max(text.length, IdTable.SHORT_BYTES)];
        table.copyIdPadded(i, padded, 1);
        assertArrayEquals(text, Arrays.copyOfRange(padded, 1, 1 + text.length));
        int ordinal = i;
        assertThrows(IndexOutOfBoundsException.class, () -> table.copyIdPadded(ordinal, padded, 2));
      }
    }
  }

  @Test
  void numbersAreTheirDecimalText() throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (long n : new long[] {0, 1, 9, 10, 11, 99, 100, 101, 1234567890123L}) {
      numbers.add(n);
      if (n > 0) {
        numbers.add(-n);
      }
    }
    numbers.add(Long.MAX_VALUE);
    numbers.add(Long.MIN_VALUE);
    List<String> ids = numbers.stream().map(String::valueOf).toList();
    try (Arena arena = Arena.ofConfined()) {
      IdTable table = writeAndOpen(ids, arena);
      for (int i = 0; i < ids.size(); i++) {
        assertEquals(i, table.ordinalOf(numbers.get(i).longValue()), ids.get(i));
        assertEquals(i, table.ordinalOf(ids.get(i)));
      }
      assertEquals(-1, table.ordinalOf(2));
      assertEquals(-1, table.ordinalOf(Long.MIN_VALUE + 1));
    }
  }

  @Test
  void idsThatCannotBeToldApartAreRefusedAndLeaveNoFile() throws IOException {
    Path path = directory.resolve("twice.kids");
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> IdTable.write(path, List.of("a", "b", "a")))
            .getMessage();
    assertTrue(message.contains("'a' comes twice, as ordinal 0 and 2"), message);
    assertThrows(IllegalArgumentException.class, () -> IdTable.write(path, List.of("\ud83d")));
    try (var entries = Files.list(directory)) {
      assertEquals(0, entries.count());
    }
  }

  @Test
  void countsThatDoNotFitTheBodyAreRefused() throws IOException {
    long[][] bad = {
      {3, 8, 4}, {2, 4, 0}, {2, 8, 0}, {Long.MAX_VALUE, 8, 0}, {1L << 28, 1 << 29, 0}, {1, 1, 0}
    };
    for (long[] counts : bad) {
      Path path = directory.resolve("counts.kids");
      try (CheckedFileWriter out = CheckedFileWriter.create(path, "kids", IdTable.VERSION)) {
        out.writeBytes(new byte[129], 0, 129);
        for (int i = 0; i < 3; i++) {
          out.count(i, counts[i]);
        }
        out.commit();
      }
      try (Arena arena = Arena.ofConfined()) {
        assertThrows(CorruptFileException.class, () -> IdTable.open(path, arena));
      }
    }
  }

  @Test
  void damagedBodiesNeverReadOutOfBounds() throws IOException {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      ids.add("id" + i * 3 + (i % 2 == 0 ? "" : " of some more bytes"));
    }
    Path path = directory.resolve("damaged.kids");
    IdTable.write(path, ids);
    byte[] whole = Files.readAllBytes(path);
    Draws draws = Draws.of(3, "damage");
    for (int round = 0; round < 300; round++) {
      byte[] damaged = whole.clone();
      int bodyEnd = whole.length - 4;
      for (int flips = 0; flips < 1 + round / 4; flips++) {
        damaged[4096 + draws.nextInt(bodyEnd - 4096)] = (byte) draws.nextLong();
      }
      if (round == 0) {
        Arrays.fill(damaged, 4096, bodyEnd, (byte) 0xFF);
      }
      Files.write(path, damaged);
      try (Arena arena = Arena.ofConfined()) {
        IdTable table = IdTable.open(path, arena);
        table.touch(IntStream.rangeClosed(-1, ids.size()).toArray(), 0, ids.size() + 2);
        for (int i = 0; i < ids.size(); i++) {
          int ordinal = table.ordinalOf(ids.get(i));
          assertTrue(ordinal >= -1 && ordinal < ids.size());
          ordinal = table.ordinalOf((long) i);
          assertTrue(ordinal >= -1 && ordinal < ids.size());
          try {
            table.idOf(i);
            table.copyIdPadded(i, new byte[4096], 0);
          } catch (CorruptFileException expected) {
            assertEquals(path, expected.path());
          }
        }
        if (round == 0) {
          assertThrows(CorruptFileException.class, table::verify);
        }
      }
    }
  }

  @Test
  void idIsCopiedAsUtf8AndNoFurther() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      IdTable table = writeAndOpen(List.of("ab", "", "名😀"), arena);
      assertEquals(0, table.idBytes(1));
      assertEquals(7, table.idBytes(2));
      byte[] target = new byte[10];
      Arrays.fill(target, (byte) '.');
      table.copyId(2, target, 1);
      table.copyId(1, target, 9);
      assertEquals(".名😀..", new String(target, StandardCharsets.UTF_8));
      assertThrows(IndexOutOfBoundsException.class, () -> table.copyId(2, target, 4));
      assertThrows(IndexOutOfBoundsException.class, () -> table.copyId(3, target, 0));
    }
  }

  @Test
  void lookUpsAllocateNothing() throws IOException {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      ids.add(i % 2 == 0 ? String.valueOf(i) : "名" + i);
    }
    try (Arena arena = Arena.ofConfined()) {
      IdTable table = writeAndOpen(ids, arena);
      long bytes =
          Allocation.bytesOf(
              () -> {
                for (int i = 0; i < 1000; i++) {
                  assertTrue(table.ordinalOf(ids.get(i)) == i);
                  table.ordinalOf((long) i);
                }
              });
      assertEquals(0, bytes);
    }
  }

  private IdTable writeAndOpen(List<String> ids, Arena arena) throws IOException {
    Path path = directory.resolve("ids" + ids.size() + ".kids");
    IdTable.write(path, ids);
    return IdTable.open(path, arena);
  }
}
