package dev.kindred.engine.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.related.Merge;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.rerank.Rule;
import dev.kindred.engine.snapshot.SnapshotCatalog;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.snapshot.TinyWorld;
import dev.kindred.index.BitSetFilter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.MemoryMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recommender that goes from snapshot to snapshot while it is asked. */
class SnapshotSwapTest {
  private static final Path MAPS = Path.of("/proc/self/maps");

  @TempDir Path directory;
  private final TinyWorld first = new TinyWorld(Merge.CALIBRATED, 17);
  private final TinyWorld second = new TinyWorld(Merge.CALIBRATED, 18);
  private SnapshotCatalog catalog;
  private String old;
  private String young;

  @BeforeEach
  void publishTwo() throws IOException {
    old = publish(first);
    young = publish(second);
    catalog = SnapshotCatalog.in(directory);
    catalog.promote(old);
  }

  @Test
  void refreshGoesOverToTheCurrentSnapshot() throws IOException {
    try (Recommender recommender = Recommender.open(directory)) {
      List<RelatedItem> before = recommender.related("104", 5);
      assertFalse(recommender.refresh());
      catalog.promote(young);
      assertEquals(before, recommender.related("104", 5));
      assertTrue(recommender.refresh());
      assertEquals(young, recommender.directory().getFileName().toString());
      assertNotEquals(before, recommender.related("104", 5));
      assertEquals(0, recommender.replacedInUse());
      assertEquals(1, mapped(young));
      assertEquals(0, mapped(old));
    }
    assertEquals(0, mapped(young));
  }

  @Test
  void pinnedSearcherStaysOnItsSnapshotAndKeepsItMapped() throws IOException {
    RecommenderOptions hasty = RecommenderOptions.defaults().withDrainMillis(1);
    try (Recommender recommender = Recommender.open(directory, hasty)) {
      RelatedSearcher searcher = recommender.searcher();
      RelatedResult pinned = new RelatedResult(5);
      RelatedResult later = new RelatedResult(5);
      List<RelatedItem> before = recommender.related("104", 5);
      searcher.pin();
      try {
        int ordinal = searcher.ordinalOf("104");
        catalog.promote(young);
        assertTrue(recommender.refresh());
        assertEquals(1, recommender.replacedInUse());
        assertEquals(1, recommender.replacedMapped());
        assertEquals(1, mapped(old));
        searcher.relatedToOrdinal(ordinal, 5, pinned);
        assertEquals(before.getFirst().id(), pinned.id(0));
        assertEquals(before.getFirst().score(), pinned.score(0));
      } finally {
        searcher.unpin();
      }
      // Counting alone unmaps nothing.
      assertEquals(1, recommender.replacedMapped());
      assertEquals(1, mapped(old));
      assertEquals(0, recommender.replacedInUse());
      assertEquals(0, recommender.replacedMapped());
      assertEquals(0, mapped(old));
      searcher.related("104", 5, later);
      assertEquals(recommender.related("104", 5).getFirst().score(), later.score(0));
      // What was found in the old snapshot is still there to read.
      assertEquals(before.getFirst().id(), pinned.id(0));
    }
  }

  @Test
  void settingsOfASearcherOutliveASwap() throws IOException {
    try (Recommender recommender = Recommender.open(directory)) {
      RelatedSearcher searcher = recommender.searcher();
      searcher.weight(0, 0.25);
      String best = recommender.related("104", 1).getFirst().id();
      assertTrue(searcher.exclude(best));
      assertFalse(searcher.exclude("of neither snapshot"));
      searcher.excludeOrdinal(searcher.ordinalOf("106"));
      searcher.filter(ItemFilter.where("type = 'film'"));
      catalog.promote(young);
      recommender.refresh();
      RelatedResult result = new RelatedResult(50);
      searcher.related("104", 50, result);
      RelatedQuery same =
          RelatedQuery.item("104")
              .top(50)
              .weight("click", 0.25)
              .exclude(best, "106")
              .filter(ItemFilter.where("type = 'film'"));
      List<RelatedItem> expected = recommender.related(same).items();
      assertEquals(expected.size(), result.size());
      for (int rank = 0; rank < result.size(); rank++) {
        assertEquals(expected.get(rank).id(), result.id(rank));
        assertEquals(expected.get(rank).score(), result.score(rank));
        assertFalse(List.of(best, "106").contains(result.id(rank)));
        assertEquals(List.of("film"), recommender.profile(result.id(rank)).get("type"));
      }
    }
  }

  @Test
  void whatTheNextSnapshotCannotReRankIsRefusedUntilSomethingElseIsAskedFor() throws IOException {
    try (SnapshotWriter out = SnapshotWriter.under(directory)) {
      second.fill(out, false);
      young = out.publish().getFileName().toString();
    }
    catalog.promote(old);
    try (Recommender recommender = Recommender.open(directory)) {
      RelatedSearcher other = recommender.searcher();
      RelatedSearcher none = recommender.searcher();
      RelatedResult result = new RelatedResult(5);
      for (RelatedSearcher searcher : List.of(other, none)) {
        searcher.rerank(Reranking.none().withCap("type", 2));
        searcher.related("104", 5, result);
        assertEquals(2, result.size());
      }
      catalog.promote(young);
      assertTrue(recommender.refresh());
      for (RelatedSearcher searcher : List.of(other, none)) {
        for (int i = 0; i < 2; i++) {
          String message =
              assertThrows(IllegalArgumentException.class, () -> searcher.related("104", 5, result))
                  .getMessage();
          assertTrue(message.startsWith("a cap needs a field of texts; 'type' is no"), message);
        }
      }
      String last = recommender.related("104", 5).getLast().id();
      Reranking wrong = Reranking.none().withWhere("type = film");
      assertThrows(IllegalArgumentException.class, () -> other.rerank(wrong));
      other.rerank(Reranking.none().withRule(Rule.pin(last, 1)));
      other.related("104", 5, result);
      assertEquals(5, result.size());
      assertEquals(last, result.id(0));
      none.clearReranking();
      none.related("104", 5, result);
      assertEquals(5, result.size());
      assertEquals(last, result.id(4));
    }
  }

  @Test
  void snapshotThatCannotBeOpenedLeavesTheOldOneServing() throws Exception {
    try (Recommender recommender = Recommender.open(directory)) {
      List<RelatedItem> before = recommender.related("104", 5);
      catalog.promote(young);
      Path table = directory.resolve(young).resolve("related.ktop");
      byte[] sound = Files.readAllBytes(table);
      Files.write(table, new byte[10]);
      assertThrows(CorruptFileException.class, recommender::refresh);
      assertEquals(before, recommender.related("104", 5));
      LinkedBlockingQueue<Exception> failures = new LinkedBlockingQueue<>();
      SnapshotWatcher watcher = recommender.watch(Duration.ofMillis(1), failures::add);
      try {
        assertTrue(failures.take().getMessage().contains("related.ktop"));
        Files.write(table, sound);
        while (!recommender.directory().endsWith(young)) {
          Thread.onSpinWait();
        }
      } finally {
        watcher.close();
      }
      assertNotEquals(before, recommender.related("104", 5));
    }
  }

  @Test
  void manySwapsUnderLoadFailNoRequestAndLeaveOneMapping() throws Exception {
    int swaps = 300;
    AtomicBoolean stop = new AtomicBoolean();
    try (Recommender recommender = Recommender.open(directory);
        ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Float> of = scores(first, second);
      int count = 3;
      CountDownLatch reading = new CountDownLatch(count);
      List<Future<?>> readers = new ArrayList<>();
      for (int t = 0; t < count; t++) {
        boolean friendly = t == 0;
        readers.add(pool.submit(() -> read(recommender, friendly, of, reading, stop)));
      }
      // A busy machine may start a reader late; a swap that nobody reads through proves nothing.
      // A reader that fails counts down too, and its failure is thrown by get below.
      reading.await();
      for (int i = 0; i < swaps; i++) {
        catalog.promote(i % 2 == 0 ? young : old);
        assertTrue(recommender.refresh());
      }
      stop.set(true);
      for (Future<?> reader : readers) {
        reader.get();
      }
      assertEquals(0, recommender.replacedInUse());
      assertEquals(0, mapped(young));
      assertEquals(1, mapped(old));
    }
  }

  /** Best scores of item 4 in both worlds: an answer mixed from two snapshots would show. */
  private static List<Float> scores(TinyWorld... worlds) {
    List<Float> scores = new ArrayList<>();
    for (TinyWorld world : worlds) {
      scores.add(world.table().score(4, 0));
    }
    return scores;
  }

  private static void read(
      Recommender recommender,
      boolean friendly,
      List<Float> allowed,
      CountDownLatch reading,
      AtomicBoolean stop) {
    RelatedSearcher searcher = recommender.searcher();
    RelatedResult result = new RelatedResult(10);
    try {
      while (!stop.get()) {
        if (friendly) {
          assertTrue(allowed.contains(recommender.related("104", 5).getFirst().score()));
          recommender.explain("104", "106");
        } else {
          searcher.related("104", 5, result);
          assertTrue(allowed.contains(result.score(0)));
          searcher.related("104", 30, result);
          assertTrue(allowed.contains(result.score(0)));
        }
        reading.countDown();
        Thread.yield();
      }
    } finally {
      reading.countDown();
    }
  }

  @Test
  void abandonedPinHoldsNothingForever() throws Exception {
    RecommenderOptions hasty = RecommenderOptions.defaults().withDrainMillis(0);
    try (Recommender recommender = Recommender.open(directory, hasty)) {
      recommender.searcher().pin();
      catalog.promote(young);
      recommender.refresh();
      while (recommender.replacedInUse() > 0) {
        System.gc();
        Thread.sleep(10);
      }
      assertEquals(0, mapped(old));
    }
  }

  @Test
  void deadlineLeavesOutEntriesThatThereWasNoTimeToExplain() throws IOException {
    try (Recommender recommender = Recommender.open(directory)) {
      RelatedQuery query = RelatedQuery.item("104").top(5).explain();
      RelatedAnswer whole = recommender.related(query.within(Duration.ofHours(1)));
      assertEquals(5, whole.items().size());
      assertFalse(whole.cutShort());
      RelatedAnswer cut = recommender.related(query.within(Duration.ZERO));
      assertEquals(whole.items().subList(0, 1), cut.items(), "the first is always explained");
      assertTrue(cut.cutShort());
      assertTrue(
          cut.notes().getLast().contains("the reasons of 4 more entries"), cut.notes().toString());
      // Without reasons the same list is whole: there is nothing to wait for.
      RelatedQuery plain = RelatedQuery.item("104").top(5).within(Duration.ZERO);
      assertEquals(5, recommender.related(plain).items().size());
    }
  }

  @Test
  void aQuestionWhyNotIsAnsweredInTimeOrNotAtAll() throws IOException {
    try (Recommender recommender = Recommender.open(directory)) {
      RelatedQuery query = RelatedQuery.item("104").top(5);
      String listed = recommender.related(query).items().getLast().id();
      RelatedQuery inTime = query.within(Duration.ofHours(1));
      assertEquals(WhyNot.Stage.LISTED, recommender.whyNot(inTime, listed).stage());
      assertEquals(WhyNot.Stage.BELOW_LIST, recommender.whyNot(inTime.top(1), listed).stage());
      RelatedQuery late = query.within(Duration.ZERO);
      String message =
          assertThrows(TooLateException.class, () -> recommender.whyNot(late, listed)).getMessage();
      assertTrue(message.contains("'" + listed + "'") && message.contains(" 0 ms"), message);
      // What needs no list takes no time.
      assertEquals(WhyNot.Stage.SAME_ITEM, recommender.whyNot(late, "104").stage());
      assertEquals(WhyNot.Stage.UNKNOWN_ITEM, recommender.whyNot(late, "nothing").stage());
    }
  }

  @Test
  void everyModeOfMemoryAnswersAlike() throws IOException {
    List<List<RelatedItem>> answers = new ArrayList<>();
    for (MemoryMode mode : MemoryMode.values()) {
      RecommenderOptions options = RecommenderOptions.defaults().withMemory(mode);
      try (Recommender recommender = Recommender.open(directory, options)) {
        answers.add(recommender.related(RelatedQuery.item("104").top(30)).items());
      }
    }
    assertEquals(answers.getFirst(), answers.get(1));
    assertEquals(answers.getFirst(), answers.get(2));
  }

  @Test
  void filterIsAskedOncePerSnapshot() throws IOException {
    int[] asked = new int[1];
    ItemFilter even =
        snapshot -> {
          asked[0]++;
          return BitSetFilter.of(snapshot.items().size(), ordinal -> ordinal % 2 == 0);
        };
    try (Recommender recommender = Recommender.open(directory)) {
      for (int i = 0; i < 5; i++) {
        recommender.related(RelatedQuery.item("104").filter(even));
      }
      assertEquals(1, asked[0]);
      catalog.promote(young);
      recommender.refresh();
      for (RelatedItem item : recommender.related(RelatedQuery.item("104").filter(even)).items()) {
        assertEquals(0, recommender.ordinalOf(item.id()) % 2);
      }
      assertEquals(2, asked[0]);
    }
  }

  private String publish(TinyWorld world) throws IOException {
    try (SnapshotWriter out = SnapshotWriter.under(directory)) {
      world.fill(out, true);
      return out.publish().getFileName().toString();
    }
  }

  /** How often the related lists of a snapshot are mapped by this process. */
  private long mapped(String snapshot) throws IOException {
    String file = directory.resolve(snapshot).resolve("related.ktop").toString();
    try (var lines = Files.lines(MAPS)) {
      return lines.filter(line -> line.endsWith(file)).count();
    }
  }
}
