package dev.kindred.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.coordinate.CoordinateOptions;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.ChannelTerm;
import dev.kindred.engine.related.Explanation;
import dev.kindred.engine.related.NextItemOptions;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.related.ScoringOptions;
import dev.kindred.engine.related.TogetherOptions;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedItem;
import dev.kindred.engine.serve.RelatedQuery;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.tower.TowerOptions;
import dev.kindred.engine.world.World;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineTest {
  private static final World WORLD =
      World.generate(WorldOptions.defaults().withSize(300, 400, 30_000));
  private static final PipelineInput INPUT =
      new PipelineInput(WORLD.events(), WORLD.items(), WORLD.users());
  private static final PipelineOptions QUICK =
      PipelineOptions.defaults()
          .withAls(AlsOptions.defaults().withRank(16).withIterations(5))
          .withTower(
              Optional.of(
                  TowerOptions.defaults()
                      .withHidden(List.of(32))
                      .withDim(16)
                      .withEmbeddingDim(8)
                      .withEpochs(2)))
          .withListLength(20);

  /** Of the progress of the usual training. */
  private static final List<String> STAGES = Collections.synchronizedList(new ArrayList<>());

  /** Trained once for all tests that only look at the result. */
  private static TrainedPipeline usual;

  @BeforeAll
  static void train() {
    try (Workers workers = Workers.of(3)) {
      usual =
          Pipeline.train(
              INPUT,
              QUICK,
              workers,
              (name, total) -> {
                STAGES.add(name);
                return Progress.none().stage(name, total);
              });
    }
  }

  @TempDir Path directory;

  private static TrainedPipeline train(PipelineInput input, PipelineOptions options, int threads) {
    try (Workers workers = Workers.of(threads)) {
      return Pipeline.train(input, options, workers, Progress.none());
    }
  }

  @Test
  void progressOfAModelNamesItsObjective() {
    for (Objective objective : WORLD.events().objectives()) {
      assertTrue(STAGES.contains(objective.name() + ": ALS, rank 16"), STAGES.toString());
      assertTrue(
          STAGES.contains(objective.name() + ": Train two-tower network"), STAGES.toString());
    }
  }

  @Test
  void theSameBitsComeOutForAnyNumberOfThreads() {
    TrainedPipeline one = train(INPUT, QUICK, 1);
    assertEquals(one.modelHashes(), usual.modelHashes());
    assertEquals(one.notes(), usual.notes());
    for (int item = 0; item < WORLD.items().size(); item++) {
      assertEquals(one.table().count(item), usual.table().count(item));
      for (int rank = 0; rank < one.table().count(item); rank++) {
        assertEquals(one.table().item(item, rank), usual.table().item(item, rank));
        assertEquals(one.table().score(item, rank), usual.table().score(item, rank));
      }
    }
  }

  @Test
  void relatedItemsAreMoreRelatedInTruthThanTheirCandidatesAndFarMoreThanOthers() {
    TrainedPipeline trained = usual;
    double top = 0;
    double gate = 0;
    double any = 0;
    int sources = 0;
    Draws draws = Draws.of(1, "candidates");
    for (int item = 0; item < WORLD.items().size(); item++) {
      int candidates = trained.candidates().count(item);
      if (trained.table().count(item) >= 3 && candidates >= 15) {
        for (int i = 0; i < 3; i++) {
          top += WORLD.relatedness(0, item, trained.table().item(item, i));
          long at = trained.candidates().start(item) + draws.nextInt(candidates);
          gate += WORLD.relatedness(0, item, trained.candidates().item(at));
          any += WORLD.relatedness(0, item, draws.nextInt(WORLD.items().size()));
        }
        sources++;
      }
    }
    assertTrue(sources > 20, "sources with long lists: " + sources);
    assertTrue(top > gate, "top three " + top + ", drawn from the same gate " + gate);
    assertTrue(top > 3 * Math.max(0, any), "top three " + top + ", drawn from all items " + any);
  }

  @Test
  void theCoordinatingNetworkKeepsNoiseOutMoreOftenThanWhatWasMeant() {
    TrainedPipeline trained = usual;
    int[] clicks = new int[2];
    int[] kept = new int[2];
    for (int row = 0; row < WORLD.events().size(); row++) {
      if (WORLD.events().value(0, row) > 0) {
        int noise = WORLD.isNoise(row) ? 1 : 0;
        clicks[noise]++;
        kept[noise] += trained.routing().orElseThrow().keeps(0, row) ? 1 : 0;
      }
    }
    double keptNoise = (double) kept[1] / clicks[1];
    double keptTrue = (double) kept[0] / clicks[0];
    assertTrue(keptNoise < 0.3 && keptTrue > 0.6, "noise " + keptNoise + ", true " + keptTrue);
    TrainedPipeline without =
        train(INPUT, QUICK.withTower(Optional.empty()).withCoordinate(Optional.empty()), 2);
    assertTrue(without.routing().isEmpty());
    assertNotEquals(without.modelHashes().get("als click"), trained.modelHashes().get("als click"));
  }

  @Test
  void blockbustersWithNothingInCommonAreNotRelated() {
    TrainedPipeline trained = usual;
    int[] pair = WORLD.blockbusters();
    assertEquals(-1, trained.candidates().find(pair[0], pair[1]));
    assertEquals(-1, trained.candidates().find(pair[1], pair[0]));
  }

  @Test
  void withoutCatalogueCandidatesComeFromBehaviourAndTheNotesSaySo() {
    TrainedPipeline trained =
        train(
            PipelineInput.of(WORLD.events()),
            QUICK.withTower(Optional.empty()).withCoordinate(Optional.empty()),
            2);
    long[] counts = trained.candidates().countsBySource();
    assertEquals(0, counts[CandidateSource.CONTENT.ordinal()]);
    assertEquals(0, counts[CandidateSource.CONTENT_RELAXED.ordinal()]);
    assertTrue(counts[CandidateSource.COOCCURRENCE.ordinal()] > 0);
    assertTrue(counts[CandidateSource.FACTORS.ordinal()] > 0);
    assertTrue(trained.notes().stream().anyMatch(note -> note.text().startsWith("no catalogue")));
  }

  @Test
  void dislikeHasAPriorOfItsOwnAndOtherObjectivesHaveNone() {
    RelatedScorer scorer = usual.scorer();
    for (int k = 0; k < WORLD.events().objectives().size(); k++) {
      boolean prior =
          scorer.parts(k).stream().anyMatch(part -> part.channel().kind() == Channel.Kind.PRIOR);
      assertEquals(WORLD.events().objectives().get(k).name().equals("dislike"), prior);
    }
  }

  @Test
  void aSnapshotAnswersWhatWasTrained() throws IOException {
    TrainedPipeline trained = usual;
    Path snapshot;
    try (SnapshotWriter out = SnapshotWriter.under(directory)) {
      trained.writeTo(out);
      snapshot = out.publish();
    }
    assertTrue(snapshot.startsWith(directory));
    try (Recommender recommender = Recommender.open(directory)) {
      int item = WORLD.blockbusters()[0];
      String id = WORLD.items().ids().idOf(item);
      List<RelatedItem> related = recommender.related(id, 10);
      assertFalse(related.isEmpty());
      for (int rank = 0; rank < related.size(); rank++) {
        String expected = WORLD.items().ids().idOf(trained.table().item(item, rank));
        assertEquals(expected, related.get(rank).id());
        assertEquals(trained.table().score(item, rank), related.get(rank).score());
      }
    }
  }

  @Test
  void whatIsCountedIsServedAndExplainedAsItWasTrained() throws IOException {
    PipelineOptions counting =
        QUICK
            .withTower(Optional.empty())
            .withCoordinate(Optional.empty())
            .withScoring(
                ScoringOptions.defaults()
                    .withNext(Optional.of(NextItemOptions.defaults()))
                    .withTogether(Optional.of(TogetherOptions.defaults())));
    TrainedPipeline trained = train(INPUT, counting, 2);
    try (SnapshotWriter out = SnapshotWriter.under(directory)) {
      trained.writeTo(out);
      out.publish();
    }
    int counted = 0;
    try (Recommender recommender = Recommender.open(directory)) {
      assertEquals(
          List.of("next", "together"),
          recommender.objectives().stream()
              .map(ObjectiveWeight::name)
              .skip(WORLD.events().objectives().size())
              .toList());
      for (int item = 0; item < WORLD.items().size(); item += 10) {
        RelatedQuery query = RelatedQuery.item(WORLD.items().ids().idOf(item)).top(5).explain();
        for (RelatedItem related : recommender.related(query).items()) {
          assertEquals(trained.table().score(item, related.rank()), related.score());
          assertEquals(
              related.score(), Explanation.sum(related.explanation().orElseThrow().terms()));
          assertEquals(
              Channel.Kind.DIRECTED,
              related.explanation().orElseThrow().terms().stream()
                  .filter(term -> term.objective().equals("next"))
                  .findFirst()
                  .orElseThrow()
                  .channels()
                  .getFirst()
                  .kind());
          ChannelTerm together =
              related.explanation().orElseThrow().terms().getLast().channels().getFirst();
          assertEquals(Channel.Kind.TOGETHER, together.kind());
          counted += together.cosine() > 0 ? 1 : 0;
        }
      }
    }
    assertTrue(counted > 10, counted + " listed items were taken together");
  }

  @Test
  void whatCanNotBeCountedIsRefusedBeforeAnythingIsTrained() {
    ScoringOptions both =
        ScoringOptions.defaults()
            .withNext(Optional.of(NextItemOptions.defaults()))
            .withTogether(Optional.of(TogetherOptions.defaults()));
    PipelineOptions declared =
        QUICK.withScoring(
            ScoringOptions.defaults()
                .withTogether(
                    Optional.of(
                        new TogetherOptions("click", 1, TogetherOptions.defaults().lists()))));
    for (PipelineOptions refused : List.of(declared, PipelineOptions.paper().withScoring(both))) {
      List<String> stages = new ArrayList<>();
      try (Workers workers = Workers.of(1)) {
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Pipeline.train(
                    INPUT,
                    refused,
                    workers,
                    (name, total) -> {
                      stages.add(name);
                      return Progress.none().stage(name, total);
                    }));
      }
      assertEquals(List.of(), stages);
    }
  }

  @Test
  void thePapersReadingRunsOnRawCosines() {
    PipelineOptions paper =
        PipelineOptions.paper()
            .withCoordinate(Optional.of(CoordinateOptions.paper().withSteps(100)))
            .withTower(
                Optional.of(TowerOptions.paper().withHidden(List.of(16)).withDim(8).withEpochs(1)))
            .withListLength(20);
    TrainedPipeline trained = train(INPUT, paper, 2);
    for (int k = 0; k < WORLD.events().objectives().size(); k++) {
      for (RelatedScorer.Part part : trained.scorer().parts(k)) {
        assertEquals(1, part.calibration().slope());
        assertTrue(part.channel().kind() != Channel.Kind.PRIOR);
      }
    }
    assertTrue(trained.candidates().size() > 0);
  }

  @Test
  void cataloguesOfOtherIdsAreRefused() {
    Catalogue strangers = Catalogue.empty(new Ids());
    assertThrows(
        IllegalArgumentException.class,
        () -> new PipelineInput(WORLD.events(), strangers, WORLD.users()));
  }
}
