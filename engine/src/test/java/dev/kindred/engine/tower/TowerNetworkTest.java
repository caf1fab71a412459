package dev.kindred.engine.tower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.serve.Mlp;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TowerNetworkTest {
  private static final int USERS = 60;
  private static final int ITEMS = 40;

  @Test
  void thePlainNetworkGivesTheVectorsOfTheTower() {
    for (TowerOptions options :
        List.of(
            TowerOptions.defaults().withHidden(List.of(12)),
            TowerOptions.defaults().withHidden(List.of(12, 9)),
            TowerOptions.defaults().withHidden(List.of(12)).withSkip(false),
            TowerOptions.defaults().withHidden(List.of(12)).withSkip(false).withReluOutput(true),
            TowerOptions.defaults().withHidden(List.of()).withEmbeddingDim(8),
            TowerOptions.defaults().withHidden(List.of()).withEmbeddingDim(4))) {
      TowerModel model = train(options.withDim(8).withEpochs(2).withPatience(0).withBatch(64));
      try (Workers workers = Workers.of(1)) {
        Mlp network = model.userNetwork();
        int[] rows = new int[USERS];
        Arrays.setAll(rows, row -> row);
        float[] inputs = model.encodeUsers(users(), rows, workers);
        float[] vectors = new float[USERS * 8];
        network.forward(inputs, 0, network.inputs(), USERS, vectors, 0, 8, network.scratch());
        assertArrayEquals(model.userVectors(), vectors, 1e-5f, options.toString());
      }
    }
  }

  @Test
  void aSkipBesideAReluOutputIsRefused() {
    TowerModel model =
        train(
            TowerOptions.defaults()
                .withHidden(List.of(8))
                .withReluOutput(true)
                .withSkip(true)
                .withEpochs(1)
                .withPatience(0));
    assertThrows(IllegalArgumentException.class, model::userNetwork);
  }

  private static TowerModel train(TowerOptions options) {
    Interactions positives =
        Interactions.of(
            USERS,
            ITEMS,
            sink -> {
              Draws draws = Draws.of(2, "positives");
              for (int user = 0; user < USERS; user++) {
                sink.add(user, draws.nextInt(ITEMS), 1);
              }
            },
            Interactions.Duplicates.SUM);
    try (Workers workers = Workers.of(1)) {
      return TwoTower.train(
          positives, users(), FeatureTable.ofIds(ITEMS), options, workers, Progress.none());
    }
  }

  /** Histories of their own, as a row per example has them, and a number. */
  private static FeatureTable users() {
    Draws draws = Draws.of(3, "histories");
    int[] starts = new int[USERS + 1];
    int[] values = new int[USERS * 5];
    float[] numbers = new float[USERS];
    for (int user = 0; user < USERS; user++) {
      starts[user + 1] = starts[user] + user % 6;
      numbers[user] = user % 7 == 0 ? Float.NaN : user;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = draws.nextInt(ITEMS);
    }
    return FeatureTable.builder(USERS)
        .multiple(
            Feature.categorical(TwoTower.HISTORY, ITEMS),
            starts,
            Arrays.copyOf(values, starts[USERS]))
        .numeric("age", numbers)
        .build();
  }
}
