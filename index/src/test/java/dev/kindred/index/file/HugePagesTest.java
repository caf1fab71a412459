package dev.kindred.index.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HugePagesTest {
  /** Below a huge page, one, and one that isn't whole. */
  @ParameterizedTest
  @ValueSource(longs = {1, 4096, 2 << 20, (5 << 20) + 3})
  void memoryIsZeroedAlignedAndLivesAsLongAsItsArena(long bytes) {
    MemorySegment memory;
    try (Arena arena = Arena.ofShared()) {
      memory = HugePages.allocate(bytes, 64, arena);
      assertEquals(bytes, memory.byteSize());
      assertEquals(0, memory.address() % 64);
      assertEquals(-1, memory.mismatch(MemorySegment.ofArray(new byte[(int) bytes])));
      memory.fill((byte) 7);
      assertEquals(7, memory.get(ValueLayout.JAVA_BYTE, bytes - 1));
    }
    assertThrows(IllegalStateException.class, () -> memory.get(ValueLayout.JAVA_BYTE, 0));
  }
}
