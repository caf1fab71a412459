package dev.kindred.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kindred.engine.serve.LiveStateOptions;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.openhft.chronicle.hash.impl.VanillaChronicleHash;
import net.openhft.chronicle.map.ChronicleMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The room that a new state asks for. */
final class NewStateSpaceTest {
  private static final Path MEMORY = Path.of("/dev/shm");

  @TempDir Path directory;

  @Test
  void theTablesOfEveryMapTakeNoMoreThanIsReckoned() {
    for (int history : new int[] {1, 100}) {
      for (long entries : new long[] {1, 4096, 6676, 22_650, 47_152, 100_000}) {
        LiveStateOptions options = new LiveStateOptions(entries, entries, history);
        for (MapLayout layout : LiveDirectory.layouts(options)) {
          long tables = tableBytes(layout);
          String found =
              layout + ": tables of " + tables + " bytes, reckoned " + layout.tableBytes();
          assertTrue(layout.tableBytes() >= tables, found);
          assertTrue(layout.tableBytes() < 4 * tables, found);
        }
      }
    }
  }

  /** What Chronicle looks through when it makes a file: these fields of its own say how much. */
  private static long tableBytes(MapLayout layout) {
    try (ChronicleMap<byte[], byte[]> map = layout.builder().create()) {
      VanillaChronicleHash<?, ?, ?, ?> hash = (VanillaChronicleHash<?, ?, ?, ?>) map;
      return hash.actualSegments
          * (hash.tierHashLookupOuterSize
              + VanillaChronicleHash.TIER_COUNTERS_AREA_SIZE
              + hash.tierFreeListOuterSize);
    }
  }

  @Test
  void aDiskNeedsLessThanAFileSystemInMemory() {
    LiveStateOptions options = LiveStateOptions.defaults();
    assertEquals(16 << 20, LiveDirectory.newStateBytes(options, false));
    assertTrue(LiveDirectory.newStateBytes(options, true) > 64 << 20);
  }

  @Test
  void aFileSystemInMemoryThatIsTooSmallIsToldBeforeAnythingIsMade() throws IOException {
    assumeTrue(Files.isWritable(MEMORY), "no " + MEMORY + " here");
    assumeTrue(Files.getFileStore(MEMORY).type().equals("tmpfs"));
    Path state = MEMORY.resolve("kindred-test-" + ProcessHandle.current().pid()).resolve("state");
    LiveStateOptions huge = LiveStateOptions.defaults().withExpectedUsers(1_000_000_000_000L);
    for (boolean open : new boolean[] {false, true}) {
      FileSystemException e =
          assertThrows(
              FileSystemException.class,
              () -> {
                if (open) {
                  ChronicleLiveState.open(state, huge).close();
                } else {
                  ChronicleLiveState.requireRoom(state, huge);
                }
              });
      assertTrue(
          e.getMessage().startsWith(state + ": a new live state needs about "), e.getMessage());
      assertTrue(e.getMessage().contains(" are free; free some, or choose "), e.getMessage());
      assertFalse(Files.exists(state.getParent()));
    }
  }

  @Test
  void aStateThatIsThereAsksForNoRoom() throws IOException {
    LiveStateOptions options = new LiveStateOptions(1, 1, 1);
    ChronicleLiveState.open(directory, options).close();
    ChronicleLiveState.requireRoom(
        directory, LiveStateOptions.defaults().withExpectedUsers(1_000_000_000_000L));
  }

  @Test
  void aLayoutThatFailsLeavesNoFileOfAMap() throws IOException {
    // The file of the users is made, then that of the items is more than Chronicle can.
    LiveStateOptions tooLarge = new LiveStateOptions(1, 1L << 50, 1);
    Exception e = assertThrows(Exception.class, () -> ChronicleLiveState.open(directory, tooLarge));
    String message = String.valueOf(e.getMessage());
    assumeFalse(message.contains("needs about"), "refused before: the directory is in memory");
    try (var files = Files.list(directory)) {
      assertEquals(
          List.of(),
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> !name.equals("live.lock"))
              .toList());
    }
  }
}
