package dev.kindred.engine.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.Pipeline;
import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.LabelRule;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Order;
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
 * A site whose fashion changes: after one of some timeless items users watched early items in the
 * first two thirds of the log, and late ones since; nothing else tells them apart.
 */
final class ExampleAgeTest {
  private static final int TIMELESS = 10;
  private static final int EACH = 20;
  private static final int USERS = 3000;

  @TempDir Path directory;

  private static PipelineInput site() {
    Ids users = new Ids();
    Ids items = new Ids();
    for (int item = 0; item < TIMELESS + 2 * EACH; item++) {
      String fashion = item < TIMELESS ? "timeless-" : item < TIMELESS + EACH ? "early-" : "late-";
      items.add(fashion + item);
    }
    Events.Builder log =
        Events.builder(
            users,
            items,
            List.of(Objective.positive("click", LabelRule.flag("click"))),
            List.of(),
            Order.TIME);
    Draws draws = Draws.of(3, "fashion");
    for (int user = 0; user < USERS; user++) {
      users.add("user-" + user);
      long time = 1_000_000_000_000L + user * 600_000L;
      log.value(0, log.add(user, draws.nextInt(TIMELESS), time), 1);
      int from = user < USERS * 2 / 3 ? TIMELESS : TIMELESS + EACH;
      log.value(0, log.add(user, from + draws.nextInt(EACH), time + 120_000), 1);
      log.add(user, draws.nextInt(items.size()), time + 121_000);
    }
    return PipelineInput.of(log.build());
  }

  /** How many of the ten items nearest to somebody who watched a timeless one are late ones. */
  private long late(boolean exampleAge) throws IOException {
    RankOptions small =
        TrainedWorld.OPTIONS
            .withRetrieval(
                TrainedWorld.OPTIONS
                    .retrieval()
                    .withEpochs(4)
                    .withBatch(64)
                    .withOptimizer(Adam.of(0.01)))
            .withQuotas(new SourceQuotas(10, 0, 0, 0, 0))
            .withExampleAge(exampleAge)
            .withTopic("")
            .withSeries("")
            .withPosition("");
    Path snapshot = directory.resolve("age " + exampleAge);
    try (Workers workers = Workers.of(2)) {
      TrainedWorld.write(
          Pipeline.train(
              site(),
              PipelineOptions.defaults()
                  .withCoordinate(Optional.empty())
                  .withAls(AlsOptions.defaults().withRank(4).withIterations(2))
                  .withTower(Optional.empty())
                  .withRank(Optional.of(small)),
              workers,
              Progress.none()),
          snapshot);
    }
    long late = 0;
    try (Recommender recommender = Recommender.open(snapshot)) {
      for (int item = 0; item < TIMELESS; item++) {
        RecommendAnswer answer =
            recommender.recommend(RecommendQuery.history(List.of("timeless-" + item)).top(10));
        assertEquals(10, answer.funnel().kept().get(RetrievalSource.TOWER));
        late += answer.items().stream().filter(found -> found.id().startsWith("late")).count();
      }
    }
    return late;
  }

  @Test
  void toldTheAgeOfExamplesTheTowerRetrievesWhatIsWatchedNowAndElseTheAverage() throws IOException {
    long with = late(true);
    long without = late(false);
    assertTrue(with >= 90, with + " of 100 items retrieved are of the present fashion");
    assertTrue(without <= 60, without + " of 100 without the age of examples");
  }
}
