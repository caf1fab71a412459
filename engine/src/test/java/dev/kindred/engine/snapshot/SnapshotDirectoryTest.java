package dev.kindred.engine.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotDirectoryTest {
  @TempDir Path directory;

  @Test
  void snapshotIsFoundDirectlyOrThroughCurrent() throws IOException {
    Path snapshot = Files.createDirectory(directory.resolve("snap-1"));
    Files.writeString(snapshot.resolve("manifest.json"), "{}");
    assertEquals(snapshot, SnapshotDirectory.resolve(snapshot));
    SnapshotDirectory.writeCurrent(directory, "snap-1");
    assertEquals(snapshot, SnapshotDirectory.resolve(directory));
    assertEquals("snap-1\n", Files.readString(directory.resolve("CURRENT")));
    try (var files = Files.list(directory)) {
      assertEquals(2, files.count());
    }
  }

  @Test
  void whatIsNoSnapshotIsNamed() throws IOException {
    Path missing = directory.resolve("missing");
    assertTrue(
        assertThrows(NoSuchFileException.class, () -> SnapshotDirectory.resolve(missing))
            .getMessage()
            .startsWith(missing + ": no such snapshot"));
    Path file = Files.writeString(directory.resolve("file"), "x");
    assertThrows(IOException.class, () -> SnapshotDirectory.resolve(file));
    assertTrue(
        assertThrows(IOException.class, () -> SnapshotDirectory.resolve(directory))
            .getMessage()
            .contains("neither a manifest.json nor a CURRENT"));
  }

  @Test
  void currentCannotLeaveTheDirectory() throws IOException {
    Path inner = Files.createDirectory(directory.resolve("inner"));
    for (String name : List.of("..", ".", "/tmp", "../inner", "a/b", "", "x".repeat(300), "gone")) {
      Files.writeString(inner.resolve("CURRENT"), name);
      assertThrows(
          CorruptFileException.class,
          () -> SnapshotDirectory.resolve(inner),
          () -> name + " passed");
    }
  }

  @Test
  void deleteFollowsNoLinks() throws IOException {
    Path kept = Files.writeString(directory.resolve("kept"), "x");
    Path doomed = Files.createDirectories(directory.resolve("doomed/deep"));
    Files.createSymbolicLink(doomed.resolve("link"), directory);
    SnapshotDirectory.delete(directory.resolve("doomed"));
    assertTrue(Files.exists(kept));
    assertFalse(Files.exists(directory.resolve("doomed")));
    SnapshotDirectory.delete(directory.resolve("doomed"));
  }
}
