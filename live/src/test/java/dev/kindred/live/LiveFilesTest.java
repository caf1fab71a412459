package dev.kindred.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.kindred.engine.serve.LiveItem;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.LiveStateOptions;
import dev.kindred.engine.serve.UserEvent;
import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on disk: reopening, sizes, damage. */
final class LiveFilesTest {
  private static final LiveStateOptions OPTIONS =
      LiveStateOptions.defaults()
          .withExpectedUsers(100)
          .withExpectedItems(100)
          .withHistoryLength(10);

  @TempDir Path directory;

  @Test
  void everythingIsThereAfterReopening() throws Exception {
    LiveItem item = new LiveItem("new", Map.of("tags", List.of("a", "b")), 9);
    try (LiveState state = ChronicleLiveState.open(directory, OPTIONS)) {
      state.append("u", new UserEvent("i", "click", 5));
      state.putItem(item);
      state.hide("bad");
      state.add("c", 4);
    }
    try (LiveState state = ChronicleLiveState.open(directory, OPTIONS)) {
      assertEquals(List.of(new UserEvent("i", "click", 5)), state.lastEvents("u", 10));
      assertEquals(item, state.item("new").orElseThrow());
      assertTrue(state.isHidden("bad"));
      assertEquals(4, state.counter("c"));
    }
  }

  @Test
  void aStateKeepsTheSizesItWasLaidOutWith() throws Exception {
    ChronicleLiveState.open(directory, OPTIONS).close();
    try (ChronicleLiveState state =
        ChronicleLiveState.open(directory, OPTIONS.withHistoryLength(99))) {
      assertEquals(OPTIONS, state.options());
    }
  }

  @Test
  void theLongestIdsAndHistoriesFit() throws Exception {
    String id = "x".repeat(LiveState.MAX_ID_BYTES - 2);
    try (LiveState state = ChronicleLiveState.open(directory, OPTIONS)) {
      for (int u = 0; u < 3; u++) {
        for (int i = 0; i < 12; i++) {
          state.append(id + u, new UserEvent(id + i, id, i));
        }
        assertEquals(10, state.lastEvents(id + u, 100).size());
      }
      List<String> values = List.of("v".repeat(60_000));
      state.putItem(new LiveItem(id, Map.of("f", values), 1));
      assertEquals(values, state.item(id).orElseThrow().values().get("f"));
      LiveItem tooLarge = new LiveItem("large", Map.of("f", List.of("v".repeat(70_000))), 1);
      String message =
          assertThrows(IllegalArgumentException.class, () -> state.putItem(tooLarge)).getMessage();
      assertTrue(message.startsWith("the fields of item large take 700"), message);
    }
  }

  @Test
  void farMoreThanExpectedFits() throws Exception {
    try (LiveState state = ChronicleLiveState.open(directory, OPTIONS)) {
      for (int i = 0; i < 10_000; i++) {
        state.hide("item-" + i);
      }
      int[] count = new int[1];
      state.forEachHidden(id -> count[0]++);
      assertEquals(10_000, count[0]);
    }
  }

  @Test
  void aFullMapSaysSoAndKeepsWhatItHas() throws Exception {
    try (LiveState state = ChronicleLiveState.open(directory, OPTIONS)) {
      IllegalStateException full =
          assertThrows(
              IllegalStateException.class,
              () -> {
                for (int i = 0; i < 200_000; i++) {
                  state.add("counter-" + i, i);
                }
              });
      assertTrue(full.getMessage().contains("counters.chm: full with"), full.getMessage());
      assertEquals(77, state.counter("counter-77"));
    }
  }

  @Test
  void aDamagedHeaderIsRefused() throws Exception {
    ChronicleLiveState.open(directory, OPTIONS).close();
    Path header = directory.resolve("live.header");
    byte[] good = Files.readAllBytes(header);
    for (int at : new int[] {0, 8, 12, 20, 32, 64, 96}) {
      byte[] bad = good.clone();
      bad[at] ^= 0x10;
      Files.write(header, bad);
      CorruptFileException e = assertThrows(CorruptFileException.class, this::open);
      assertTrue(e.getMessage().startsWith(header.toString()), e.getMessage());
    }
    Files.write(header, new byte[100]);
    assertThrows(CorruptFileException.class, this::open);
    Files.write(header, good);
    open().close();
  }

  @Test
  void aDamagedMapIsRefused() throws Exception {
    ChronicleLiveState.open(directory, OPTIONS).close();
    Path map = directory.resolve("hidden.chm");
    byte[] garbage = new byte[(int) Files.size(map)];
    Arrays.fill(garbage, (byte) 0x5A);
    Files.write(map, garbage);
    CorruptFileException e = assertThrows(CorruptFileException.class, this::open);
    assertTrue(e.getMessage().contains("hidden.chm"), e.getMessage());
  }

  @Test
  void aMapCutShortIsRefused() throws Exception {
    open().close();
    Path map = directory.resolve("hidden.chm");
    try (FileChannel channel = FileChannel.open(map, StandardOpenOption.WRITE)) {
      channel.truncate(Files.size(map) - 1);
    }
    CorruptFileException e = assertThrows(CorruptFileException.class, this::open);
    assertTrue(e.getMessage().contains("hidden.chm"), e.getMessage());
    assertTrue(e.getMessage().contains("cut short"), e.getMessage());
    Files.delete(map);
    assertThrows(CorruptFileException.class, this::open);
  }

  @Test
  void theVersionBeforeATornOneCounts() throws Exception {
    // Writes 1 and 3 go to the first file, 2 and 4 to the other.
    List<String> written = List.of("first", "second", "third", "fourth");
    for (int writes = 1; writes <= written.size(); writes++) {
      Path own = directory.resolve("after-" + writes);
      try (LiveState state = ChronicleLiveState.open(own, OPTIONS)) {
        for (String item : written.subList(0, writes)) {
          state.append("u", new UserEvent(item, "click", 1));
        }
      }
      String file = writes % 2 == 1 ? "histories.chm" : "histories-2.chm";
      flipByteOf(own.resolve(file), written.get(writes - 1));
      try (LiveState state = ChronicleLiveState.open(own, OPTIONS)) {
        assertEquals(writes - 1, state.lastEvents("u", 9).size());
        state.append("u", new UserEvent("again", "click", 2));
        assertEquals("again", state.lastEvents("u", 1).getFirst().item());
        assertEquals(writes, state.lastEvents("u", 9).size());
      }
    }
  }

  @Test
  void aRemovedValueIsGoneInBothVersions() throws Exception {
    LiveItem old = new LiveItem("a", Map.of("f", List.of("old")), 1);
    LiveItem changed = new LiveItem("a", Map.of("f", List.of("new")), 2);
    for (List<LiveItem> writes : List.of(List.of(old), List.of(old, changed))) {
      try (LiveState state = open()) {
        writes.forEach(state::putItem);
        List<LiveItem> all = new ArrayList<>();
        state.forEachItem(all::add);
        assertEquals(List.of(writes.getLast()), all);
        assertTrue(state.removeItem("a"));
        assertFalse(state.removeItem("a"));
      }
      try (LiveState state = open()) {
        assertTrue(state.item("a").isEmpty());
        state.forEachItem(item -> fail(item + " is back"));
      }
    }
  }

  @Test
  void aLayoutThatACrashCutShortIsBegunAnew() throws Exception {
    Files.write(directory.resolve("items.chm"), new byte[] {1, 2, 3});
    try (LiveState state = open()) {
      assertTrue(state.hide("x"));
    }
  }

  @Test
  void aPathThatIsAFileIsAnIoError() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertThrows(IOException.class, () -> ChronicleLiveState.open(file, OPTIONS));
  }

  /** Flips a byte of the first place in a file where this text stands. */
  private static void flipByteOf(Path file, String text) throws IOException {
    byte[] all = Files.readAllBytes(file);
    int at = new String(all, StandardCharsets.ISO_8859_1).indexOf(text);
    assertTrue(at >= 0, text + " is not in " + file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {(byte) (all[at] ^ 1)}), at);
    }
  }

  private LiveState open() throws IOException {
    return ChronicleLiveState.open(directory, OPTIONS);
  }
}
