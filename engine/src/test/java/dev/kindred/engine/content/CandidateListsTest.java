package dev.kindred.engine.content;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CandidateListsTest {
  private static final int BODY = 4096;

  @TempDir Path directory;

  /** Item i's candidates as (ordinal, similarity) in one source. */
  private static CandidateLists lists(CandidateSource source, int[]... candidates) {
    int[] lengths = new int[candidates.length];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = candidates[i].length;
    }
    CandidateLists lists = CandidateLists.allocate(lengths);
    for (int i = 0; i < lengths.length; i++) {
      for (int j = 0; j < lengths[i]; j++) {
        lists.set(lists.start(i) + j, candidates[i][j], 1f / (1 + j), source);
      }
    }
    return lists;
  }

  private static String text(CandidateLists lists, int item) {
    List<String> parts = new ArrayList<>();
    for (long at = lists.start(item); at < lists.end(item); at++) {
      parts.add(lists.item(at) + " " + lists.similarity(at) + " " + lists.source(at));
    }
    return parts.toString();
  }

  @Test
  void aWrittenFileReadsBackTheSame() throws IOException {
    CandidateLists lists =
        CandidateLists.union(
            List.of(
                lists(CandidateSource.CONTENT, new int[] {1, 2}, new int[0], new int[] {0}),
                lists(CandidateSource.FACTORS, new int[] {2}, new int[] {0, 2}, new int[] {1})),
            List.of(9, 9),
            9);
    Path file = directory.resolve(CandidateLists.FILE_NAME);
    lists.write(file);
    try (Arena arena = Arena.ofConfined()) {
      CandidateLists read = CandidateLists.open(file, arena);
      read.verify();
      assertEquals(3, read.items());
      assertEquals(6, read.size());
      assertEquals(2, read.longest());
      for (int item = 0; item < 3; item++) {
        assertEquals(text(lists, item), text(read, item));
      }
      int[] items = new int[read.longest()];
      assertEquals(2, read.copyItems(2, items));
      assertArrayEquals(new int[] {0, 1}, items);
      assertEquals(read.start(2) + 1, read.find(2, 1));
      assertEquals(-1, read.find(1, 1));
      int[] all = {0, 1, 2};
      assertEquals(lists.touch(all, 0, 3, new long[6]), read.touch(all, 0, 3, new long[6]));
    }
  }

  private static void touchIfSound(CandidateLists lists) {
    try {
      lists.touch(new int[] {0, 1}, 0, 2, new long[4]);
    } catch (CorruptFileException e) {
      assertTrue(e.getMessage().contains("flipped"), e.getMessage());
    }
  }

  @Test
  void listsOfAnyLengthsAreTouchedAndNothingBeyondThem() throws IOException {
    int[][] candidates = new int[160][0];
    int[] lengths = {0, 1, 150, 16, 0, 17, 64};
    for (int i = 0; i < lengths.length; i++) {
      candidates[i] = new int[lengths[i]];
      Arrays.setAll(candidates[i], j -> j);
    }
    CandidateLists lists = lists(CandidateSource.CONTENT, candidates);
    Path file = directory.resolve("lengths");
    lists.write(file);
    try (Arena arena = Arena.ofConfined()) {
      CandidateLists read = CandidateLists.open(file, arena);
      int[] order = {6, 0, 2, 4, 5, 1, 3};
      long[] places = new long[2 * order.length];
      for (int from = 0; from <= order.length; from++) {
        for (int to = from; to <= order.length; to++) {
          assertEquals(lists.touch(order, from, to, places), read.touch(order, from, to, places));
        }
      }
    }
  }

  @Test
  void emptyListsReadBack() throws IOException {
    for (int items : new int[] {0, 1, 9}) {
      Path file = directory.resolve("empty" + items);
      CandidateLists.empty(items).write(file);
      try (Arena arena = Arena.ofConfined()) {
        CandidateLists read = CandidateLists.open(file, arena);
        assertEquals(items, read.items());
        assertEquals(0, read.size());
        for (int item = 0; item < items; item++) {
          assertEquals(0, read.count(item));
        }
      }
    }
  }

  @Test
  void anImpossibleBodyIsReportedAndNeverReadPast() throws IOException {
    CandidateLists lists = lists(CandidateSource.CONTENT, new int[] {1, 2}, new int[] {0});
    // layout for 2 items and 3 candidates: starts at 0, ordinals at 64, sources at 192
    int[] offsets = {3, 7, 8, 15, 16, 23, 64, 67, 68, 192, 193, 194};
    Path file = directory.resolve("flipped");
    for (int offset : offsets) {
      lists.write(file);
      byte[] bytes = Files.readAllBytes(file);
      bytes[BODY + offset] ^= 0x78;
      Files.write(file, bytes);
      try (Arena arena = Arena.ofConfined()) {
        CandidateLists read = CandidateLists.open(file, arena);
        touchIfSound(read);
        CorruptFileException e =
            assertThrows(
                CorruptFileException.class,
                () -> {
                  text(read, 0);
                  text(read, 1);
                },
                "byte " + offset);
        assertTrue(e.getMessage().contains("flipped"), e.getMessage());
        assertThrows(CorruptFileException.class, read::verify);
        assertThrows(
            CorruptFileException.class,
            () -> {
              read.copyItems(0, new int[2]);
              read.copyItems(1, new int[2]);
              read.verify();
            });
      }
    }
  }

  @Test
  void aCutFileIsRefused() throws IOException {
    Path file = directory.resolve("cut");
    lists(CandidateSource.CONTENT, new int[] {1}, new int[] {0}).write(file);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    try (Arena arena = Arena.ofConfined()) {
      assertThrows(CorruptFileException.class, () -> CandidateLists.open(file, arena));
    }
  }

  @Test
  void unionKeepsTheOrderOfSourcesAndHonoursCaps() {
    CandidateLists content =
        lists(CandidateSource.CONTENT, new int[] {1, 2, 3}, new int[0], new int[0], new int[0]);
    CandidateLists factors =
        lists(
            CandidateSource.FACTORS, new int[] {2, 3, 1}, new int[] {3, 0}, new int[0], new int[0]);
    CandidateLists union = CandidateLists.union(List.of(content, factors), List.of(2, 2), 3);
    assertEquals("[1 1.0 CONTENT, 2 0.5 CONTENT, 3 0.5 FACTORS]", text(union, 0));
    assertEquals("[3 1.0 FACTORS, 0 0.5 FACTORS]", text(union, 1));
    assertArrayEquals(new long[] {2, 0, 0, 3}, union.countsBySource());
    CandidateLists capped = CandidateLists.union(List.of(content, factors), List.of(2, 2), 1);
    assertEquals("[1 1.0 CONTENT]", text(capped, 0));
  }

  @Test
  void listsOfDifferentItemsCannotBeJoined() {
    List<CandidateLists> lists = List.of(CandidateLists.empty(2), CandidateLists.empty(3));
    assertThrows(
        IllegalArgumentException.class, () -> CandidateLists.union(lists, List.of(1, 1), 9));
  }
}
