package dev.kindred.engine.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.Allocation;
import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.content.ContentOptions;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.related.Explanation;
import dev.kindred.engine.rerank.Diversity;
import dev.kindred.engine.rerank.Freshness;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Items that come after the snapshot: films, like every second item of the small world. */
class AddedItemsTest extends OnTinyWorld {
  private static final Map<String, List<String>> FILM =
      Map.of("type", List.of("film"), "tags", List.of("tag-0", "all"), "year", List.of("2030"));

  private static List<String> ids(RelatedAnswer answer) {
    return answer.items().stream().map(RelatedItem::id).toList();
  }

  @Test
  void anAddedItemHasAListAndStandsInOthersFromTheNextRequestOn() {
    RelatedQuery all = RelatedQuery.item("100").top(1000);
    assertThrows(UnknownItemException.class, () -> recommender.related("new", 5));
    List<String> before = ids(recommender.related(all));
    recommender.add(new LiveItem("new", FILM, 1));
    List<RelatedItem> own = recommender.related("new", 1000);
    assertEquals(TinyWorld.ITEMS / 2, own.size());
    for (RelatedItem item : own) {
      assertEquals(CandidateSource.CONTENT, item.source());
      assertEquals(0, Integer.parseInt(item.id()) % 2, "a film: " + item.id());
    }
    RelatedAnswer after = recommender.related(all);
    assertTrue(ids(after).contains("new"));
    assertEquals(before.size() + 1, after.items().size());
    RelatedItem added =
        after.items().stream().filter(item -> item.id().equals("new")).findFirst().orElseThrow();
    assertEquals(CandidateSource.ADDED, added.source());
    assertFalse(ids(recommender.related(RelatedQuery.item("101").top(1000))).contains("new"));
    assertEquals(FILM, recommender.profile("new"));
    assertTrue(recommender.contains("new"));
    assertEquals("new", recommender.idOf(recommender.ordinalOf("new")));
    assertTrue(recommender.remove("new"));
    assertEquals(before, ids(recommender.related(all)));
    assertThrows(UnknownItemException.class, () -> recommender.related("new", 5));
  }

  @Test
  void scoresOfAddedItemsAreTheSumsOfTheirTerms() {
    recommender.add(new LiveItem("new", FILM, 1));
    recommender.add(new LiveItem("newer", FILM, 2));
    for (String source : List.of("100", "new", "158", "newer")) {
      RelatedAnswer plain = recommender.related(RelatedQuery.item(source).top(1000));
      RelatedAnswer explained = recommender.related(RelatedQuery.item(source).top(1000).explain());
      assertEquals(ids(plain), ids(explained));
      assertTrue(source.equals("new") || ids(plain).contains("new"), source);
      assertFalse(ids(plain).contains(source));
      for (RelatedItem item : explained.items()) {
        Explanation explanation = item.explanation().orElseThrow();
        assertEquals(item.score(), explanation.score());
        assertEquals(item.source(), explanation.candidate().orElseThrow());
        assertTrue(explanation.similarity() > 0.65);
        assertFalse(explanation.shared().isEmpty());
      }
    }
  }

  @Test
  void hiddenExcludedAndFilteredAddedItemsAreLeftOut() {
    recommender.add(new LiveItem("new", FILM, 1));
    RelatedQuery query = RelatedQuery.item("100").top(1000);
    assertFalse(ids(recommender.related(query.exclude("new"))).contains("new"));
    assertFalse(ids(recommender.related(query.where("year < 2000"))).contains("new"));
    assertEquals(List.of("new"), ids(recommender.related(query.where("year = 2030"))));
    assertTrue(ids(recommender.related(query.where("type = film"))).contains("new"));
    assertEquals("new", ids(recommender.related(query.pin("new", 1))).getFirst());
    live.hide("new");
    assertFalse(ids(recommender.related(query)).contains("new"));
    live.unhide("new");
    assertTrue(ids(recommender.related(query)).contains("new"));
    // Hidden before it comes.
    live.hide("later");
    recommender.add(new LiveItem("later", FILM, 2));
    assertFalse(ids(recommender.related(query)).contains("later"));
  }

  @Test
  void theLiveStateKeepsThemForTheNextToOpen() throws IOException {
    recommender.add(new LiveItem("new", FILM, 1));
    try (Recommender other = Recommender.open(snapshot, live)) {
      assertTrue(ids(other.related(RelatedQuery.item("100").top(1000))).contains("new"));
      // And what one process adds another sees.
      other.add(new LiveItem("other", FILM, 2));
    }
    assertTrue(ids(recommender.related(RelatedQuery.item("new").top(1000))).contains("other"));
  }

  @Test
  void whatGoesByValuesThatOnlyARemovedItemHadGoesOnAndChangesNothing() throws IOException {
    Catalogue.Builder profiles =
        Catalogue.builder(
            world.ids(),
            List.of(
                FieldSpec.single("type", "type"),
                FieldSpec.single("label", "label"),
                FieldSpec.numeric("grade", "grade")));
    for (int item = 0; item < TinyWorld.ITEMS; item++) {
      profiles.value(0, item, item % 2 == 0 ? "film" : "série");
    }
    Catalogue unlabelled = profiles.build();
    Path target = directory.resolve("unlabelled");
    try (SnapshotWriter out = SnapshotWriter.into(target)) {
      world.fill(out, false);
      out.profile(unlabelled);
      out.gate(unlabelled, ContentOptions.defaults());
      out.publish();
    }
    Reranking cap = Reranking.none().withCap("label", 1);
    Reranking fresh = Reranking.none().withFreshness(new Freshness("grade", 1));
    LiveItem labelled =
        new LiveItem(
            "new",
            Map.of("type", List.of("film"), "label", List.of("a"), "grade", List.of("7")),
            1);
    try (Recommender other = Recommender.open(target, live)) {
      List<String> plain = ids(other.related(RelatedQuery.item("100").top(1000)));
      for (Reranking how : List.of(cap, fresh)) {
        RelatedSearcher searcher = other.searcher();
        RelatedResult result = new RelatedResult(1000);
        assertThrows(IllegalArgumentException.class, () -> searcher.rerank(how));
        other.add(labelled);
        searcher.rerank(how);
        searcher.related("100", 1000, result);
        assertEquals(plain.size() + 1, result.size(), "" + how);
        assertTrue(other.remove("new"));
        searcher.related("100", 1000, result);
        assertEquals(plain.size(), result.size(), "" + how);
        for (int rank = 0; rank < result.size(); rank++) {
          assertEquals(plain.get(rank), result.id(rank), "" + how);
        }
        String message =
            assertThrows(IllegalArgumentException.class, () -> searcher.rerank(how)).getMessage();
        assertTrue(message.contains("of which no item has a"), message);
        searcher.related("100", 5, result);
        RecommenderOptions needing = RecommenderOptions.defaults().withRequired(how);
        assertThrows(IllegalArgumentException.class, () -> Recommender.open(target, needing, live));
      }
    }
  }

  @Test
  void ordinalsStayWhileItemsComeAndGo() {
    recommender.add(new LiveItem("a", FILM, 1));
    recommender.add(new LiveItem("b", FILM, 2));
    int b = recommender.ordinalOf("b");
    recommender.remove("a");
    recommender.add(new LiveItem("c", FILM, 0));
    assertEquals(b, recommender.ordinalOf("b"));
    assertEquals(b + 1, recommender.ordinalOf("c"));
    assertEquals(-1, recommender.ordinalOf("a"));
    recommender.add(new LiveItem("b", Map.of("type", List.of("série")), 3));
    assertEquals(b, recommender.ordinalOf("b"));
    assertFalse(ids(recommender.related(RelatedQuery.item("100").top(1000))).contains("b"));
  }

  @Test
  void whatCanNotBeAddedIsRefusedWithTheReason() throws IOException {
    assertMessage(
        IllegalArgumentException.class,
        () -> recommender.add(new LiveItem("100", FILM, 1)),
        "'100' can't be added: it is in the snapshot");
    assertMessage(
        IllegalArgumentException.class,
        () -> recommender.add(new LiveItem("x", Map.of("year", List.of("soon")), 1)),
        "field 'year' of item 'x' is [soon], must be one number");
    try (Recommender alone = Recommender.open(snapshot)) {
      assertMessage(
          IllegalStateException.class,
          () -> alone.add(new LiveItem("x", FILM, 1)),
          "no live state");
    }
    Path bare = directory.resolve("bare");
    try (SnapshotWriter out = SnapshotWriter.into(bare)) {
      world.fill(out, false);
      out.publish();
    }
    try (Recommender without = Recommender.open(bare, live)) {
      assertMessage(
          IllegalStateException.class,
          () -> without.add(new LiveItem("x", FILM, 1)),
          "no catalogue");
    }
  }

  private static void assertMessage(Class<? extends Exception> type, Executable what, String part) {
    String message = assertThrows(type, what).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void requestsAllocateNothingWithAddedItemsAndReRanking() {
    for (int i = 0; i < 20; i++) {
      recommender.add(new LiveItem("new-" + i, FILM, i));
    }
    RelatedSearcher searcher = recommender.searcher();
    RelatedResult result = new RelatedResult(40);
    for (Reranking how :
        List.of(
            Reranking.none(),
            Reranking.none()
                .withWhere("year >= 1970")
                .withDiversity(Diversity.of(0.8))
                .withFreshness(new Freshness("year", 10)))) {
      searcher.rerank(how);
      long allocated =
          Allocation.bytesOf(
              () -> {
                for (int i = 0; i < 1000; i++) {
                  searcher.relatedToOrdinal(i % (TinyWorld.ITEMS + 20), i % 40, result);
                }
              });
      assertEquals(0, allocated, "bytes of 1000 requests, " + how);
    }
  }
}
