package dev.kindred.index;

import static dev.kindred.index.LiveFixtures.DIM;
import static dev.kindred.index.LiveFixtures.OPTIONS;
import static dev.kindred.index.LiveFixtures.assertAnswers;
import static dev.kindred.index.LiveFixtures.copyOf;
import static dev.kindred.index.LiveFixtures.id;
import static dev.kindred.index.LiveFixtures.list;
import static dev.kindred.index.LiveFixtures.vector;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.run.Draws;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a {@link LiveIndex} holds after crashes, damage and misuse. */
class LiveIndexCrashTest {
  @TempDir Path directory;

  @Test
  void aCrashAfterAnyStepLosesNothing() throws IOException {
    Path live = directory.resolve("live");
    Map<String, float[]> model = new HashMap<>();
    List<Path> copies = new ArrayList<>();
    List<Map<String, float[]>> states = new ArrayList<>();
    Draws draws = Draws.of(3, "crash");
    LiveIndex index =
        LiveIndex.create(
            live,
            DIM,
            Metric.COSINE,
            OPTIONS,
            step -> {
              Path copy = directory.resolve("crash" + copies.size() + " " + step);
              copyOf(live, copy);
              copies.add(copy);
              states.add(Map.copyOf(model));
            });
    for (int step = 0; step < 260; step++) {
      String id = id(draws.nextInt(90));
      if (draws.nextInt(4) == 0) {
        index.remove(id);
        model.remove(id);
      } else {
        float[] vector = vector(draws);
        // A log may start before the change that starts it.
        index.put(id, vector, 0);
        model.put(id, vector);
      }
      if (step % 40 == 39) {
        index.merge();
      }
    }
    index.compact();
    index.close();
    assertTrue(copies.size() > 30, "steps " + copies);
    for (int i = 0; i < copies.size(); i++) {
      for (int round = 0; round < 2; round++) {
        try (LiveIndex reopened = LiveIndex.open(copies.get(i), OPTIONS)) {
          assertAnswers(reopened, states.get(i), vector(draws), 20, copies.get(i).toString());
          if (round == 0) {
            reopened.compact();
            assertAnswers(reopened, states.get(i), vector(draws), 20, copies.get(i).toString());
          }
        }
      }
      try (Stream<Path> files = Files.list(copies.get(i))) {
        List<String> names = files.map(file -> file.getFileName().toString()).sorted().toList();
        assertTrue(names.size() <= 6, "left over: " + names);
      }
    }
  }

  @Test
  void aLogCutAnywhereKeepsTheChangesBeforeTheCut() throws IOException {
    Path live = directory.resolve("live");
    List<Map<String, float[]>> states = new ArrayList<>();
    List<Long> ends = new ArrayList<>();
    Map<String, float[]> model = new HashMap<>();
    Draws draws = Draws.of(4, "cut");
    Path log = live.resolve("changes-1.klog");
    try (LiveIndex index = LiveIndex.create(live, DIM, Metric.L2, OPTIONS)) {
      for (int step = 0; step < 20; step++) {
        states.add(Map.copyOf(model));
        ends.add(Files.size(log));
        String id = id(draws.nextInt(6));
        if (step % 4 == 3) {
          model.remove(id);
          index.remove(id);
        } else {
          model.put(id, vector(draws));
          index.put(id, model.get(id), 0);
        }
      }
    }
    byte[] whole = Files.readAllBytes(log);
    for (int length = 0; length < whole.length; length += 1 + length / 60) {
      Path copy = directory.resolve("cut" + length);
      copyOf(live, copy);
      Files.write(copy.resolve("changes-1.klog"), Arrays.copyOf(whole, length));
      int changes = 0;
      while (changes + 1 < ends.size() && ends.get(changes + 1) <= length) {
        changes++;
      }
      try (LiveIndex reopened = LiveIndex.open(copy, OPTIONS)) {
        assertAnswers(reopened, states.get(changes), vector(draws), 9, "cut at " + length);
      }
    }
    // What was cut off once is gone: a log may follow, and the index opens again and again.
    Path copy = directory.resolve("again");
    copyOf(live, copy);
    Files.write(copy.resolve("changes-1.klog"), Arrays.copyOf(whole, whole.length - 3));
    for (int round = 0; round < 3; round++) {
      try (LiveIndex reopened = LiveIndex.open(copy, OPTIONS)) {
        assertEquals(states.getLast().size() + round, reopened.size());
        reopened.put("round " + round, vector(draws), 0);
      }
    }
  }

  @Test
  void aFlippedBitInALogIsRefusedUnlessItIsInTheLastChange() throws IOException {
    Path live = directory.resolve("live");
    Draws draws = Draws.of(8, "flip");
    Path log = live.resolve("changes-1.klog");
    long lastChange = 0;
    try (LiveIndex index = LiveIndex.create(live, DIM, Metric.L2, OPTIONS)) {
      for (int i = 0; i < 10; i++) {
        lastChange = Files.size(log);
        index.put(i, vector(draws), 0);
      }
    }
    byte[] whole = Files.readAllBytes(log);
    for (int at = 0; at < whole.length; at += 7) {
      Path copy = directory.resolve("flip" + at);
      copyOf(live, copy);
      byte[] flipped = whole.clone();
      flipped[at] ^= 4;
      Files.write(copy.resolve("changes-1.klog"), flipped);
      if (at >= lastChange) {
        LiveIndex.verify(copy);
        try (LiveIndex reopened = LiveIndex.open(copy, OPTIONS)) {
          assertEquals(9, reopened.size());
        }
      } else if (at < 28 || at >= 32) {
        assertThrows(CorruptFileException.class, () -> LiveIndex.verify(copy));
        CorruptFileException refused =
            assertThrows(CorruptFileException.class, () -> LiveIndex.open(copy, OPTIONS));
        assertTrue(refused.getMessage().contains("go on without"), refused.getMessage());
        assertArrayEquals(flipped, Files.readAllBytes(copy.resolve("changes-1.klog")));
      }
    }
  }

  @Test
  void anInterruptedThreadMayChangeTheIndex() throws IOException {
    Path live = directory.resolve("live");
    Draws draws = Draws.of(9, "interrupt");
    try (LiveIndex index = LiveIndex.create(live, DIM, Metric.L2, OPTIONS.withForced(true))) {
      index.put("before", vector(draws), 0);
      Thread.currentThread().interrupt();
      index.put("meanwhile", vector(draws), 0);
      index.remove("before");
      assertTrue(Thread.interrupted());
      index.put("after", vector(draws), 0);
    }
    try (LiveIndex reopened = LiveIndex.open(live, OPTIONS)) {
      assertEquals(2, reopened.size());
      assertTrue(reopened.contains("meanwhile") && reopened.contains("after"));
    }
  }

  @Test
  void whatWasClosedMergesNoMore() throws IOException {
    Path live = directory.resolve("live");
    Draws draws = Draws.of(10, "closed");
    LiveIndex old = LiveIndex.create(live, DIM, Metric.L2, OPTIONS);
    for (int i = 0; i < 2 * OPTIONS.deltaRows() + 1; i++) {
      old.put(i, vector(draws), 0);
    }
    old.close();
    try (LiveIndex index = LiveIndex.open(live, OPTIONS)) {
      index.merge();
      int size = index.size();
      assertThrows(IllegalStateException.class, old::merge);
      assertEquals(size, index.size());
    }
    LiveIndex.verify(live);
  }

  @Test
  void aRefusedSecondOpenLeavesTheIndexLocked() throws IOException, InterruptedException {
    Path live = directory.resolve("live");
    try (LiveIndex index = LiveIndex.create(live, DIM, Metric.L2, OPTIONS)) {
      assertThrows(IllegalStateException.class, () -> LiveIndex.open(live, OPTIONS));
      assertThrows(IllegalStateException.class, () -> LiveIndex.verify(live));
      assertEquals("held", askAnotherProcess(live));
      assertEquals(0, index.size());
    }
    assertEquals("free", askAnotherProcess(live));
  }

  @Test
  void verifyingWritesNothing() throws IOException {
    Path live = directory.resolve("live");
    try (LiveIndex index = LiveIndex.create(live, DIM, Metric.L2, OPTIONS)) {
      index.put("a", new float[DIM], 0);
    }
    // As a copy that left the lock behind, or a medium that can only be read.
    Files.delete(live.resolve("lock"));
    List<Path> before = list(live);
    LiveIndex.verify(live);
    assertEquals(before, list(live));
  }

  /** Runs a program of one file, which needs nothing of this process's class or module path. */
  private String askAnotherProcess(Path live) throws IOException, InterruptedException {
    Path program =
        Files.writeString(
            directory.resolve("Probe.java"),
            """
                        import java.nio.file.Path;

            void main(String[] args) throws Exception {
              try (var channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
                IO.println(channel.tryLock() == null ? "held" : "free");
              }
            }
            """);
    String java = ProcessHandle.current().info().command().orElseThrow();
    Process process =
        new ProcessBuilder(java, program.toString(), live.resolve("lock").toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader said = process.inputReader()) {
      String answer = said.readLine();
      assertEquals(0, process.waitFor());
      return answer;
    }
  }

  @Test
  void aMistypedDirectoryIsNamedAndLeftAlone() throws IOException {
    Path other = Files.createDirectory(directory.resolve("other"));
    assertThrows(NoSuchFileException.class, () -> LiveIndex.open(other, OPTIONS));
    assertThrows(NoSuchFileException.class, () -> LiveIndex.verify(other));
    assertEquals(List.of(), list(other));
  }

  @Test
  void damagedPublishedFilesAreRefusedByName() throws IOException {
    Path live = directory.resolve("live");
    try (LiveIndex index = LiveIndex.create(live, DIM, Metric.L2, OPTIONS)) {
      Draws draws = Draws.of(5, "damage");
      for (int i = 0; i < 80; i++) {
        index.put(i, vector(draws), 0);
      }
      index.compact();
      index.remove(5);
    }
    for (Path file : list(live)) {
      String name = file.getFileName().toString();
      if (name.equals("lock") || name.endsWith(".klog")) {
        continue;
      }
      byte[] whole = Files.readAllBytes(file);
      for (int at : new int[] {0, 21, 90, 4090, whole.length - 2}) {
        byte[] damaged = whole.clone();
        damaged[at] ^= 2;
        Files.write(file, damaged);
        CorruptFileException thrown =
            assertThrows(CorruptFileException.class, () -> LiveIndex.open(live, OPTIONS), name);
        assertTrue(thrown.getMessage().contains(name), thrown.getMessage());
      }
      Files.write(file, Arrays.copyOf(whole, whole.length / 2));
      assertThrows(CorruptFileException.class, () -> LiveIndex.open(live, OPTIONS), name);
      Files.write(file, whole);
    }
    LiveIndex.verify(live);
    for (Path file : list(live)) {
      if (file.toString().contains("segment-")) {
        byte[] whole = Files.readAllBytes(file);
        whole[4096 + (whole.length - 4096) / 2] ^= 1;
        Files.write(file, whole);
        assertThrows(CorruptFileException.class, () -> LiveIndex.verify(live), file.toString());
        whole[4096 + (whole.length - 4096) / 2] ^= 1;
        Files.write(file, whole);
      }
    }
    Path published = live.resolve("live.klive");
    byte[] whole = Files.readAllBytes(published);
    for (int at = 4096; at < whole.length; at += 3) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 8;
      Files.write(published, damaged);
      assertThrows(CorruptFileException.class, () -> LiveIndex.open(live, OPTIONS));
    }
    Files.write(published, whole);
    try (LiveIndex index = LiveIndex.open(live, OPTIONS)) {
      assertEquals(79, index.size());
    }
  }
}
