package dev.kindred.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.LabelRule;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Order;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Dislikes can only lower: the whole pipeline is trained with and without some more of them. */
class DislikeTest {
  private static final int ITEMS = 24;
  private static final int USERS = 300;

  private static final List<Objective> OBJECTIVES =
      List.of(
          Objective.positive("watch", LabelRule.flag("watch")),
          Objective.negative("dislike", LabelRule.flag("dislike")));

  /** Two shelves; who watches much of a shelf dislikes the item given, if any. */
  private static TrainedPipeline train(int disliked) {
    Ids users = new Ids();
    Ids items = new Ids();
    for (int i = 0; i < ITEMS; i++) {
      items.add("i" + i);
    }
    Events.Builder events = Events.builder(users, items, OBJECTIVES, List.of(), Order.TIME);
    Draws draws = Draws.of(2, "dislikes");
    for (int u = 0; u < USERS; u++) {
      draws.reset(u);
      int user = users.add("u" + u);
      for (int n = 0; n < 10; n++) {
        int shelf = draws.nextInt(10) < 9 ? u % 2 : 1 - u % 2;
        int item = shelf + 2 * draws.nextInt(ITEMS / 2);
        int row = events.add(user, item, u * 1000L + n);
        events.value(0, row, 1);
        // Some dislikes there are either way.
        events.value(1, row, draws.nextInt(12) == 0 ? 1 : 0);
      }
      if (disliked >= 0 && u % 2 == disliked % 2) {
        int row = events.add(user, disliked, u * 1000L + 20);
        events.value(1, row, 1);
      }
    }
    Catalogue.Builder profiles =
        Catalogue.builder(items, List.of(FieldSpec.single("shelf", "shelf")));
    for (int i = 0; i < ITEMS; i++) {
      profiles.value(0, i, "shelf " + i % 2);
    }
    PipelineOptions options =
        PipelineOptions.defaults()
            .withCoordinate(Optional.empty())
            .withTower(Optional.empty())
            .withLearnWeights(false)
            .withAls(AlsOptions.defaults().withRank(8).withIterations(4))
            .withListLength(ITEMS);
    try (Workers workers = Workers.of(1)) {
      return Pipeline.train(
          new PipelineInput(events.build(), profiles.build(), Catalogue.empty(users)),
          options,
          workers,
          Progress.none());
    }
  }

  private static int place(TrainedPipeline trained, int source, int item) {
    for (int rank = 0; rank < trained.table().count(source); rank++) {
      if (trained.table().item(source, rank) == item) {
        return rank;
      }
    }
    return ITEMS;
  }

  @Test
  void moreDislikesOfCoWatchersNeverRaiseAnItemInAnyList() {
    TrainedPipeline before = train(-1);
    int lists = 0;
    int lowered = 0;
    for (int item : new int[] {0, 3, 8, 13}) {
      TrainedPipeline after = train(item);
      CandidateLists candidates = before.candidates();
      for (int source = 0; source < ITEMS; source++) {
        if (source != item && candidates.find(source, item) >= 0) {
          int was = place(before, source, item);
          int is = place(after, source, item);
          assertTrue(is >= was, "item " + item + " in list " + source + ": " + was + " to " + is);
          lists++;
          lowered += is > was ? 1 : 0;
        }
      }
    }
    assertTrue(lists == 44 && lowered > 30, lowered + " of " + lists + " lowered");
  }
}
