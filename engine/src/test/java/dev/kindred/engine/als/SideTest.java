package dev.kindred.engine.als;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Interactions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SideTest {
  /** Rows of 1.5 billion entries and a few, in a sparse file: only the pages touched exist. */
  @Test
  void rowsBeyondTwoToTheThirtyFirstEntriesAreOrderedCutAndRead(@TempDir Path directory)
      throws IOException {
    long huge = 1_500_000_000L;
    int rows = 1004;
    long[] offsets = new long[rows + 1];
    for (int row = 0; row < rows; row++) {
      // Rows 2 and 700 are huge, every other one has three entries.
      offsets[row + 1] = offsets[row] + (row == 2 || row == 700 ? huge : 3);
    }
    long size = offsets[rows];
    assertTrue(size > 1L << 31);
    Path columnFile = directory.resolve("columns");
    try (RandomAccessFile sparse = new RandomAccessFile(columnFile.toFile(), "rw")) {
      sparse.setLength(size * Integer.BYTES);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment columns =
            sparse.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, size * Integer.BYTES, arena);
        for (int i = 0; i < 3; i++) {
          columns.setAtIndex(ValueLayout.JAVA_INT, size - 3 + i, 7 + 10 * i);
        }
        Interactions data =
            Interactions.wrap(Integer.MAX_VALUE, offsets, columns, MemorySegment.NULL);
        int[] order = Side.longestFirst(data);
        assertEquals(2, order[0]);
        assertEquals(700, order[1]);
        assertEquals(rows - 1, order[rows - 1]);
        int[] starts = Side.pieceStarts(data, order);
        assertArrayEquals(new int[] {0, 1, 2}, Arrays.copyOf(starts, 3));
        assertEquals(rows, starts[starts.length - 1]);
        for (int piece = 2; piece < starts.length - 1; piece++) {
          assertTrue(starts[piece] < starts[piece + 1]);
          long work = 67L * (starts[piece + 1] - starts[piece]);
          assertTrue(work < Side.PIECE + 67, "piece " + piece + " has " + work);
        }
        RowEntries row = new RowEntries();
        row.read(data, rows - 1);
        assertArrayEquals(new int[] {7, 17, 27}, Arrays.copyOf(row.columns, row.n));
        assertEquals(1f, row.strengths[2]);
      }
    }
    Files.delete(columnFile);
  }
}
