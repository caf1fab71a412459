package dev.kindred.index.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryModeTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4096, (2 << 20) - 1, 2 << 20, (5 << 20) + 17})
  void aResidentBodyIsACopyThatLivesAsLongAsItsArena(long bytes) throws IOException {
    Path path = directory.resolve("body");
    try (CheckedFileWriter out = CheckedFileWriter.create(path, "test", 1)) {
      for (long at = 0; at < bytes; at++) {
        out.writeByte((byte) (at * 31 >> 3));
      }
      out.commit();
    }
    MemorySegment body;
    try (Arena arena = Arena.ofShared()) {
      CheckedFile mapped = CheckedFile.open(path, "test", 1, arena);
      CheckedFile resident = CheckedFile.open(path, "test", 1, MemoryMode.RESIDENT, arena);
      body = resident.body();
      assertEquals(bytes, body.byteSize());
      assertEquals(-1, mapped.body().mismatch(body));
      assertTrue(bytes == 0 || body.isReadOnly());
      resident.verify();
    }
    if (bytes > 0) {
      assertThrows(IllegalStateException.class, () -> body.get(ValueLayout.JAVA_BYTE, 0));
    }
  }
}
