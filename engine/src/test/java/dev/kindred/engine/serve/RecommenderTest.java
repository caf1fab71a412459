package dev.kindred.engine.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.content.SharedValue;
import dev.kindred.engine.related.Explanation;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.Term;
import dev.kindred.engine.snapshot.SnapshotVerifier;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.snapshot.TinyWorld;
import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class RecommenderTest extends OnTinyWorld {
  @Test
  void listsAreThoseOfAnExhaustiveScan() {
    double[] stored = world.scorer().weights().manual();
    for (int item = 0; item < TinyWorld.ITEMS; item++) {
      List<Integer> expected = world.bruteForce(item, stored);
      for (int n : new int[] {0, 1, 3, TinyWorld.LIST_LENGTH, TinyWorld.LIST_LENGTH + 1, 1000}) {
        assertEquals(
            expected.subList(0, Math.min(n, expected.size())).stream()
                .map(TinyWorld::idOf)
                .toList(),
            ids(recommender.related(TinyWorld.idOf(item), n)));
      }
    }
  }

  @Test
  void shortListsComeFromTheTableAndLongOnesAreScoredAlike() {
    RelatedAnswer small = recommender.related(RelatedQuery.item("100").top(5));
    RelatedAnswer large = recommender.related(RelatedQuery.item("100").top(20));
    assertTrue(small.precomputed());
    assertFalse(large.precomputed());
    assertEquals(20, large.items().size());
    assertEquals(small.items(), large.items().subList(0, 5));
    for (int rank = 0; rank < 20; rank++) {
      assertEquals(rank, large.items().get(rank).rank());
    }
  }

  @Test
  void weightsOfARequestChangeTheOrderAsAnExhaustiveScanSays() {
    double[] manual = {0, 2.5, 0.1};
    RelatedQuery query =
        RelatedQuery.item("104")
            .top(12)
            .weight("click", 0)
            .weight("watch time/share", 2.5)
            .weight("dislike", 0.1);
    assertEquals(
        world.bruteForce(4, manual).subList(0, 12).stream().map(TinyWorld::idOf).toList(),
        ids(recommender.related(query).items()));
    assertNotEquals(ids(recommender.related("104", 12)), ids(recommender.related(query).items()));
    assertFalse(recommender.related(query).precomputed());
    // The stored weights named one by one are the stored weights.
    assertTrue(
        recommender.related(RelatedQuery.item("104").top(5).weight("click", 1)).precomputed());
  }

  @Test
  void moreWeightOnDislikeNeverRaisesAnItem() {
    Map<String, Float> before = scores(RelatedQuery.item("102").top(100).weight("dislike", 0));
    Map<String, Float> after = scores(RelatedQuery.item("102").top(100).weight("dislike", 3));
    assertEquals(before.keySet(), after.keySet());
    before.forEach((id, score) -> assertTrue(after.get(id) <= score, id));
  }

  @Test
  void weightsOutOfRangeAreRefusedByName() {
    for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> recommender.related(RelatedQuery.item("100").weight("click", bad)))
              .getMessage();
      assertTrue(message.contains("'click' is " + bad), message);
    }
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> recommender.related(RelatedQuery.item("100").weight("clack", 1)))
            .getMessage();
    assertTrue(message.contains("no objective 'clack'") && message.contains("click"), message);
    assertThrows(IllegalArgumentException.class, () -> RelatedQuery.item("100").top(-1));
    assertThrows(IllegalArgumentException.class, () -> recommender.related("100", -1));
  }

  @Test
  void unknownItemIsNamed() {
    for (String id : List.of("nope", "", "1000000")) {
      UnknownItemException unknown =
          assertThrows(UnknownItemException.class, () -> recommender.related(id, 3));
      assertEquals(id, unknown.id());
      assertTrue(unknown.getMessage().contains("'" + id + "'"), unknown.getMessage());
    }
    assertThrows(UnknownItemException.class, () -> recommender.related(7L, 3));
    assertThrows(UnknownItemException.class, () -> recommender.explain("100", "nope"));
  }

  @Test
  void everyTermSumsToTheScoreBitForBit() throws IOException {
    for (Merge merge : Merge.values()) {
      TinyWorld other = new TinyWorld(merge, 5);
      try (Recommender opened = Recommender.open(other.write(directory.resolve(merge.name())))) {
        for (int item = 0; item < TinyWorld.ITEMS; item++) {
          String source = TinyWorld.idOf(item);
          for (RelatedItem stored : opened.related(source, TinyWorld.LIST_LENGTH)) {
            Explanation explanation = opened.explain(source, stored.id());
            sameBits(stored.score(), sum(explanation));
            sameBits(stored.score(), explanation.score());
            assertEquals(stored.source(), explanation.candidate().orElseThrow());
          }
          RelatedQuery query =
              RelatedQuery.item(source).top(40).weight("click", 0.37).weight("dislike", 1.9);
          for (RelatedItem scored : opened.related(query.explain()).items()) {
            sameBits(scored.score(), sum(scored.explanation().orElseThrow()));
          }
        }
      }
    }
  }

  @Test
  void explanationNamesSharedValuesAndCandidateSource() {
    Explanation explanation = recommender.explain("100", "102");
    assertEquals(
        List.of(
            new SharedValue("type", "film"),
            new SharedValue("tags", "tag-0"),
            new SharedValue("tags", "all")),
        explanation.shared());
    assertEquals(CandidateSource.CONTENT, explanation.candidate().orElseThrow());
    Explanation stranger = recommender.explain("100", "101");
    assertTrue(stranger.candidate().isEmpty());
    assertEquals(List.of(new SharedValue("tags", "all")), stranger.shared());
  }

  @Test
  void hiddenItemIsNeverReturnedAndComesBack() {
    List<String> before = ids(recommender.related("100", 6));
    live.hide(before.get(0));
    live.hide(before.get(3));
    live.hide("of no snapshot");
    List<String> during = ids(recommender.related("100", 6));
    assertEquals(6, during.size());
    assertFalse(during.contains(before.get(0)) || during.contains(before.get(3)));
    assertEquals(before.get(1), during.get(0));
    assertFalse(
        ids(recommender.related(RelatedQuery.item("100").top(50).weight("click", 9)).items())
            .contains(before.get(0)));
    live.unhide(before.get(0));
    live.unhide(before.get(3));
    assertEquals(before, ids(recommender.related("100", 6)));
  }

  @Test
  void marksSetBeforeOpeningCount() throws IOException {
    String first = recommender.related("100", 1).getFirst().id();
    live.hide(first);
    try (Recommender later = Recommender.open(snapshot, live)) {
      assertNotEquals(first, later.related("100", 1).getFirst().id());
    }
  }

  @Test
  void tableExhaustedByHiddenItemsFallsBackToTheWholeList() {
    List<Integer> all = world.bruteForce(0, world.scorer().weights().manual());
    for (int item : all.subList(0, TinyWorld.LIST_LENGTH)) {
      live.hide(TinyWorld.idOf(item));
    }
    RelatedAnswer answer = recommender.related(RelatedQuery.item("100").top(3));
    assertFalse(answer.precomputed());
    assertEquals(
        all.subList(TinyWorld.LIST_LENGTH, TinyWorld.LIST_LENGTH + 3).stream()
            .map(TinyWorld::idOf)
            .toList(),
        ids(answer.items()));
  }

  @Test
  void excludedItemsAreLeftOutOfThatRequestOnly() {
    List<String> before = ids(recommender.related("100", 4));
    RelatedQuery query = RelatedQuery.item("100").top(3).exclude(before.get(0), "of no snapshot");
    assertEquals(before.subList(1, 4), ids(recommender.related(query).items()));
    assertEquals(before, ids(recommender.related("100", 4)));
  }

  @Test
  void answerSaysWhatIsMissing() throws IOException {
    assertEquals(List.of(), recommender.related(RelatedQuery.item("100").top(5)).notes());
    RelatedAnswer tooMany = recommender.related(RelatedQuery.item("100").top(500));
    assertTrue(tooMany.notes().getFirst().contains("of the 500 items asked for"));
    String last = TinyWorld.idOf(TinyWorld.ITEMS - 1);
    RelatedAnswer unseen = recommender.related(RelatedQuery.item(last).top(5));
    assertEquals(5, unseen.items().size());
    assertTrue(unseen.notes().getFirst().contains("no model has seen the item"));
    Path bare = directory.resolve("bare");
    try (SnapshotWriter out = SnapshotWriter.into(bare)) {
      world.fill(out, false);
      out.publish();
    }
    try (Recommender opened = Recommender.open(bare)) {
      RelatedAnswer answer = opened.related(RelatedQuery.item("100").top(5));
      assertTrue(answer.notes().getFirst().contains("no catalogue"), answer.notes()::toString);
      assertEquals(List.of(), opened.explain("100", "102").shared());
    }
  }

  @Test
  void numericIdsAreTheirDecimalForm() {
    assertEquals(recommender.related("117", 4), recommender.related(117L, 4));
  }

  @Test
  void searcherAnswersLikeTheFriendlyTwin() {
    RelatedSearcher searcher = recommender.searcher();
    RelatedResult result = new RelatedResult(2);
    StringBuilder id = new StringBuilder("103");
    searcher.related(id, 6, result);
    same(recommender.related("103", 6), result);
    searcher.related(104L, 20, result);
    same(recommender.related("104", 20), result);
    searcher.weight(0, 0.25);
    searcher.excludeOrdinal(recommender.ordinalOf("106"));
    searcher.excludeOrdinal(recommender.ordinalOf("106"));
    searcher.relatedToOrdinal(4, 5, result);
    same(
        recommender
            .related(RelatedQuery.item("104").top(5).weight("click", 0.25).exclude("106"))
            .items(),
        result);
    assertFalse(result.precomputed());
    searcher.storedWeights();
    searcher.clearExclusions();
    searcher.relatedToOrdinal(4, 5, result);
    same(recommender.related("104", 5), result);
    assertTrue(result.precomputed());
    assertThrows(IndexOutOfBoundsException.class, () -> result.ordinal(5));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> searcher.relatedToOrdinal(TinyWorld.ITEMS, 1, result));
    assertThrows(UnknownItemException.class, () -> searcher.related("nope", 1, result));
  }

  @Test
  void resultOutlivesTheRecommender() {
    RelatedResult result = new RelatedResult(0);
    recommender.searcher().related("100", 30, result);
    List<String> expected = ids(recommender.related("100", 30));
    recommender.close();
    for (int rank = 0; rank < result.size(); rank++) {
      assertEquals(expected.get(rank), result.id(rank));
      assertEquals(
          expected.get(rank),
          new String(
              result.idBytes(),
              result.idStart(rank),
              result.idEnd(rank) - result.idStart(rank),
              StandardCharsets.UTF_8));
    }
  }

  @Test
  void closedRecommenderRefuses() throws IOException {
    Recommender closed = Recommender.open(snapshot);
    RelatedSearcher searcher = closed.searcher();
    closed.close();
    closed.close();
    assertThrows(IllegalStateException.class, () -> closed.related("100", 1));
    assertThrows(
        IllegalStateException.class, () -> searcher.relatedToOrdinal(0, 1, new RelatedResult(1)));
  }

  @Test
  void threadsShareARecommenderWhileMarksChange() throws Exception {
    List<String> everything = ids(recommender.related("100", 1000));
    AtomicBoolean stop = new AtomicBoolean();
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Future<Integer>> readers = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        int seed = t;
        readers.add(
            pool.submit(
                () -> {
                  Random random = new Random(seed);
                  RelatedSearcher searcher = recommender.searcher();
                  RelatedResult result = new RelatedResult(10);
                  int requests = 0;
                  while (!stop.get() || requests < 100) {
                    searcher.weight(0, random.nextInt(3));
                    searcher.relatedToOrdinal(random.nextInt(TinyWorld.ITEMS), 10, result);
                    for (int rank = 1; rank < result.size(); rank++) {
                      assertTrue(result.score(rank - 1) >= result.score(rank));
                    }
                    requests++;
                  }
                  return requests;
                }));
      }
      for (int round = 0; round < 200; round++) {
        String id = everything.get(round % everything.size());
        live.hide(id);
        assertFalse(ids(recommender.related("100", 1000)).contains(id), "hidden " + id);
        live.unhide(id);
        assertTrue(ids(recommender.related("100", 1000)).contains(id), "shown " + id);
      }
      stop.set(true);
      for (Future<Integer> reader : readers) {
        assertTrue(reader.get() >= 100);
      }
    }
  }

  /** Bodies are not checked at open, so every reader must stand whatever they hold. */
  @Test
  void damagedBodiesNeverReadOutOfBounds() throws IOException {
    recommender.close();
    Random random = new Random(3);
    for (String name :
        List.of(
            "items.kids",
            "candidates.kcsr",
            "related.ktop",
            "profile.kprof",
            "gate.kgate",
            "channels.kvec",
            "priors.kvec",
            "fused.khnsw")) {
      Path file = snapshot.resolve(name);
      byte[] sound = Files.readAllBytes(file);
      int body = sound.length - 4096 - 4;
      for (int round = 0; round < 40; round++) {
        byte[] damaged = sound.clone();
        for (int i = 0; i < 1 + round; i++) {
          damaged[4096 + random.nextInt(body)] = (byte) random.nextInt();
        }
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
          open.write(damaged);
        }
        try (Recommender opened = Recommender.open(snapshot)) {
          askEverything(opened);
        } catch (CorruptFileException e) {
          // The graph knows some of the vectors that it was built on.
          assertTrue(e.getMessage().contains("fused.khnsw"), e.getMessage());
        }
      }
      Files.write(file, sound);
    }
    assertTrue(SnapshotVerifier.verify(snapshot).isSound());
  }

  /** A wrong answer or an error that names the file: nothing else may come out. */
  private static void askEverything(Recommender opened) {
    RelatedSearcher searcher = opened.searcher();
    RelatedResult result = new RelatedResult(10);
    for (int item = 0; item < TinyWorld.ITEMS; item++) {
      for (int n : new int[] {5, 30}) {
        try {
          searcher.gate(item % 3 != 0);
          searcher.relatedToOrdinal(item, n, result);
          for (int rank = 0; rank < result.size(); rank++) {
            opened.explain(TinyWorld.idOf(item), result.id(rank));
          }
        } catch (CorruptFileException | UnknownItemException e) {
          assertFalse(e.getMessage().isEmpty());
        }
      }
    }
  }

  private Map<String, Float> scores(RelatedQuery query) {
    Map<String, Float> scores = new TreeMap<>();
    recommender.related(query).items().forEach(item -> scores.put(item.id(), item.score()));
    return scores;
  }

  private void same(List<RelatedItem> expected, RelatedResult result) {
    assertEquals(expected.size(), result.size());
    for (int rank = 0; rank < result.size(); rank++) {
      RelatedItem item = expected.get(rank);
      assertEquals(item.id(), recommender.idOf(result.ordinal(rank)));
      assertEquals(item.id(), result.id(rank));
      sameBits(item.score(), result.score(rank));
      assertEquals(item.source(), result.source(rank));
    }
  }

  private static List<String> ids(List<RelatedItem> items) {
    List<String> ids = items.stream().map(RelatedItem::id).toList();
    assertEquals(ids.size(), new HashSet<>(ids).size());
    return ids;
  }

  private static float sum(Explanation explanation) {
    float sum = 0;
    for (Term term : explanation.terms()) {
      sum += term.contribution();
    }
    return sum;
  }

  private static void sameBits(float expected, float actual) {
    assertEquals(Float.floatToRawIntBits(expected), Float.floatToRawIntBits(actual));
  }
}
