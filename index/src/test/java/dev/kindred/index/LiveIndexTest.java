package dev.kindred.index;

import static dev.kindred.index.LiveFixtures.DIM;
import static dev.kindred.index.LiveFixtures.OPTIONS;
import static dev.kindred.index.LiveFixtures.assertAnswers;
import static dev.kindred.index.LiveFixtures.id;
import static dev.kindred.index.LiveFixtures.list;
import static dev.kindred.index.LiveFixtures.vector;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LiveIndexTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(Metric.class)
  void answersAreThoseOfAScanAfterAnyChangesMergesAndReopenings(Metric metric) throws IOException {
    Path live = directory.resolve("live");
    Draws draws = Draws.of(1, "changes " + metric);
    Map<String, float[]> model = new HashMap<>();
    LiveIndex index = LiveIndex.create(live, DIM, metric, OPTIONS);
    for (int step = 0; step < 900; step++) {
      String id = id(draws.nextInt(150));
      int kind = draws.nextInt(100);
      if (kind < 60) {
        float[] vector = vector(draws);
        assertEquals(model.put(id, vector) != null, index.put(id, vector, 0));
      } else if (kind < 90) {
        assertEquals(model.remove(id) != null, index.remove(id));
      } else if (kind < 95) {
        index.merge();
      } else if (kind < 96) {
        index.compact();
        assertEquals(0, index.scanned());
        assertTrue(index.segments() <= 1);
      } else if (kind < 98) {
        index.close();
        index = LiveIndex.open(live, OPTIONS);
      }
      assertEquals(model.size(), index.size());
      if (step % 5 == 0) {
        assertAnswers(index, model, vector(draws), 1 + draws.nextInt(30), "step " + step);
      }
    }
    // To nothing, and full again.
    for (String id : List.copyOf(model.keySet())) {
      assertTrue(index.remove(id));
    }
    model.clear();
    assertAnswers(index, model, vector(draws), 5, "empty");
    index.compact();
    assertEquals(0, index.segments());
    assertAnswers(index, model, vector(draws), 5, "compacted");
    for (int i = 0; i < 100; i++) {
      float[] vector = vector(draws);
      model.put(id(i), vector);
      index.put(id(i), vector, 0);
    }
    assertAnswers(index, model, vector(draws), 20, "full again");
    index.close();
  }

  @Test
  void numbersAndTextsAreIdsAndResultsGiveBoth() throws IOException {
    try (LiveIndex index = LiveIndex.create(directory.resolve("live"), 2, Metric.L2, OPTIONS)) {
      long[] ids = {0, -1, 7, Long.MIN_VALUE, Long.MAX_VALUE, 1234567890123L};
      for (int i = 0; i < ids.length; i++) {
        assertFalse(index.put(ids[i], new float[] {9, i, 0}, 1));
      }
      index.put("käse\uD83E\uDDC0", new float[] {100, 0}, 0);
      index.put("", new float[] {101, 0}, 0);
      for (int round = 0; round < 2; round++) {
        LiveNeighbors found = new LiveNeighbors(0);
        index.search(new float[] {0, 0}, 10, found);
        assertEquals(8, found.size());
        for (int i = 0; i < ids.length; i++) {
          assertEquals(ids[i], found.longId(i));
          assertEquals(Long.toString(ids[i]), found.id(i));
          assertEquals(-i * i, found.score(i), 1e-6);
        }
        assertEquals("käse\uD83E\uDDC0", found.id(6));
        assertEquals("", found.id(7));
        byte[] copied = new byte[found.idBytes(6) + 1];
        found.copyId(6, copied, 1);
        assertEquals((byte) 'k', copied[1]);
        assertThrows(NumberFormatException.class, () -> found.longId(6));
        assertThrows(NumberFormatException.class, () -> found.longId(7));
        assertThrows(IndexOutOfBoundsException.class, () -> found.id(8));
        assertTrue(index.contains("7"));
        assertFalse(index.contains("07"));
        float[] copy = new float[3];
        assertTrue(index.copyVector("7", copy, 1));
        assertEquals(2, copy[1]);
        assertFalse(index.copyVector("8", copy, 0));
        index.compact();
      }
      index.put("9223372036854775808", new float[2], 0);
      LiveNeighbors found = new LiveNeighbors(1);
      index.search(new float[2], 1, found);
      assertEquals("0", found.id(0), "of equal scores the first that was put");
      index.remove(0);
      index.search(new float[2], 1, found);
      assertThrows(NumberFormatException.class, () -> found.longId(0));
    }
  }

  @Test
  void recallAfterManyChangesIsThatOfAFreshBuild() throws IOException {
    int n = 6000;
    int dim = 24;
    float[] all = TestVectors.clustered(2 * n + 200, dim, 30, 9);
    LiveOptions options =
        LiveOptions.defaults().withDeltaRows(500).withGraph(new HnswOptions(8, 60, 1));
    float[] kept = new float[n * dim];
    int rows = 0;
    Draws draws = Draws.of(6, "half");
    int[] order = new int[n];
    Arrays.setAll(order, i -> i);
    draws.shuffle(order, 0, n);
    try (Workers workers = Workers.of(2);
        Arena arena = Arena.ofShared();
        LiveIndex index =
            LiveIndex.create(directory.resolve("live"), dim, Metric.COSINE, options)) {
      index.load(
          Embeddings.copyOf(Arrays.copyOf(all, n * dim), dim, arena),
          Integer::toString,
          Progress.none());
      for (int i = 0; i < n / 2; i++) {
        assertTrue(index.put(order[i], all, (n + order[i]) * dim));
      }
      for (int i = n / 5; i < n / 2; i++) {
        assertTrue(index.remove(order[i]));
      }
      assertEquals(n - 3 * n / 10, index.size());
      String[] ids = new String[n];
      for (int i = 0; i < n; i++) {
        if (i < n / 5 || i >= n / 2) {
          int from = i < n / 2 ? n + order[i] : order[i];
          System.arraycopy(all, from * dim, kept, rows * dim, dim);
          ids[rows++] = Integer.toString(order[i]);
        }
      }
      Embeddings unit =
          Embeddings.copyOf(Arrays.copyOf(kept, rows * dim), dim, arena).normalized(arena);
      Hnsw fresh =
          Hnsw.build(unit, Metric.COSINE, options.graph(), arena, workers, Progress.none())
              .tuned(0.95, workers, Progress.none());
      ExactSearcher exact = ExactSearch.of(unit, Metric.COSINE).searcher();
      int hitsFresh = 0;
      int hitsLive = 0;
      LiveNeighbors live = new LiveNeighbors(10);
      Neighbors found = new Neighbors(10);
      Neighbors expected = new Neighbors(10);
      for (int q = 2 * n; q < 2 * n + 200; q++) {
        exact.search(all, q * dim, 10, OrdinalFilter.ALL, expected);
        fresh.searcher().search(all, q * dim, 10, OrdinalFilter.ALL, found);
        index.search(all, q * dim, 10, live);
        for (int a = 0; a < 10; a++) {
          for (int b = 0; b < 10; b++) {
            hitsFresh += found.ordinal(a) == expected.ordinal(b) ? 1 : 0;
            hitsLive += live.id(a).equals(ids[expected.ordinal(b)]) ? 1 : 0;
          }
        }
      }
      assertTrue(hitsLive >= hitsFresh - 20, hitsLive + " against " + hitsFresh + " of 2000");
    }
  }

  @Test
  void filtersByIdReturnAllThatPassFromEveryPart() throws IOException {
    try (LiveIndex index = LiveIndex.create(directory.resolve("live"), DIM, Metric.L2, OPTIONS)) {
      Draws draws = Draws.of(12, "filter");
      Map<String, float[]> model = new HashMap<>();
      for (int i = 0; i < 150; i++) {
        float[] vector = vector(draws);
        index.put(i, vector, 0);
        if (i % 7 == 2) {
          model.put(Integer.toString(i), vector);
        }
        if (i == 100) {
          index.compact();
        }
      }
      for (int i : new int[] {9, 140}) {
        model.remove(Integer.toString(i));
        index.remove(i);
      }
      assertTrue(index.segments() == 1 && index.scanned() > 0);
      IdFilter filter =
          (text, offset, length) ->
              Integer.parseInt(new String(text, offset, length, StandardCharsets.UTF_8)) % 7 == 2;
      float[] query = vector(draws);
      LiveNeighbors found = new LiveNeighbors(1);
      for (int k : new int[] {1, 5, model.size(), 100}) {
        index.search(query, 0, k, filter, found);
        assertAnswers(found, index.metric(), model, query, k, "k " + k);
      }
      index.search(query, 0, 5, (text, offset, length) -> false, found);
      assertEquals(0, found.size());
    }
  }

  @Test
  void compactingTwiceWritesOnce() throws IOException {
    Path live = directory.resolve("live");
    List<String> steps = new ArrayList<>();
    try (LiveIndex index = LiveIndex.create(live, DIM, Metric.L2, OPTIONS, steps::add)) {
      index.compact();
      assertEquals(List.of(), steps);
      index.put(1, new float[DIM], 0);
      index.compact();
      int once = steps.size();
      index.compact();
      assertEquals(once, steps.size());
      index.remove(1);
      index.compact();
      assertEquals(0, index.segments());
    }
  }

  @Test
  void anIndexThatWasEmptiedFillsAgain() throws IOException {
    Path live = directory.resolve("live");
    float[] all = TestVectors.clustered(200, DIM, 5, 7);
    LiveNeighbors found = new LiveNeighbors(5);
    LiveIndex index = LiveIndex.create(live, DIM, Metric.L2, OPTIONS);
    for (int round = 0; round < 3; round++) {
      for (int id = 0; id < 200; id++) {
        assertFalse(index.put(id, all, id * DIM));
        if (id % 70 == 60) {
          index.merge();
        }
      }
      for (int id = 0; id < 200; id += 13) {
        index.search(all, id * DIM, 5, found);
        assertEquals(5, found.size());
        assertEquals(id, found.longId(0));
      }
      for (int id = 199; id >= 0; id--) {
        assertTrue(index.remove(id));
      }
      assertEquals(0, index.size());
      index.search(all, 0, 5, found);
      assertEquals(0, found.size());
      if (round == 0) {
        index.compact();
        assertEquals(0, index.segments());
      } else {
        index.close();
        index = LiveIndex.open(live, OPTIONS);
        assertEquals(0, index.size());
      }
    }
    index.close();
  }

  @Test
  void aBurstOfChangesWaitsForMergesSoThatSearchesScanNoMore() throws IOException {
    int most = 3 * 32;
    for (boolean background : new boolean[] {true, false}) {
      LiveOptions options = OPTIONS.withWaitingDeltas(2).withBackground(background);
      Path live = directory.resolve("live " + background);
      try (LiveIndex index = LiveIndex.create(live, DIM, Metric.L2, options)) {
        Draws draws = Draws.of(1, "burst");
        for (int id = 0; id < 600; id++) {
          index.put(id, vector(draws), 0);
          assertTrue(index.scanned() <= most, index.scanned() + " are scanned");
        }
        assertEquals(600, index.size());
      }
    }
  }

  @Test
  void aPutThatCanNotWaitForAMergeFailsAndChangesNothing() throws IOException {
    boolean[] full = {false};
    LiveOptions options = OPTIONS.withWaitingDeltas(1);
    try (LiveIndex index =
        LiveIndex.create(
            directory.resolve("live"),
            DIM,
            Metric.L2,
            options,
            step -> {
              if (full[0] && step.equals("vectors written")) {
                throw new UncheckedIOException(new IOException("No space left on device"));
              }
            })) {
      Draws draws = Draws.of(1, "full");
      for (int id = 0; id < 64; id++) {
        index.put(id, vector(draws), 0);
      }
      full[0] = true;
      float[] vector = vector(draws);
      assertThrows(UncheckedIOException.class, () -> index.put(64, vector, 0));
      assertEquals(64, index.size());
      full[0] = false;
      index.put(64, vector, 0);
      assertEquals(65, index.size());
    }
  }

  @Test
  void searchesAllocateNothing() throws IOException {
    try (LiveIndex index =
        LiveIndex.create(directory.resolve("live"), 24, Metric.COSINE, OPTIONS)) {
      float[] all = TestVectors.clustered(300, 24, 5, 7);
      for (int i = 0; i < 300; i++) {
        index.put(i, all, i * 24);
        if (i % 120 == 100) {
          index.merge();
        }
      }
      index.remove(3);
      assertTrue(index.segments() >= 1 && index.scanned() > 0);
      float[] query = TestVectors.row(all, 24, 17);
      LiveNeighbors found = new LiveNeighbors(10);
      LiveSearcher own = index.searcher();
      assertEquals(
          0,
          Allocation.bytesOf(
              () -> {
                for (int i = 0; i < 20; i++) {
                  index.search(query, 10, found);
                  own.search(query, 10, found);
                }
              }));
      assertEquals(17, found.longId(0));
    }
  }

  @Test
  void badCallsAreRefusedAndChangeNothing() throws IOException {
    Path live = directory.resolve("live");
    LiveIndex index = LiveIndex.create(live, 2, Metric.COSINE, OPTIONS);
    String twice =
        assertThrows(IllegalStateException.class, () -> LiveIndex.open(live, OPTIONS)).getMessage();
    assertTrue(twice.contains("open already"), twice);
    assertThrows(
        FileAlreadyExistsException.class, () -> LiveIndex.create(live, 2, Metric.COSINE, OPTIONS));
    String nan =
        assertThrows(
                IllegalArgumentException.class, () -> index.put("a", new float[] {1, Float.NaN}, 0))
            .getMessage();
    assertTrue(nan.contains("id 'a' has NaN at position 1") || nan.contains("'a' has NaN"), nan);
    assertThrows(IndexOutOfBoundsException.class, () -> index.put("a", new float[3], 2));
    assertThrows(IllegalArgumentException.class, () -> index.put("\uD800", new float[2], 0));
    assertThrows(
        IllegalArgumentException.class, () -> index.search(new float[2], 0, new LiveNeighbors(1)));
    assertThrows(
        IllegalArgumentException.class, () -> index.search(new float[1], 1, new LiveNeighbors(1)));
    assertEquals(0, index.size());
    index.put("a", new float[] {3, 4}, 0);
    assertThrows(
        IllegalStateException.class,
        () -> index.load(TestVectors.embeddings(new float[4], 2), i -> "b" + i, Progress.none()));
    index.close();
    index.close();
    assertThrows(IllegalStateException.class, () -> index.put("b", new float[2], 0));
    LiveNeighbors found = new LiveNeighbors(1);
    index.search(new float[] {3, 4}, 1, found);
    assertEquals("a", found.id(0));
    assertThrows(IllegalArgumentException.class, () -> OPTIONS.withDeltaRows(15));
    assertThrows(IllegalArgumentException.class, () -> OPTIONS.withThreads(0));
    assertThrows(IllegalArgumentException.class, () -> OPTIONS.withTargetRecall(1));
  }

  @Test
  void closingEndsAMergeOrALoad() throws IOException, InterruptedException {
    Draws draws = Draws.of(8, "close");
    for (boolean load : new boolean[] {false, true}) {
      Path live = directory.resolve(load ? "load" : "merge");
      Thread[] closer = new Thread[1];
      LiveIndex index = closedWhenVectorsAreWritten(live, closer);
      if (load) {
        Embeddings rows = TestVectors.embeddings(TestVectors.normal(50, DIM, 8), DIM);
        assertThrows(
            CancellationException.class,
            () -> index.load(rows, Integer::toString, Progress.none()));
      } else {
        for (int i = 0; i < 50; i++) {
          index.put(i, vector(draws), 0);
        }
        assertThrows(CancellationException.class, index::compact);
      }
      closer[0].join();
      try (LiveIndex again = LiveIndex.open(live, OPTIONS)) {
        assertEquals(load ? 0 : 50, again.size());
        assertTrue(list(live).stream().noneMatch(file -> file.toString().contains("segment-")));
      }
    }
  }

  private static LiveIndex closedWhenVectorsAreWritten(Path live, Thread[] closer)
      throws IOException {
    LiveIndex[] opened = new LiveIndex[1];
    opened[0] =
        LiveIndex.create(
            live,
            DIM,
            Metric.L2,
            OPTIONS,
            step -> {
              if (step.equals("vectors written")) {
                closer[0] = Thread.ofPlatform().start(() -> close(opened[0]));
                while (!closed(opened[0])) {
                  Thread.onSpinWait();
                }
              }
            });
    return opened[0];
  }

  private static void close(LiveIndex index) {
    try {
      index.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean closed(LiveIndex index) {
    try {
      index.force();
      return false;
    } catch (IllegalStateException e) {
      return true;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
