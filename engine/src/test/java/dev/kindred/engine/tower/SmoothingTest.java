package dev.kindred.engine.tower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Interactions.Duplicates;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import org.junit.jupiter.api.Test;

class SmoothingTest {
  private static TowerModel train(TowerOptions options, int threads) {
    try (Workers workers = Workers.of(threads)) {
      return TwoTower.train(
          Groups.positives(), Groups.users(), Groups.items(), options, workers, Progress.none());
    }
  }

  @Test
  void aVectorLeansTowardsTheDirectionOfTheMeanOfItsNeighbours() {
    float[] own = {1, 0, 1, 0, 0, 1};
    float[] neighbours = {0, 1, 0.6f, 0.8f};
    Interactions links =
        Interactions.of(
            3,
            2,
            sink -> {
              sink.add(0, 0, 1);
              sink.add(2, 0, 1);
              sink.add(2, 1, 1);
            },
            Duplicates.LAST);
    try (Workers workers = Workers.of(2)) {
      float[] smooth = Smoothing.towards(own, links, neighbours, 2, 0.75f, workers);
      // (1, .75) of length 1; no neighbours; (0, 1) + .75 (.6, 1.8) / |(.6, 1.8)|.
      assertEquals(0.8, smooth[0], 1e-6);
      assertEquals(0.6, smooth[1], 1e-6);
      assertEquals(1, smooth[2]);
      assertEquals(0, smooth[3]);
      double x = 0.75 * 0.6 / Math.hypot(0.6, 1.8);
      double y = 1 + 0.75 * 1.8 / Math.hypot(0.6, 1.8);
      assertEquals(x / Math.hypot(x, y), smooth[4], 1e-6);
      assertEquals(y / Math.hypot(x, y), smooth[5], 1e-6);
      assertArrayEquals(own, Smoothing.towards(own, links, neighbours, 2, 0, workers));
    }
  }

  @Test
  void whatLeansIsChosenOnHeldOutPositivesAndSaidWhateverTheThreads() {
    TowerOptions options = Groups.options().withEpochs(2).withPatience(2).withSmooth(true);
    TowerModel model = train(options, 1);
    assertEquals(model.hash(), train(options, 3).hash());
    String note = model.notes().getLast();
    assertTrue(note.startsWith("vectors lean"), note);
    TowerModel plain = train(options.withSmooth(false), 1);
    assertTrue(plain.notes().isEmpty());
    boolean stays = note.contains("users by 0.00 and items by 0.00");
    assertEquals(stays, plain.hash().equals(model.hash()), note);
  }

  @Test
  void anAnnealedTrainingEndsElsewhere() {
    TowerOptions options = Groups.options().withEpochs(3).withPatience(0);
    TowerModel constant = train(options, 1);
    TowerModel annealed = train(options.withAnneal(true), 1);
    assertNotEquals(constant.hash(), annealed.hash());
    // The first step has nearly the whole rate, the last nearly none.
    double[] losses = annealed.losses();
    assertTrue(losses[2] < losses[0], losses[0] + " to " + losses[2]);
  }
}
