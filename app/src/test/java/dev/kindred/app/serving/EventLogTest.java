package dev.kindred.app.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.serving.EventLog.Fsync;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class EventLogTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(Fsync.class)
  void whatWasAppendedIsThereAfterReopening(Fsync fsync) throws IOException {
    Path file = directory.resolve("in/side/log");
    try (EventLog log = EventLog.open(file, fsync, 1)) {
      log.append(bytes("one\ntwo\n"));
    }
    try (EventLog log = EventLog.open(file, fsync, 1)) {
      assertEquals(0, log.truncatedBytes());
      log.append(bytes("three\n"));
      assertEquals(14, log.bytes());
    }
    assertEquals(List.of("one", "two", "three"), Files.readAllLines(file));
  }

  /** A crash can leave any part of the last lines. */
  @Test
  void aTornTailIsCutOffWhereverItWasTorn() throws IOException {
    byte[] whole = bytes("{\"user\":\"ä\"}\n{\"user\":\"b\"}\n" + "{\"c\":" + "9".repeat(80_000));
    for (int length = 0; length < 40; length++) {
      assertCut(whole, length);
    }
    assertCut(whole, 70_000);
    assertCut(whole, whole.length);
  }

  /** Such as one that an editor wrote; two objects, or half of one, are torn. */
  @Test
  void aLastLineThatLacksItsEndOnlyIsKept() throws IOException {
    Path file = directory.resolve("log");
    for (String last : List.of("{\"user\":\"b\"}", "{\"u\":1}{", "{\"u\":1", "7", "{} {}")) {
      Files.writeString(file, "{\"user\":\"a\"}\n" + last);
      boolean whole = last.endsWith("b\"}");
      try (EventLog log = EventLog.open(file, Fsync.NEVER, 1)) {
        assertEquals(whole ? 0 : last.length(), log.truncatedBytes(), last);
        log.append(bytes("{}\n"));
      }
      String kept = whole ? last + "\n" : "";
      assertEquals("{\"user\":\"a\"}\n" + kept + "{}\n", Files.readString(file));
    }
  }

  private void assertCut(byte[] whole, int length) throws IOException {
    Path file = directory.resolve("log-" + length);
    byte[] torn = java.util.Arrays.copyOf(whole, length);
    Files.write(file, torn);
    String text = new String(torn, StandardCharsets.ISO_8859_1);
    boolean wholeLine = text.endsWith("}"); // lacks its end only
    String kept = wholeLine ? text + "\n" : text.substring(0, text.lastIndexOf('\n') + 1);
    try (EventLog log = EventLog.open(file, Fsync.NEVER, 1)) {
      assertEquals(wholeLine ? 0 : length - kept.length(), log.truncatedBytes());
      log.append(bytes("next\n"));
    }
    assertEquals(kept + "next\n", Files.readString(file, StandardCharsets.ISO_8859_1));
  }

  @Test
  void batchesOfManyThreadsStayWhole() throws Exception {
    Path file = directory.resolve("log");
    try (EventLog log = EventLog.open(file, Fsync.INTERVAL, 1)) {
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int thread = t;
        threads.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < 100; i++) {
                        String line = thread + "-" + i;
                        try {
                          log.append(bytes(line + "a\n" + line + "b\n"));
                        } catch (IOException e) {
                          throw new AssertionError(e);
                        }
                      }
                    }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    List<String> lines = Files.readAllLines(file);
    assertEquals(800, lines.size());
    IntStream.range(0, 400)
        .forEach(
            i ->
                assertEquals(
                    lines.get(2 * i).replace('a', 'b'), lines.get(2 * i + 1), "batch " + i));
  }

  @Test
  void aSecondWriterIsRefusedAndAClosedLogTakesNothing() throws IOException {
    Path file = directory.resolve("log");
    EventLog log = EventLog.open(file, Fsync.NEVER, 1);
    IOException e = assertThrows(IOException.class, () -> EventLog.open(file, Fsync.NEVER, 1));
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    log.close();
    assertThrows(IOException.class, () -> log.append(bytes("x\n")));
    EventLog.open(file, Fsync.NEVER, 1).close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
