package dev.kindred.engine.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.ContentCandidates;
import dev.kindred.engine.content.ContentOptions;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.fused.FusedIndex;
import dev.kindred.engine.fused.FusedOptions;
import dev.kindred.engine.related.Calibration;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.related.ObjectiveWeights;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lists with more to score than is scored between two looks at the clock, cut short by a deadline;
 * those for users stand in {@link RecommendTest}, which has a ranker.
 */
class DeadlineTest {
  private static final int ITEMS = 320;
  private static final int DIM = 16;
  private static final int LIST_LENGTH = 8;
  private static final Duration LONG = Duration.ofHours(1);

  /** Scored at a deadline that has passed, see RelatedTargets and SimilarSearcher. */
  private static final int RELATED_STEP = 64;

  private static final int SIMILAR_STEP = 256;

  @TempDir static Path directory;
  private static Recommender recommender;
  private static float[] vector;

  @BeforeAll
  static void write() throws IOException {
    Ids ids = new Ids();
    for (int item = 0; item < ITEMS; item++) {
      ids.add(Integer.toString(item));
    }
    Catalogue.Builder profiles = Catalogue.builder(ids, List.of(FieldSpec.single("type", "type")));
    Draws draws = Draws.of(5, "deadline");
    float[] vectors = new float[ITEMS * DIM];
    for (int item = 0; item < ITEMS; item++) {
      profiles.value(0, item, "film");
      for (int j = 0; j < DIM; j++) {
        vectors[item * DIM + j] = (float) draws.nextGaussian();
      }
    }
    Catalogue catalogue = profiles.build();
    Channel channel = Channel.normalized("click", Channel.Kind.LINEAR, vectors, ITEMS, DIM);
    vector = new float[DIM];
    channel.copyRow(7, vector);
    RelatedScorer scorer =
        RelatedScorer.of(
            new ObjectiveWeights(
                List.of(new ObjectiveWeight("click", Polarity.POSITIVE, 1, 1)),
                false,
                "equal: made by hand"),
            List.of(new RelatedScorer.Part(channel, new Calibration(3, 0, true, "made by hand"))),
            Merge.CALIBRATED,
            ITEMS);
    try (Workers workers = Workers.of(1);
        SnapshotWriter out = SnapshotWriter.into(directory.resolve("snap"))) {
      ContentOptions options = ContentOptions.defaults();
      CandidateLists candidates =
          ContentCandidates.join(catalogue, options, workers, Progress.none());
      out.items(ids);
      out.candidates(candidates);
      out.scorer(scorer);
      out.fused(
          FusedIndex.build(scorer, FusedOptions.defaults(), workers, Progress.none())
              .orElseThrow());
      out.related(RelatedTable.build(scorer, candidates, LIST_LENGTH, workers, Progress.none()));
      out.profile(catalogue);
      out.gate(catalogue, options);
      recommender = Recommender.open(out.publish());
    }
  }

  @AfterAll
  static void close() {
    if (recommender != null) {
      recommender.close();
    }
  }

  @Test
  void aRelatedListThatIsScoredEndsAtTheDeadlineAndSaysSo() {
    assertIsCutShort(RelatedQuery.item("4").top(100).weight("click", 0.5), RELATED_STEP);
    // Of what is scored one entry is explained however late it is.
    assertIsCutShort(RelatedQuery.item("4").top(100).explain(), 1);
  }

  @Test
  void aRelatedListOfAllItemsEndsAtTheDeadlineAndSaysSo() {
    assertIsCutShort(RelatedQuery.item("4").top(100).ungated(), RELATED_STEP);
  }

  private static void assertIsCutShort(RelatedQuery query, int entries) {
    RelatedAnswer whole = recommender.related(query);
    assertFalse(whole.cutShort());
    assertEquals(100, whole.items().size());
    assertFalse(whole.notes().toString().contains("deadline"), whole.notes().toString());
    assertEquals(whole, recommender.related(query.within(LONG)));
    RelatedAnswer late = recommender.related(query.within(Duration.ZERO));
    assertTrue(late.cutShort());
    assertTrue(late.notes().toString().contains("deadline"), late.notes().toString());
    assertEquals(entries, late.items().size());
    // What was scored has the score that it has without a deadline.
    Map<String, Float> scores = new HashMap<>();
    recommender
        .related(query.top(ITEMS))
        .items()
        .forEach(item -> scores.put(item.id(), item.score()));
    for (RelatedItem item : late.items()) {
      assertEquals(scores.get(item.id()), item.score(), item.id());
    }
  }

  @Test
  void aDeadlineThatPassesDuringTheWalkEndsTheScoringToo() {
    Duration time = Duration.ofMillis(20);
    AtomicLong asked = new AtomicLong();
    // The walk asks it first, in time or not: when it has answered, the deadline has passed.
    ItemFilter slow =
        snapshot ->
            ordinal -> {
              if (asked.getAndIncrement() == 0) {
                long start = System.nanoTime();
                while (System.nanoTime() - start < time.toNanos()) {
                  Thread.onSpinWait();
                }
              }
              return true;
            };
    RelatedAnswer answer =
        recommender.related(RelatedQuery.item("4").top(100).ungated().filter(slow).within(time));
    assertTrue(asked.get() >= RELATED_STEP, "asked " + asked);
    assertTrue(answer.cutShort());
    assertEquals(RELATED_STEP, answer.items().size());
    assertTrue(answer.notes().toString().contains("deadline"), answer.notes().toString());
  }

  @Test
  void aSimilarListEndsAtTheDeadlineAndSaysSo() {
    for (SimilarQuery query :
        List.of(
            SimilarQuery.vector(vector).top(ITEMS),
            SimilarQuery.channel("click", Channel.Kind.LINEAR, vector).top(ITEMS))) {
      SimilarAnswer whole = recommender.similar(query);
      assertFalse(whole.cutShort());
      assertEquals(ITEMS, whole.items().size());
      assertEquals(whole, recommender.similar(query.within(LONG)));
      SimilarAnswer late = recommender.similar(query.within(Duration.ZERO));
      assertTrue(late.cutShort());
      assertEquals(SIMILAR_STEP, late.items().size());
    }
  }

  @Test
  void aListOfTheTableIsWholeHoweverLateItIs() {
    RelatedSearcher searcher = recommender.searcher();
    RelatedResult result = new RelatedResult(LIST_LENGTH);
    searcher.deadline(System.nanoTime() - 1);
    searcher.related("4", LIST_LENGTH, result);
    assertTrue(result.precomputed());
    assertFalse(result.cutShort());
    assertEquals(LIST_LENGTH, result.size());
    // One more than the table has is scored, and as late.
    searcher.related("4", LIST_LENGTH + 1, result);
    assertFalse(result.precomputed());
    assertTrue(result.cutShort());
    assertEquals(LIST_LENGTH + 1, result.size());
  }

  @Test
  void aListOfFewerCandidatesThanAStepIsWhole() {
    // Of 60 items nothing is left to cut when the clock is looked at.
    ItemFilter few = snapshot -> ordinal -> ordinal < 60;
    RelatedQuery query = RelatedQuery.item("4").top(100).weight("click", 0.5).filter(few);
    RelatedAnswer late = recommender.related(query.within(Duration.ZERO));
    assertFalse(late.cutShort());
    assertEquals(59, late.items().size());
    assertEquals(recommender.related(query), late);
  }

  @Test
  void aNegativeTimeIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> RelatedQuery.item("1").within(Duration.ofNanos(-1)));
  }
}
