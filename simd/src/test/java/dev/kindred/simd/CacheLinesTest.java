package dev.kindred.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class CacheLinesTest {
  private static final int STRIDE = 704;
  private static final int ROWS = 20;

  /** What is returned is the sum of the first bytes of lines, by which reading all is seen. */
  @Test
  void everyLineOfEveryRowIsRead() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(STRIDE * ROWS, 64);
      for (int i = 0; i < STRIDE * ROWS; i++) {
        memory.set(ValueLayout.JAVA_BYTE, i, (byte) (i / 64 % 101 + (i % 64 == 0 ? 0 : 7)));
      }
      int[] ordinals = {-1, 19, 0, 7, 7, 3, -1};
      for (int bytes = 0; bytes <= STRIDE; bytes += 32) {
        int expected = 0;
        for (int i = 1; i < 6; i++) {
          for (int at = 0; at < bytes; at += 64) {
            expected += memory.get(ValueLayout.JAVA_BYTE, ordinals[i] * STRIDE + at);
          }
        }
        assertEquals(expected, CacheLines.touch(memory, STRIDE, bytes, ordinals, 1, 6));
      }
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> CacheLines.touch(memory, STRIDE, STRIDE, new int[] {ROWS}, 0, 1));
    }
  }

  @Test
  void bytesInARowAreReadToTheLast() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(256, 64);
      memory.set(ValueLayout.JAVA_BYTE, 10, (byte) 1);
      memory.set(ValueLayout.JAVA_BYTE, 74, (byte) 2);
      memory.set(ValueLayout.JAVA_BYTE, 129, (byte) 4);
      assertEquals(7, CacheLines.touch(memory, 10, 130));
      assertEquals(0, CacheLines.touch(memory, 10, 10));
      assertThrows(IndexOutOfBoundsException.class, () -> CacheLines.touch(memory, 0, 257));
    }
  }
}
