package dev.kindred.engine.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.Pipeline;
import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.LabelRule;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.Searches;
import dev.kindred.engine.nn.Adam;
import dev.kindred.engine.rank.RankOptions;
import dev.kindred.engine.rank.RetrievalSource;
import dev.kindred.engine.rank.SourceQuotas;
import dev.kindred.engine.rank.TrainedWorld;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A site on which nothing but the search at hand tells what will be watched: what its users watched
 * before is of any kind.
 */
final class SearchedForTest {
  private static final List<String> KINDS = List.of("cats", "dogs", "trains", "space opera");
  private static final int ITEMS = 60;
  private static final int USERS = 400;

  @TempDir Path directory;

  private static PipelineInput site(boolean withSearches) {
    Ids users = new Ids();
    Ids items = new Ids();
    for (int user = 0; user < USERS; user++) {
      users.add("user-" + user);
    }
    for (int item = 0; item < ITEMS; item++) {
      items.add("item-" + item);
    }
    Events.Builder log =
        Events.builder(
            users,
            items,
            List.of(Objective.positive("click", LabelRule.flag("click"))),
            List.of(),
            Order.TIME);
    Searches.Builder searches = Searches.builder(users, Order.TIME);
    Draws draws = Draws.of(5, "searched for");
    for (int visit = 0; visit < 5; visit++) {
      for (int user = 0; user < USERS; user++) {
        long time = 1_000_000_000L + (visit * USERS + user) * 10_000_000L;
        int kind = draws.nextInt(KINDS.size());
        searches.add(user, time, KINDS.get(kind));
        for (int i = 0; i < 3; i++) {
          int clicked = kind + KINDS.size() * draws.nextInt(ITEMS / KINDS.size());
          log.value(0, log.add(user, clicked, time + 120_000 + i * 1000), 1);
          log.add(user, draws.nextInt(ITEMS), time + 120_500 + i * 1000);
        }
      }
    }
    return new PipelineInput(
        log.build(),
        Catalogue.empty(items),
        Catalogue.empty(users),
        withSearches ? searches.build(2, 1000) : Searches.none(users));
  }

  private Path train(PipelineInput input, String name) throws IOException {
    RankOptions small =
        TrainedWorld.OPTIONS
            .withRetrieval(
                TrainedWorld.OPTIONS
                    .retrieval()
                    .withEpochs(3)
                    .withBatch(64)
                    .withOptimizer(Adam.of(0.01)))
            .withRanker(
                TrainedWorld.OPTIONS
                    .ranker()
                    .withEpochs(2)
                    .withBatch(128)
                    .withOptimizer(Adam.of(0.01)))
            .withQuotas(new SourceQuotas(15, 0, 0, 0, 0))
            .withSearched(2)
            .withTopic("")
            .withSeries("")
            .withPosition("");
    try (Workers workers = Workers.of(2)) {
      return TrainedWorld.write(
          Pipeline.train(
              input,
              PipelineOptions.defaults()
                  .withCoordinate(Optional.empty())
                  .withAls(AlsOptions.defaults().withRank(4).withIterations(2))
                  .withTower(Optional.empty())
                  .withRank(Optional.of(small)),
              workers,
              Progress.none()),
          directory.resolve(name));
    }
  }

  private static long ofKind(int kind, RecommendAnswer answer) {
    return answer.items().stream()
        .mapToInt(item -> Integer.parseInt(item.id().substring("item-".length())))
        .filter(item -> item % KINDS.size() == kind)
        .count();
  }

  @Test
  void whatIsSearchedForIsRetrievedAndRankedForSomebodyOfWhomNothingElseIsKnown()
      throws IOException {
    try (Recommender recommender = Recommender.open(train(site(true), "searched"))) {
      for (int kind = 0; kind < KINDS.size(); kind++) {
        RecommendAnswer answer =
            recommender.recommend(RecommendQuery.anonymous().searched(KINDS.get(kind)).top(10));
        assertTrue(answer.known());
        assertEquals(15, answer.funnel().kept().get(RetrievalSource.TOWER));
        long right = ofKind(kind, answer);
        assertTrue(right >= 8, right + " of 10 items of kind " + KINDS.get(kind));
      }
      // The last search counts beside what the log knows of a user, whose tokens it pushes out.
      long right = 0;
      for (int user = 0; user < 50; user++) {
        RecommendQuery query =
            RecommendQuery.user("user-" + user)
                .watchedToo()
                .searched("trains are", "trains")
                .top(5);
        right += ofKind(2, recommender.recommend(query));
      }
      assertTrue(right >= 200, right + " of 250 items of kind trains");
    }
  }

  @Test
  void aSnapshotTrainedWithoutSearchesSaysSo() throws IOException {
    try (Recommender recommender = Recommender.open(train(site(false), "deaf"))) {
      RecommendAnswer answer =
          recommender.recommend(RecommendQuery.anonymous().searched("cats").top(10));
      assertFalse(answer.known());
      assertTrue(
          answer.notes().stream().anyMatch(note -> note.contains("trained without searches")),
          answer.notes().toString());
    }
  }
}
