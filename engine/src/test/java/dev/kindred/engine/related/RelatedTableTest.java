package dev.kindred.engine.related;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.content.ContentCandidates;
import dev.kindred.engine.content.ContentOptions;
import dev.kindred.engine.content.SharedValue;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.related.RelatedScorer.Part;
import dev.kindred.engine.rerank.Adjustment;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelatedTableTest {
  private static final int ITEMS = 200;
  private static final int BODY = 4096;

  @TempDir Path directory;

  /** Four kinds of items with tags of their own. */
  private static CandidateLists candidates() {
    Ids ids = new Ids();
    Catalogue.Builder builder =
        Catalogue.builder(
            ids, List.of(FieldSpec.single("kind", "kind"), FieldSpec.multi("tags", "tags", "|")));
    Draws draws = Draws.of(1, "related-table-test");
    for (int i = 0; i < ITEMS; i++) {
      ids.add("item" + i);
      builder.value(0, i, "kind" + i % 4);
      for (int t = 0; t < 3; t++) {
        builder.value(1, i, "kind" + i % 4 + "tag" + draws.nextInt(9));
      }
    }
    try (Workers workers = Workers.of(1)) {
      return ContentCandidates.join(
          builder.build(), ContentOptions.defaults(), workers, Progress.none());
    }
  }

  private static RelatedScorer scorer() {
    Draws draws = Draws.of(2, "related-table-test");
    float[] vectors = new float[ITEMS * 3];
    for (int i = 0; i < vectors.length; i++) {
      // items 100 to 119 are unknown to the model; few distinct vectors, so that scores tie
      vectors[i] = i / 3 >= 100 && i / 3 < 120 ? 0 : draws.nextInt(3) - 1;
    }
    return RelatedScorer.of(
        new ObjectiveWeights(
            List.of(new ObjectiveWeight("click", Polarity.POSITIVE, 1, 1)), false, "test"),
        List.of(
            new Part(
                Channel.normalized("click", Channel.Kind.LINEAR, vectors, ITEMS, 3),
                new Calibration(3, -0.5f, true, "test"))),
        Merge.CALIBRATED,
        ITEMS);
  }

  private static RelatedTable build(int length, int threads) {
    try (Workers workers = Workers.of(threads)) {
      return RelatedTable.build(scorer(), candidates(), length, workers, Progress.none());
    }
  }

  private static String text(RelatedTable table, int item) {
    List<String> parts = new ArrayList<>();
    for (int rank = 0; rank < table.count(item); rank++) {
      parts.add(table.item(item, rank) + ":" + table.score(item, rank));
    }
    return parts.toString();
  }

  private record Scored(int item, float score) {}

  @Test
  void listsAreTheBestCandidatesByScoreThenPlace() {
    RelatedScorer scorer = scorer();
    CandidateLists candidates = candidates();
    RelatedTable table = build(20, 2);
    for (int item = 0; item < ITEMS; item++) {
      List<Scored> all = new ArrayList<>();
      for (long at = candidates.start(item); at < candidates.end(item); at++) {
        int target = candidates.item(at);
        List<Term> terms =
            scorer.terms(item, target, scorer.weights().manual(), scorer.newScratch(1));
        all.add(new Scored(target, Explanation.sum(terms)));
      }
      all.sort(Comparator.comparing(Scored::score).reversed()); // stable: places keep their order
      List<String> expected = new ArrayList<>();
      for (Scored scored : all.subList(0, Math.min(20, all.size()))) {
        expected.add(scored.item() + ":" + scored.score());
      }
      assertEquals(expected.toString(), text(table, item), "item " + item);
    }
  }

  @Test
  void anItemThatNoModelKnowsHasItsCandidatesBySimilarity() {
    CandidateLists candidates = candidates();
    RelatedTable table = build(5, 1);
    for (int item = 100; item < 120; item++) {
      for (int rank = 0; rank < 5; rank++) {
        assertEquals(candidates.item(candidates.start(item) + rank), table.item(item, rank));
        assertEquals(0, table.score(item, rank));
      }
    }
  }

  /** The paper's example: all users watch both, so every model finds them alike. */
  @Test
  void twoBlockbustersWithoutACommonTraitAreNotRelatedHoweverAlikeTheirUsers() {
    float[] vectors = new float[ITEMS * 2];
    for (int i = 0; i < ITEMS; i++) {
      vectors[2 * i + (i < 2 ? 0 : 1)] = 1; // item 0 of kind 0 and item 1 of kind 1, cosine 1
    }
    Channel channel = Channel.normalized("click", Channel.Kind.LINEAR, vectors, ITEMS, 2);
    RelatedScorer scorer =
        RelatedScorer.of(
            scorer().weights(),
            List.of(new Part(channel, new Calibration(3, -0.5f, true, "test"))),
            Merge.CALIBRATED,
            ITEMS);
    assertTrue(channel.cosine(0, 1) > 0.99f);
    try (Workers workers = Workers.of(1)) {
      RelatedTable table =
          RelatedTable.build(scorer, candidates(), ITEMS, workers, Progress.none());
      for (int item = 0; item < 2; item++) {
        assertTrue(table.count(item) > 0);
        for (int rank = 0; rank < table.count(item); rank++) {
          assertEquals(item, table.item(item, rank) % 4, "only items of its own kind");
        }
      }
    }
  }

  @Test
  void tablesAreTheSameForAnyNumberOfThreads() {
    RelatedTable one = build(30, 1);
    RelatedTable three = build(30, 3);
    for (int item = 0; item < ITEMS; item++) {
      assertEquals(text(one, item), text(three, item));
    }
  }

  @Test
  void aWrittenFileReadsBackTheSame() throws IOException {
    RelatedTable table = build(70, 1); // some lists are shorter
    Path file = directory.resolve(RelatedTable.FILE_NAME);
    table.write(file);
    try (Arena arena = Arena.ofConfined()) {
      RelatedTable read = RelatedTable.open(file, arena);
      read.verify();
      assertEquals(ITEMS, read.items());
      assertEquals(70, read.length());
      for (int item = 0; item < ITEMS; item++) {
        assertEquals(text(table, item), text(read, item));
        int[] out = new int[80];
        int count = read.related(item, 80, out);
        assertEquals(table.count(item), count);
        assertEquals(table.item(item, count - 1), out[count - 1]);
        assertEquals(table.touch(item, 80), read.touch(item, 80)); // and no read past the last row
      }
    }
  }

  @Test
  void anImpossibleOrdinalIsReportedAndNeverReturned() throws IOException {
    Path file = directory.resolve("flipped");
    build(4, 1).write(file);
    byte[] bytes = Files.readAllBytes(file);
    bytes[BODY + 3] ^= 0x40; // top byte of the first ordinal of item 0
    Files.write(file, bytes);
    try (Arena arena = Arena.ofConfined()) {
      RelatedTable read = RelatedTable.open(file, arena);
      assertThrows(CorruptFileException.class, () -> read.item(0, 0));
      assertThrows(CorruptFileException.class, () -> read.related(0, 4, new int[4]));
      assertThrows(CorruptFileException.class, read::verify);
      assertTrue(read.count(1) > 0, "other items still answer");
    }
  }

  @Test
  void ranksPastTheListAreRefused() {
    RelatedTable table = build(4, 1);
    assertThrows(IndexOutOfBoundsException.class, () -> table.item(0, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> table.item(ITEMS, 0));
    assertThrows(IllegalArgumentException.class, () -> build(0, 1));
  }

  @Test
  void anExplanationReadsLikeOneAndItsTermsSumToTheScore() {
    RelatedScorer scorer = scorer();
    List<Term> terms = scorer.terms(0, 4, scorer.weights().manual(), scorer.newScratch(1));
    Explanation explanation =
        new Explanation(
            "Alien",
            "Aliens",
            Optional.of(CandidateSource.CONTENT_RELAXED),
            0.52f,
            List.of(
                new SharedValue("genre", "horror"),
                new SharedValue("cast", "Weaver"),
                new SharedValue("genre", "sci-fi")),
            terms,
            List.of(new Adjustment("boost x2: push", 0.5f)),
            List.of("pinned here by rule: top"),
            Explanation.sum(terms) + 0.5f);
    List<String> lines = explanation.lines();
    assertTrue(lines.getFirst().startsWith("Alien -> Aliens: score "), lines.getFirst());
    assertEquals("  candidate: profile, below the threshold, similarity 0.520", lines.get(1));
    assertEquals("  shared: genre horror, sci-fi; cast Weaver", lines.get(2));
    assertEquals("  " + terms.getFirst(), lines.get(3));
    assertEquals("  +0.5000  boost x2: push", lines.get(lines.size() - 2));
    assertEquals("  pinned here by rule: top", lines.getLast());
    assertEquals(String.join("\n", lines), explanation.toString());
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Explanation(
                "a",
                "b",
                Optional.empty(),
                0,
                List.of(),
                terms,
                List.of(),
                List.of(),
                explanation.score() + 1));
  }
}
