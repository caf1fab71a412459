package dev.kindred.engine.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.TrainedPipeline;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Searches;
import dev.kindred.engine.nn.serve.SplitMmoe;
import dev.kindred.engine.rank.RankDescription;
import dev.kindred.engine.rank.RankSearcher;
import dev.kindred.engine.rank.RankTask;
import dev.kindred.engine.rank.Ranking;
import dev.kindred.engine.rank.RetrievalSource;
import dev.kindred.engine.rank.SourceQuotas;
import dev.kindred.engine.rank.TrainedWorld;
import dev.kindred.engine.rank.UserHistories;
import dev.kindred.engine.rerank.Adjustment;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.rerank.Rule;
import dev.kindred.engine.rerank.Selection;
import dev.kindred.engine.snapshot.Snapshot;
import dev.kindred.engine.snapshot.SnapshotCatalog;
import dev.kindred.engine.snapshot.SnapshotVerifier;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.snapshot.TinyWorld;
import dev.kindred.index.OrdinalFilter;
import dev.kindred.index.file.MemoryMode;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecommendTest {
  @TempDir static Path directory;
  private static Path snapshot;
  private static TrainedPipeline trained;
  private static Recommender recommender;

  @BeforeAll
  static void trainOnce() throws IOException {
    trained = TrainedWorld.train(TrainedWorld.OPTIONS, 2);
    snapshot = TrainedWorld.write(trained, directory.resolve("snapshot"));
    recommender = Recommender.open(snapshot);
  }

  @AfterAll
  static void close() {
    if (recommender != null) {
      recommender.close();
    }
  }

  private static String user(int ordinal) {
    return TrainedWorld.WORLD.events().users().idOf(ordinal);
  }

  @Test
  void theSameBitsComeOutForAnyNumberOfThreads() {
    TrainedPipeline one = TrainedWorld.train(TrainedWorld.OPTIONS, 1);
    assertEquals(one.modelHashes(), trained.modelHashes());
    assertTrue(trained.modelHashes().containsKey("ranker"), trained.notes().toString());
  }

  @Test
  void aSnapshotWithARankingIsSound() throws IOException {
    assertEquals(List.of(), SnapshotVerifier.verify(snapshot).faults());
    assertTrue(recommender.canRecommend());
  }

  @Test
  void scoresFallAndAreTheSumsOfTheirTermsToTheBit() {
    for (int u = 0; u < 30; u++) {
      RecommendAnswer answer = recommender.recommend(RecommendQuery.user(user(u)).top(20));
      assertEquals(20, answer.items().size());
      float before = Float.POSITIVE_INFINITY;
      Set<String> ids = new HashSet<>();
      for (RecommendedItem item : answer.items()) {
        float sum = 0;
        for (TaskTerm term : item.terms()) {
          sum += term.term();
        }
        assertEquals(sum, item.score());
        assertTrue(item.score() <= before);
        assertFalse(item.sources().isEmpty());
        assertTrue(ids.add(item.id()), "twice in a list: " + item.id());
        before = item.score();
      }
    }
  }

  @Test
  void watchedItemsStayOutUnlessAskedForAndDislikedOnesAlways() {
    Events events = TrainedWorld.WORLD.events();
    int dislike = 4;
    int returned = 0;
    for (int u = 0; u < 60; u++) {
      Set<String> watched = new HashSet<>();
      Set<String> disliked = new HashSet<>();
      for (int row = 0; row < events.size(); row++) {
        if (events.user(row) == u && events.value(0, row) > 0) {
          String id = events.items().idOf(events.item(row));
          (events.value(dislike, row) > 0 ? disliked : watched).add(id);
        }
      }
      for (RecommendedItem item : recommender.recommend(user(u), 100)) {
        assertFalse(watched.contains(item.id()), "watched: " + item.id());
        assertFalse(disliked.contains(item.id()), "disliked: " + item.id());
      }
      RecommendQuery again = RecommendQuery.user(user(u)).top(100).watchedToo();
      for (RecommendedItem item : recommender.recommend(again).items()) {
        returned += watched.contains(item.id()) ? 1 : 0;
        assertFalse(disliked.contains(item.id()), "disliked: " + item.id());
      }
    }
    assertTrue(returned > 0, "nothing watched came back although it was allowed");
  }

  @Test
  void requestsThatAreRefusedMakeNoSearchers() {
    RecommendQuery query = RecommendQuery.user(user(0)).top(20);
    RecommendAnswer before = recommender.recommend(query);
    int leases = recommender.leases();
    for (int i = 0; i < 100; i++) {
      RecommendQuery wrong = query.exclude("v1").watchedToo().weight("no such task", 1);
      assertThrows(IllegalArgumentException.class, () -> recommender.recommend(wrong));
    }
    // Fewer if those of searchers that are garbage were swept meanwhile.
    assertTrue(recommender.leases() <= leases, recommender.leases() + " leases of " + leases);
    assertEquals(before, recommender.recommend(query));
  }

  @Test
  void aDeadlineThatPassedLeavesTheBestOfWhatWasLookedAt() {
    for (int u = 0; u < 10; u++) {
      RecommendQuery query = RecommendQuery.user(user(u)).top(20).exclude("v1");
      RecommendAnswer late = recommender.recommend(query.within(Duration.ZERO));
      assertTrue(late.cutShort());
      assertEquals(20, late.items().size());
      assertTrue(late.funnel().ranked() <= SplitMmoe.BLOCK, late.funnel().toString());
      assertTrue(late.notes().toString().contains("deadline"), late.notes().toString());
      assertEquals(0, late.funnel().found().get(RetrievalSource.CONTENT));
      RecommendAnswer whole = recommender.recommend(query);
      assertFalse(whole.cutShort());
      assertEquals(whole, recommender.recommend(query.within(Duration.ofMinutes(10))));
      // What was ranked has the scores that it has without a deadline.
      for (RecommendedItem item : whole.items()) {
        late.items().stream()
            .filter(other -> other.id().equals(item.id()))
            .forEach(other -> assertEquals(item.score(), other.score()));
      }
    }
  }

  @Test
  void scoresDontDependOnHowManyAreRankedOrInHowManySteps() {
    int all = TrainedWorld.WORLD.items().size();
    assertTrue(all > SplitMmoe.BLOCK + 32, all + " items make no second step");
    RecommendSearcher searcher = recommender.recommendSearcher();
    RecommendResult few = new RecommendResult(all);
    RecommendResult many = new RecommendResult(all);
    RecommendResult stepwise = new RecommendResult(all);
    for (int u = 0; u < 20; u++) {
      searcher.watchedToo(true);
      searcher.quotas(new SourceQuotas(20, 3, 2, 2, 2));
      searcher.recommend(user(u), all, few);
      searcher.quotas(new SourceQuotas(all, all, all, all, all));
      searcher.recommend(user(u), all, many);
      searcher.deadline(System.nanoTime() + Duration.ofMinutes(10).toNanos());
      searcher.recommend(user(u), all, stepwise);
      searcher.noDeadline();
      assertTrue(many.size() > SplitMmoe.BLOCK && few.size() < 40, many.size() + ", " + few.size());
      assertEquals(many.size(), stepwise.size());
      for (int rank = 0; rank < many.size(); rank++) {
        assertEquals(many.ordinal(rank), stepwise.ordinal(rank));
        assertEquals(many.score(rank), stepwise.score(rank));
        for (int other = 0; other < few.size(); other++) {
          if (few.ordinal(other) == many.ordinal(rank)) {
            assertEquals(many.score(rank), few.score(other), "to the bit");
          }
        }
      }
    }
  }

  @Test
  void everyModeOfMemoryGivesTheSameLists() throws IOException {
    for (MemoryMode mode : MemoryMode.values()) {
      RecommenderOptions options = RecommenderOptions.defaults().withMemory(mode);
      try (Recommender other = Recommender.open(snapshot, options)) {
        for (int u = 0; u < 10; u++) {
          assertEquals(
              recommender.recommend(user(u), 20), other.recommend(user(u), 20), mode.name());
        }
      }
    }
  }

  @Test
  void anybodyGetsAListOfPopularItems() {
    RecommendAnswer anonymous = recommender.recommend(RecommendQuery.anonymous().top(30));
    RecommendAnswer unknown = recommender.recommend(RecommendQuery.user("nobody").top(30));
    assertEquals(30, anonymous.items().size());
    assertFalse(anonymous.known());
    assertEquals(anonymous.items(), unknown.items());
    for (RecommendedItem item : anonymous.items()) {
      assertEquals(List.of(RetrievalSource.POPULAR), item.sources());
    }
    assertFalse(unknown.notes().isEmpty());
  }

  @Test
  void aHistoryBringsCandidatesOfEverySource() {
    String first = recommender.recommend(RecommendQuery.anonymous()).items().get(0).id();
    RecommendAnswer answer =
        recommender.recommend(RecommendQuery.history(List.of(first, "no such item")).top(50));
    assertTrue(answer.known());
    for (RetrievalSource source : RetrievalSource.values()) {
      assertTrue(answer.funnel().found().get(source) > 0, source + ": " + answer.funnel());
      assertTrue(
          answer.funnel().kept().get(source) <= answer.funnel().found().get(source),
          answer.funnel().toString());
    }
    assertEquals(100, answer.funnel().ranked());
    assertEquals(50, answer.funnel().returned());
    assertTrue(answer.notes().get(0).contains("1 of the 2"), answer.notes().toString());
    assertTrue(answer.items().stream().noneMatch(item -> item.id().equals(first)));
  }

  @Test
  void aWeightMovesTheListAndOfADislikeOnlyDownwards() {
    RecommendQuery query = RecommendQuery.user(user(3)).top(100);
    List<RecommendedItem> usual = recommender.recommend(query).items();
    List<RecommendedItem> likes =
        recommender.recommend(query.weight("click", 0).weight("watch", 0)).items();
    assertNotEquals(
        usual.stream().map(RecommendedItem::id).toList(),
        likes.stream().map(RecommendedItem::id).toList());
    for (RecommendedItem item : recommender.recommend(query.weight("dislike", 3)).items()) {
      for (RecommendedItem before : usual) {
        assertTrue(!before.id().equals(item.id()) || item.score() <= before.score());
      }
    }
    assertThrows(
        IllegalArgumentException.class, () -> recommender.recommend(query.weight("clik", 1)));
    assertThrows(
        IllegalArgumentException.class, () -> recommender.recommend(query.weight("click", -1)));
  }

  @Test
  void excludedAndFilteredItemsStayOut() {
    List<RecommendedItem> usual = recommender.recommend(user(5), 10);
    String best = usual.get(0).id();
    List<RecommendedItem> without =
        recommender.recommend(RecommendQuery.user(user(5)).exclude(best)).items();
    assertTrue(without.stream().noneMatch(item -> item.id().equals(best)));
    RecommendSearcher searcher = recommender.recommendSearcher();
    searcher.filter(ordinal -> ordinal % 3 == 0);
    RecommendResult result = new RecommendResult(10);
    searcher.recommend(user(5), 10, result);
    assertEquals(10, result.size());
    for (int rank = 0; rank < result.size(); rank++) {
      assertEquals(0, result.ordinal(rank) % 3);
    }
  }

  @Test
  void reRankingHoldsForCandidatesAndIsExplained() {
    RecommendQuery query = RecommendQuery.user(user(5)).top(10);
    List<RecommendedItem> usual = recommender.recommend(query).items();
    String type = recommender.profile(usual.get(3).id()).get("type").get(0);
    List<RecommendedItem> some =
        recommender.recommend(query.where("type = '" + type + "'")).items();
    assertFalse(some.isEmpty());
    for (RecommendedItem item : some) {
      assertEquals(List.of(type), recommender.profile(item.id()).get("type"));
    }
    String last = usual.get(9).id();
    Reranking boost = Reranking.none().withRule(Rule.boost(Selection.of(last), 50));
    List<RecommendedItem> boosted = recommender.recommend(query.rerank(boost)).items();
    assertEquals(last, boosted.get(0).id());
    float sum = 0;
    for (TaskTerm term : boosted.get(0).terms()) {
      sum += term.term();
    }
    for (Adjustment adjustment : boosted.get(0).adjustments()) {
      sum += adjustment.value();
    }
    assertEquals(sum, boosted.get(0).score());
    String low = recommender.recommend(query.top(60)).items().getLast().id();
    Reranking pin = Reranking.none().withRule(Rule.pin(low, 2));
    assertEquals(low, recommender.recommend(query.rerank(pin)).items().get(1).id());
    assertEquals(usual, recommender.recommend(query.rerank(Reranking.none())).items());
  }

  @Test
  void aRefusedReRankingLeavesTheOneBeforeInLaterSnapshotsToo() throws IOException {
    Path place = directory.resolve("swapped");
    String old = publish(place);
    String young = publish(place);
    SnapshotCatalog catalog = SnapshotCatalog.in(place);
    catalog.promote(old);
    try (Recommender swapped = Recommender.open(place)) {
      RecommendSearcher searcher = swapped.recommendSearcher();
      RecommendResult result = new RecommendResult(10);
      searcher.recommend(user(5), 10, result);
      String last = result.id(9);
      searcher.rerank(Reranking.none().withRule(Rule.boost(Selection.of(last), 50)));
      Reranking wrong = Reranking.none().withCap("no such field", 1);
      assertThrows(IllegalArgumentException.class, () -> searcher.rerank(wrong));
      searcher.recommend(user(5), 10, result);
      assertEquals(last, result.id(0));
      catalog.promote(young);
      assertTrue(swapped.refresh());
      searcher.recommend(user(5), 10, result);
      assertEquals(last, result.id(0));
    }
  }

  @Test
  void whatTheNextSnapshotCannotReRankIsRefusedUntilSomethingElseIsAskedFor() throws IOException {
    Path place = directory.resolve("withoutProfiles");
    String old = publish(place);
    String young;
    try (Workers workers = Workers.of(1);
        SnapshotWriter out = SnapshotWriter.under(place)) {
      out.items(TrainedWorld.WORLD.events().items());
      out.candidates(trained.candidates());
      out.scorer(trained.scorer());
      out.related(trained.table());
      out.ranking(trained.ranking().orElseThrow(), workers, Progress.none());
      young = out.publish().getFileName().toString();
    }
    SnapshotCatalog catalog = SnapshotCatalog.in(place);
    catalog.promote(old);
    try (Recommender swapped = Recommender.open(place)) {
      RecommendSearcher other = swapped.recommendSearcher();
      RecommendSearcher none = swapped.recommendSearcher();
      RecommendResult result = new RecommendResult(10);
      for (RecommendSearcher searcher : List.of(other, none)) {
        searcher.rerank(Reranking.none().withCap("type", 2));
        searcher.recommend(user(5), 10, result);
        assertTrue(result.size() > 0);
      }
      catalog.promote(young);
      assertTrue(swapped.refresh());
      for (RecommendSearcher searcher : List.of(other, none)) {
        for (int i = 0; i < 2; i++) {
          String message =
              assertThrows(
                      IllegalArgumentException.class, () -> searcher.recommend(user(5), 10, result))
                  .getMessage();
          assertTrue(message.startsWith("a cap needs a field of texts; 'type' is no"), message);
        }
      }
      none.clearReranking();
      none.recommend(user(5), 10, result);
      assertEquals(10, result.size());
      String last = result.id(9);
      other.rerank(Reranking.none().withRule(Rule.boost(Selection.of(last), 50)));
      other.recommend(user(5), 10, result);
      assertEquals(10, result.size());
      assertEquals(last, result.id(0));
    }
  }

  private static String publish(Path place) throws IOException {
    try (SnapshotWriter out = SnapshotWriter.under(place)) {
      trained.writeTo(out);
      return out.publish().getFileName().toString();
    }
  }

  @Test
  void whatDependsOnTheUserIsComputedOncePerRequest() {
    RecommendSearcher searcher = recommender.recommendSearcher();
    RecommendResult result = new RecommendResult(10);
    for (int u = 0; u < 25; u++) {
      searcher.recommend(user(u), 10, result);
      assertEquals(u + 1, searcher.userComputations());
      assertTrue(result.ranked() > 50, "ranked " + result.ranked());
    }
  }

  @Test
  void theFormWithoutAllocationGivesTheSame() {
    RecommendSearcher searcher = recommender.recommendSearcher();
    RecommendResult result = new RecommendResult(20);
    searcher.recommend(user(9), 20, result);
    List<RecommendedItem> items = recommender.recommend(user(9), 20);
    for (int rank = 0; rank < 20; rank++) {
      assertEquals(items.get(rank).id(), result.id(rank));
      assertEquals(items.get(rank).score(), result.score(rank));
      for (int t = 0; t < searcher.tasks().size(); t++) {
        assertEquals(items.get(rank).terms().get(t).value(), result.value(rank, t));
      }
    }
  }

  @Test
  void quotasBoundWhatASourceBrings() {
    RecommendSearcher searcher = recommender.recommendSearcher();
    searcher.quotas(new SourceQuotas(10, 0, 0, 5, 0));
    RecommendResult result = new RecommendResult(10);
    searcher.recommend(user(9), 10, result);
    assertEquals(0, result.found(RetrievalSource.RELATED));
    assertTrue(result.kept(RetrievalSource.TOWER) <= 10);
    assertTrue(result.kept(RetrievalSource.CONTENT) <= 5);
    assertTrue(result.ranked() <= 15, "ranked " + result.ranked());
  }

  @Test
  void liveEventsCountAsIfTheyHadBeenInTheLog() throws IOException {
    try (LiveState live = new InMemoryLiveState(LiveStateOptions.defaults());
        Recommender withLive = Recommender.open(snapshot, live)) {
      List<RecommendedItem> before = withLive.recommend(user(7), 10);
      assertEquals(recommender.recommend(user(7), 10), before);
      long after = 4_000_000_000_000L;
      String top = before.get(0).id();
      live.append(user(7), new UserEvent(top, "dislike", after));
      List<RecommendedItem> disliked = withLive.recommend(user(7), 50);
      assertTrue(disliked.stream().noneMatch(item -> item.id().equals(top)));
      live.append("new user", new UserEvent(top, "click", after));
      RecommendAnswer known = withLive.recommend(RecommendQuery.user("new user"));
      assertTrue(known.known());
      assertTrue(known.items().stream().noneMatch(item -> item.id().equals(top)));
      String hidden = known.items().get(0).id();
      live.hide(hidden);
      assertTrue(withLive.recommend("new user", 50).stream().noneMatch(i -> i.id().equals(hidden)));
      // What is older than the log's end is in the log already.
      live.append("old user", new UserEvent(top, "click", 1000));
      assertFalse(withLive.recommend(RecommendQuery.user("old user")).known());
    }
  }

  @Test
  void aSearchToldLiveIsTheSameAsOneOfTheRequest() throws IOException {
    String word = TrainedWorld.WORLD.searches().vocabulary().idOf(0);
    try (LiveState live = new InMemoryLiveState(LiveStateOptions.defaults());
        Recommender withLive = Recommender.open(snapshot, live)) {
      live.append("new user", UserEvent.search(word + " zzz", 4_000_000_000_000L));
      RecommendAnswer told = withLive.recommend(RecommendQuery.user("new user").top(30));
      RecommendAnswer asked =
          recommender.recommend(RecommendQuery.anonymous().searched(word).top(30));
      assertTrue(told.known());
      assertEquals(asked.items(), told.items());
      assertNotEquals(
          recommender.recommend(RecommendQuery.anonymous().top(30)).items(), asked.items());
    }
    RecommendAnswer unknown =
        recommender.recommend(RecommendQuery.anonymous().searched("zzz").top(30));
    assertFalse(unknown.known());
    assertEquals(
        recommender.recommend(RecommendQuery.anonymous().top(30)).items(), unknown.items());
  }

  @Test
  void searchesOfTheLogCountBesideWhatWasWatched() throws IOException {
    Searches searches = TrainedWorld.WORLD.searches();
    int user = 0;
    while (searches.end(user) == searches.start(user)) {
      user++;
    }
    RecommendedItem first = recommender.recommend(user(user), 1).get(0);
    try (Snapshot opened = Snapshot.open(snapshot)) {
      Ranking ranking = opened.ranking().orElseThrow();
      for (boolean searched : new boolean[] {true, false}) {
        RankSearcher searcher = new RankSearcher(ranking, opened.related(), opened.candidates());
        UserHistories histories = ranking.histories();
        for (long at = histories.start(user); at < histories.end(user); at++) {
          searcher.append(histories.entry(at));
        }
        UserHistories tokens = ranking.searches().orElseThrow();
        for (long at = tokens.start(user); searched && at < tokens.end(user); at++) {
          searcher.append(tokens.entry(at));
        }
        RankDescription description = ranking.description();
        int ordinal = opened.items().ordinalOf(first.id());
        searcher.retrieve(
            user,
            description.end() + 1,
            description.quotas(),
            OrdinalFilter.ALL,
            OrdinalFilter.ALL,
            0,
            new int[] {ordinal},
            1);
        searcher.rank();
        boolean same = true;
        for (int t = 0; t < description.tasks().size(); t++) {
          same &= first.terms().get(t).value() == searcher.value(0, description.tasks().get(t));
        }
        assertEquals(searched, same, "of user " + user + " with searches: " + searched);
      }
    }
  }

  @Test
  void whyNotNamesTheStageThatLosesAnItemOfAUsersList() throws IOException {
    RecommendQuery query = RecommendQuery.user(user(7)).top(5);
    List<RecommendedItem> whole = recommender.recommend(query.top(100)).items();
    String first = whole.get(0).id();
    String tenth = whole.get(9).id();
    assertEquals(WhyNot.Stage.LISTED, recommender.whyNot(query, first).stage());
    WhyNot below = recommender.whyNot(query, tenth);
    assertEquals(WhyNot.Stage.BELOW_LIST, below.stage());
    assertTrue(below.reason().contains("place 10 of "), below.reason());
    assertEquals(WhyNot.Stage.UNKNOWN_ITEM, recommender.whyNot(query, "no such item").stage());
    assertEquals(WhyNot.Stage.EXCLUDED, recommender.whyNot(query.exclude(first), first).stage());
    assertEquals(
        WhyNot.Stage.BURIED,
        recommender
            .whyNot(query.rerank(Reranking.none().withRule(Rule.bury(Selection.of(first)))), first)
            .stage());
    assertEquals(
        WhyNot.Stage.DISPLACED_BY_PINS,
        recommender
            .whyNot(query.top(1).rerank(Reranking.none().withRule(Rule.pin(tenth, 1))), first)
            .stage());
    assertEquals(
        WhyNot.Stage.FILTERED, recommender.whyNot(query.where("type = nothing"), first).stage());
    Events events = TrainedWorld.WORLD.events();
    String watched = null;
    String disliked = null;
    for (int row = 0; row < events.size(); row++) {
      if (events.user(row) == 7) {
        boolean dislikes = events.value(4, row) > 0;
        watched =
            events.value(0, row) > 0 && !dislikes ? events.items().idOf(events.item(row)) : watched;
        disliked = dislikes ? events.items().idOf(events.item(row)) : disliked;
      }
    }
    assertEquals(WhyNot.Stage.WATCHED, recommender.whyNot(query, watched).stage());
    if (disliked != null) {
      assertEquals(WhyNot.Stage.DISLIKED, recommender.whyNot(query, disliked).stage());
    }
    // Quotas hold 100 of 200 items: of those that may be shown, the others were not retrieved.
    List<String> ranked = whole.stream().map(RecommendedItem::id).toList();
    int lost = 0;
    for (int item = 0; item < events.items().size(); item++) {
      String id = events.items().idOf(item);
      WhyNot.Stage stage = recommender.whyNot(query, id).stage();
      boolean isRanked = ranked.contains(id);
      assertEquals(
          isRanked, List.of(WhyNot.Stage.LISTED, WhyNot.Stage.BELOW_LIST).contains(stage), id);
      lost += stage == WhyNot.Stage.NOT_RETRIEVED ? 1 : 0;
    }
    assertTrue(lost > 10, lost + " items not retrieved");
    try (LiveState live = new InMemoryLiveState(LiveStateOptions.defaults());
        Recommender withLive = Recommender.open(snapshot, live)) {
      live.hide(first);
      assertEquals(WhyNot.Stage.HIDDEN, withLive.whyNot(query, first).stage());
      live.append(user(7), new UserEvent(tenth, "dislike", 4_000_000_000_000L));
      assertEquals(WhyNot.Stage.DISLIKED, withLive.whyNot(query, tenth).stage());
    }
  }

  @Test
  void snapshotsWithoutARankingSayWhatIsMissing() throws IOException {
    Path other = new TinyWorld().write(directory.resolve("tiny"));
    try (Recommender tiny = Recommender.open(other)) {
      assertFalse(tiny.canRecommend());
      Exception refused = assertThrows(IllegalStateException.class, () -> tiny.recommend("ann", 5));
      assertTrue(refused.getMessage().contains("no personalised ranking"), refused.getMessage());
    }
  }

  @Test
  void everyObjectiveOfTheLogIsATask() {
    List<String> names =
        recommender.recommendSearcher().tasks().stream().map(RankTask::name).toList();
    assertTrue(names.containsAll(List.of("click", "watch", "like", "dislike")), names.toString());
  }
}
