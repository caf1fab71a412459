package dev.kindred.engine.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Interactions.Duplicates;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InteractionsTest {

  private static final int[] ROW = {1, 0, 1, 3, 1, 0};
  private static final int[] COLUMN = {2, 1, 0, 2, 2, 0};
  private static final float[] VALUE = {5, 1, 2, 3, 7, 4};

  private static String rowOf(Interactions m, int row) {
    List<String> entries = new ArrayList<>();
    for (long i = m.start(row); i < m.end(row); i++) {
      entries.add(m.column(i) + ":" + m.value(i));
    }
    return String.join(" ", entries);
  }

  @Test
  void duplicatesAreSummed() {
    Interactions m = Interactions.of(4, 3, ROW, COLUMN, VALUE, Duplicates.SUM);
    assertEquals(5, m.size());
    assertEquals("0:4.0 1:1.0", rowOf(m, 0));
    assertEquals("0:2.0 2:12.0", rowOf(m, 1));
    assertEquals("", rowOf(m, 2));
    assertEquals("2:3.0", rowOf(m, 3));
  }

  @Test
  void theLastDuplicateWins() {
    Interactions m = Interactions.of(4, 3, ROW, COLUMN, VALUE, Duplicates.LAST);
    assertEquals("0:2.0 2:7.0", rowOf(m, 1));
  }

  @Test
  void equalValuesAreNotStoredUnlessDuplicatesSum() {
    float[] ones = {1, 1, 1, 1, 1, 1};
    Interactions last = Interactions.of(4, 3, ROW, COLUMN, ones, Duplicates.LAST);
    assertTrue(last.uniform());
    assertEquals("0:1.0 2:1.0", rowOf(last, 1));
    Interactions sum = Interactions.of(4, 3, ROW, COLUMN, ones, Duplicates.SUM);
    assertFalse(sum.uniform());
    assertEquals("0:1.0 1:1.0", rowOf(sum, 0));
    assertEquals("0:1.0 2:2.0", rowOf(sum, 1));
    assertEquals("2:1.0", rowOf(sum, 3));
    float[] copied = new float[2];
    sum.copyValues(sum.start(1), 2, copied, 0);
    assertEquals(2f, copied[1]);
  }

  @Test
  void agreesWithAMapOnRandomEntries() {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      int n = random.nextInt(400);
      int[] row = new int[n];
      int[] column = new int[n];
      float[] value = new float[n];
      Map<Long, Double> sums = new HashMap<>();
      for (int i = 0; i < n; i++) {
        row[i] = random.nextInt(17);
        column[i] = random.nextInt(23);
        value[i] = random.nextInt(9) - 4;
        sums.merge(row[i] * 100L + column[i], (double) value[i], Double::sum);
      }
      Interactions m = Interactions.of(17, 23, row, column, value, Duplicates.SUM);
      Interactions back = m.transposed().transposed();
      assertEquals(sums.size(), m.size(), "seed " + seed);
      for (int r = 0; r < 17; r++) {
        assertEquals(rowOf(m, r), rowOf(back, r), "seed " + seed);
        for (long i = m.start(r); i < m.end(r); i++) {
          assertEquals(sums.get(r * 100L + m.column(i)), m.value(i), "seed " + seed);
          assertTrue(i == m.start(r) || m.column(i) > m.column(i - 1), "seed " + seed);
          assertTrue(m.contains(r, m.column(i)), "seed " + seed);
        }
      }
    }
  }

  @Test
  void refusesWhatIsNotFiniteOrOutOfRange() {
    float[] nan = VALUE.clone();
    nan[3] = Float.NaN;
    assertThrows(
        IllegalArgumentException.class,
        () -> Interactions.of(4, 3, ROW, COLUMN, nan, Duplicates.SUM));
    assertThrows(
        IllegalArgumentException.class,
        () -> Interactions.of(3, 3, ROW, COLUMN, VALUE, Duplicates.SUM));
    assertThrows(
        IllegalArgumentException.class,
        () -> Interactions.of(4, 2, ROW, COLUMN, VALUE, Duplicates.SUM));
    float[] huge = {3e38f, 1, 2, 3, 3e38f, 4};
    assertThrows(
        IllegalArgumentException.class,
        () -> Interactions.of(4, 3, ROW, COLUMN, huge, Duplicates.SUM));
  }

  @Test
  void refusesASourceThatDoesNotRepeatItself() {
    int[] runs = {0};
    assertThrows(
        IllegalArgumentException.class,
        () -> Interactions.of(2, 2, sink -> sink.add(runs[0]++, 0, 1f), Duplicates.LAST));
  }

  @Test
  void theRowsOfALogThatAreKeptAreSummed() {
    Ids users = Ids.of(List.of("a", "b"));
    Ids items = Ids.of(List.of("x", "y", "z"));
    Objective watch = Objective.positive("watch", LabelRule.strengthOf("play"));
    Events.Builder builder = Events.builder(users, items, List.of(watch), List.of(), Order.NONE);
    float[][] rows = {{0, 2, .5f}, {0, 1, .25f}, {1, 0, 0}, {0, 2, .25f}, {1, 2, 1}, {0, 0, 8}};
    for (float[] row : rows) {
      builder.value(0, builder.add((int) row[0], (int) row[1], 0), row[2]);
    }
    Interactions pairs = builder.build().interactions(0, row -> row != 5);
    assertEquals(2, pairs.rows());
    assertEquals(3, pairs.columns());
    assertEquals(3, pairs.size());
    assertEquals(1, pairs.column(0));
    assertEquals(.75f, pairs.value(1));
    assertEquals(1, pairs.value(pairs.start(1)));
  }

  @Test
  void emptyMatricesAreFine() {
    Interactions m = Interactions.of(2, 3, new int[0], new int[0], new float[0], Duplicates.SUM);
    assertEquals(0, m.size());
    assertEquals(3, m.transposed().rows());
  }

  /** Sparse files stand in for 2^31 + 5 entries: only the pages that are touched exist. */
  @Test
  void reachesEntriesBeyondTwoToTheThirtyFirst(@TempDir Path directory) throws IOException {
    long size = (1L << 31) + 5;
    Path columnFile = directory.resolve("columns");
    Path valueFile = directory.resolve("values");
    for (Path file : List.of(columnFile, valueFile)) {
      try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
        sparse.setLength(size * 4);
      }
    }
    try (Arena arena = Arena.ofShared();
        FileChannel columns = FileChannel.open(columnFile, writable());
        FileChannel values = FileChannel.open(valueFile, writable())) {
      MemorySegment c = columns.map(FileChannel.MapMode.READ_WRITE, 0, size * 4, arena);
      MemorySegment v = values.map(FileChannel.MapMode.READ_WRITE, 0, size * 4, arena);
      for (int i = 0; i < 5; i++) {
        c.setAtIndex(ValueLayout.JAVA_INT, size - 5 + i, 10 * i);
        v.setAtIndex(ValueLayout.JAVA_FLOAT, size - 5 + i, i + 0.5f);
      }
      Interactions m = Interactions.wrap(100, new long[] {0, size - 5, size}, c, v);
      assertEquals(size, m.size());
      assertEquals("0:0.5 10:1.5 20:2.5 30:3.5 40:4.5", rowOf(m, 1));
      assertTrue(m.contains(1, 30));
      int[] copied = new int[4];
      m.copyColumns(m.start(1) + 1, 4, copied, 0);
      assertEquals(40, copied[3]);
    }
    Files.delete(columnFile);
    Files.delete(valueFile);
  }

  /** Building and transposing place entries by these. */
  @Test
  void offsetsGoOnBeyondTwoToTheThirtyFirst() {
    int longest = Integer.MAX_VALUE;
    long[] counts = {0, longest, 0, longest, 5, longest};
    Interactions.sumUp(counts);
    long twice = 2L * longest;
    assertArrayEquals(
        new long[] {0, longest, longest, twice, twice + 5, twice + 5 + longest}, counts);
  }

  private static Set<OpenOption> writable() {
    return Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
  }
}
