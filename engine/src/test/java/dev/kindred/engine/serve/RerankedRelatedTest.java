package dev.kindred.engine.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.related.Calibration;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.Explanation;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.related.ObjectiveWeights;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.engine.rerank.AttributeFilter;
import dev.kindred.engine.rerank.Diversity;
import dev.kindred.engine.rerank.Exploration;
import dev.kindred.engine.rerank.Freshness;
import dev.kindred.engine.rerank.RerankedList.Placing;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.rerank.Rule;
import dev.kindred.engine.rerank.Selection;
import dev.kindred.engine.serve.WhyNot.Stage;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.snapshot.TinyWorld;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules, re-ranking and why-not on a small snapshot; item 100 + i is of the year 1950 + i. */
class RerankedRelatedTest {
  @TempDir Path directory;
  private final InMemoryLiveState live = new InMemoryLiveState();
  private Recommender recommender;

  @BeforeEach
  void open() throws IOException {
    recommender = Recommender.open(new TinyWorld().write(directory.resolve("snap")), live);
  }

  @AfterEach
  void close() {
    recommender.close();
  }

  private List<String> ids(RelatedQuery query) {
    return recommender.related(query).items().stream().map(RelatedItem::id).toList();
  }

  @Test
  void noReRankingIsTheListItself() {
    for (int item = 100; item < 100 + TinyWorld.ITEMS; item++) {
      RelatedQuery query = RelatedQuery.item("" + item).top(1000);
      List<RelatedItem> plain = recommender.related(query).items();
      for (Reranking neutral :
          List.of(
              Reranking.none().withRule(Rule.boost(Selection.of("" + item), 1)),
              Reranking.none().withDiversity(Diversity.of(1)).withCap("type", 1000))) {
        assertEquals(plain, recommender.related(query.rerank(neutral)).items());
      }
    }
  }

  @Test
  void termsAndAdjustmentsSumToTheScoreBitForBit() {
    Reranking how =
        Reranking.none()
            .withWhere("year >= 1955")
            .withRule(Rule.boost(Selection.where(AttributeFilter.parse("year > 1980")), 1.7))
            .withRule(Rule.boost(Selection.of("110", "112"), 0.3))
            .withRule(Rule.pin("101", 2))
            .withRule(Rule.bury(Selection.of("120")))
            .withFreshness(new Freshness("year", 12))
            .withDiversity(Diversity.of(0.7))
            .withExploration(Exploration.softmax(0.5, 3));
    RelatedAnswer answer =
        recommender.related(
            RelatedQuery.item("104").top(40).weight("click", 2).rerank(how).explain());
    int pinned = 0;
    for (RelatedItem item : answer.items()) {
      Explanation explanation = item.explanation().orElseThrow();
      assertEquals(
          Float.floatToRawIntBits(item.score()),
          Float.floatToRawIntBits(Explanation.sum(explanation.terms(), explanation.adjustments())));
      assertTrue(Integer.parseInt(item.id()) >= 105);
      assertTrue(item.propensity() > 0 && item.propensity() <= 1);
      if (item.placing() == Placing.PINNED) {
        pinned++;
        assertEquals("101", item.id());
      }
    }
    assertEquals(0, pinned, "the condition holds for pinned items too");
    RelatedAnswer pin =
        recommender.related(RelatedQuery.item("104").top(5).pin("101", 2).explain());
    assertEquals("101", pin.items().get(1).id());
    assertEquals(CandidateSource.PINNED, pin.items().get(1).source());
    Explanation why = pin.items().get(1).explanation().orElseThrow();
    assertEquals(pin.items().get(1).score(), why.score());
    assertTrue(why.remarks().getFirst().contains("pinned"), why.remarks().toString());
  }

  @Test
  void unknownIdsOfRulesAreToldAndUnknownFieldsRefused() {
    RelatedAnswer answer =
        recommender.related(RelatedQuery.item("104").boost("nope", 2).bury("106"));
    assertTrue(answer.notes().getLast().contains("[nope]"), answer.notes().toString());
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> recommender.related(RelatedQuery.item("104").where("yaer > 3")))
            .getMessage();
    assertTrue(message.contains("type, tags, year"), message);
  }

  @Test
  void whyNotNamesTheStageThatLosesAnItem() {
    RelatedQuery query = RelatedQuery.item("104").top(5);
    List<String> all = ids(query.top(1000));
    String first = all.get(0);
    String second = all.get(1);
    String last = all.getLast();
    assertStage(Stage.LISTED, query, first, "at place 1");
    assertStage(Stage.UNKNOWN_ITEM, query, "nope", "'nope' is not known");
    assertStage(Stage.UNKNOWN_ITEM, RelatedQuery.item("x"), first, "'x' is not known");
    assertStage(Stage.SAME_ITEM, query, "104", "itself");
    assertStage(Stage.EXCLUDED, query.exclude(first), first, "excludes");
    assertStage(Stage.FILTERED, query.where("year < 1900"), first, "year < 1900");
    Rule hide = Rule.hide(Selection.of(first)).withName("no more");
    assertStage(
        Stage.HIDDEN_BY_RULE, query.rerank(Reranking.none().withRule(hide)), first, "no more");
    assertStage(Stage.BELOW_THRESHOLD, query, "105", "below e = 0.65");
    assertStage(Stage.BELOW_LIST, query, last, "place " + all.size() + " of " + all.size());
    assertStage(Stage.BURIED, query.bury(first), first, "buried by rule: " + first);
    RelatedQuery pins = query.top(2).pin(last, 1).pin(all.get(10), 2);
    assertStage(Stage.DISPLACED_BY_PINS, pins, second, "pinned items");
    assertStage(Stage.LISTED, pins, last, "at place 1");
    assertStage(
        Stage.CAPPED,
        query.rerank(Reranking.none().withCap("type", 1)),
        second,
        "place 2; as many as allowed");
    boolean lost = false;
    for (int seed = 0; seed < 50 && !lost; seed++) {
      RelatedQuery draw =
          query.rerank(Reranking.none().withExploration(Exploration.epsilon(1, seed)));
      if (!ids(draw).contains(first)) {
        assertStage(Stage.NOT_DRAWN, draw, first, "exploration drew others");
        lost = true;
      }
    }
    assertTrue(lost);
    live.hide(first);
    assertStage(Stage.HIDDEN, query, first, "hidden");
  }

  private void assertStage(Stage stage, RelatedQuery query, String target, String reason) {
    WhyNot why = recommender.whyNot(query, target);
    assertEquals(stage, why.stage(), why.toString());
    assertTrue(why.reason().contains(reason), why.toString());
    boolean explained =
        stage != Stage.UNKNOWN_ITEM && stage != Stage.SAME_ITEM && why.explanation().isPresent();
    assertEquals(stage != Stage.UNKNOWN_ITEM && stage != Stage.SAME_ITEM, explained);
    assertEquals(stage == Stage.LISTED, stage != Stage.UNKNOWN_ITEM && listed(query, target));
  }

  private boolean listed(RelatedQuery query, String target) {
    return ids(query).contains(target);
  }

  @Test
  void settingsWithoutTheirDataAreRefused() throws IOException {
    Path bare = directory.resolve("bare");
    try (SnapshotWriter out = SnapshotWriter.into(bare)) {
      new TinyWorld().fill(out, false);
      out.publish();
    }
    try (Recommender without = Recommender.open(bare)) {
      Reranking none = Reranking.none();
      Reranking byProfile = none.withDiversity(Diversity.of(0.5));
      refused("diversity by profile needs a catalogue", without, byProfile);
      refused("a cap needs a field of texts", without, none.withCap("type", 1));
      refused(
          "freshness needs a field of numbers",
          without,
          none.withFreshness(new Freshness("year", 9)));
      refused("no catalogue", without, none.withWhere("type = film"));
      refused(
          "no catalogue",
          without,
          none.withRule(Rule.bury(Selection.where(AttributeFilter.parse("type = film")))));
      RelatedQuery query = RelatedQuery.item("100").top(20);
      // Neutral, it needs nothing; by vectors it needs no catalogue.
      List<RelatedItem> plain = without.related(query).items();
      assertEquals(
          plain, without.related(query.rerank(none.withDiversity(Diversity.of(1)))).items());
      Diversity byVectors = new Diversity(0.1, Diversity.Basis.VECTORS);
      assertNotEquals(plain, without.related(query.rerank(none.withDiversity(byVectors))).items());
    }
  }

  @Test
  void settingsThatNoItemHasDataForAreRefused() throws IOException {
    TinyWorld world = new TinyWorld();
    Catalogue blank =
        Catalogue.builder(
                world.ids(),
                List.of(FieldSpec.single("type", "type"), FieldSpec.numeric("year", "year")))
            .build();
    RelatedScorer priorsOnly =
        RelatedScorer.of(
            new ObjectiveWeights(
                List.of(new ObjectiveWeight("click", Polarity.POSITIVE, 1, 1)), false, "one"),
            List.of(
                new RelatedScorer.Part(
                    Channel.prior("click", new float[TinyWorld.ITEMS]), Calibration.identity())),
            Merge.CALIBRATED,
            TinyWorld.ITEMS);
    Path target = directory.resolve("blank");
    try (Workers workers = Workers.of(1);
        SnapshotWriter out = SnapshotWriter.into(target)) {
      out.items(world.ids());
      out.candidates(world.candidates());
      out.scorer(priorsOnly);
      out.related(RelatedTable.build(priorsOnly, world.candidates(), 8, workers, Progress.none()));
      out.profile(blank);
      out.publish();
    }
    try (Recommender without = Recommender.open(target)) {
      Reranking none = Reranking.none();
      assertEquals(5, without.related("100", 5).size());
      refused(
          "field 'year', of which no item has a number; name another field",
          without,
          none.withFreshness(new Freshness("year", 9)));
      refused(
          "a cap goes by field 'type', of which no item has a text; name another field",
          without,
          none.withCap("type", 2));
      refused(
          "diversity by vectors needs factors of a positive objective",
          without,
          none.withDiversity(new Diversity(0.5, Diversity.Basis.VECTORS)));
      refused(
          "diversity by profile needs a catalogue whose items have texts",
          without,
          none.withDiversity(Diversity.of(0.5)));
    }
  }

  private static void refused(String why, Recommender recommender, Reranking reranking) {
    RelatedQuery query = RelatedQuery.item("100").top(5).rerank(reranking);
    String message =
        assertThrows(IllegalArgumentException.class, () -> recommender.related(query)).getMessage();
    assertTrue(message.contains(why), message);
    assertThrows(IllegalArgumentException.class, () -> recommender.whyNot(query, "101"));
  }

  @Test
  void everyItemIsEitherListedOrLostSomewhere() {
    for (int target = 100; target < 100 + TinyWorld.ITEMS; target++) {
      RelatedQuery query =
          RelatedQuery.item("111")
              .top(6)
              .rerank(Reranking.none().withDiversity(Diversity.of(0.5)).withWhere("year != 1975"));
      WhyNot why = recommender.whyNot(query, "" + target);
      assertEquals(listed(query, "" + target), why.stage() == Stage.LISTED, why.toString());
      assertFalse(why.reason().isBlank());
    }
  }
}
