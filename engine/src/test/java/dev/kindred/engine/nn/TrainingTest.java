package dev.kindred.engine.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Activation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainingTest {
  private static final int EXAMPLES = 300;
  private static final int BATCH = 64;

  /** A small network on ids, tags and a number, whose label depends on two of them. */
  private static final class Small {
    final FeatureTable table;
    final FeatureInput input;
    final Dense logit;
    final Network network;
    final float[] labels = new float[EXAMPLES];
    final float[] weights = new float[EXAMPLES];
    final int[] rows = new int[EXAMPLES];

    Small() {
      Draws draws = Draws.of(8, "small");
      int[] kinds = new int[EXAMPLES];
      int[] starts = new int[EXAMPLES + 1];
      int[] tags = new int[EXAMPLES * 3];
      float[] numbers = new float[EXAMPLES];
      for (int i = 0; i < EXAMPLES; i++) {
        rows[i] = i;
        kinds[i] = draws.nextInt(7);
        starts[i + 1] = starts[i] + draws.nextInt(4);
        for (int j = starts[i]; j < starts[i + 1]; j++) {
          tags[j] = draws.nextInt(20);
        }
        numbers[i] = (float) draws.nextGaussian();
        double signal = (kinds[i] < 3 ? 1.5 : -1) + numbers[i];
        labels[i] = signal > 0 ? 1 : 0;
        weights[i] = 1 + draws.nextInt(2);
      }
      table =
          FeatureTable.builder(EXAMPLES)
              .ids("id")
              .single(Feature.categorical("kind", 7), kinds)
              .multiple(
                  Feature.categorical("tags", 20), starts, Arrays.copyOf(tags, starts[EXAMPLES]))
              .numeric("number", numbers)
              .build();
      input = FeatureInput.of("in", table.features(), 8, Map.of(), 0.1, 2, 5);
      Dense hidden = new Dense("hidden", input, 16, Activation.RELU, 5);
      logit = new Dense("logit", new Dropout("dropout", hidden, 0.1), 1, Activation.NONE, 5);
      network = new Network(logit);
    }

    double[] train(Optimizer optimizer, int epochs, int threads) {
      List<Double> losses = new ArrayList<>();
      Trainer trainer = new Trainer("small", network, optimizer, BATCH, 16, 5);
      try (Workers workers = Workers.of(threads)) {
        for (int epoch = 0; epoch < epochs; epoch++) {
          for (int from = 0; from < EXAMPLES; from += BATCH) {
            int first = from;
            int n = Math.min(BATCH, EXAMPLES - from);
            double loss =
                trainer.step(n, 1, (pass, at, count) -> loss(pass, first + at, count, n), workers);
            losses.add(loss / n);
          }
        }
      }
      return losses.stream().mapToDouble(d -> d).toArray();
    }

    double loss(Pass pass, int from, int count, int n) {
      pass.bind(input, table, rows, from);
      network.forward(pass, count);
      return Losses.crossEntropy(
          pass.value(logit),
          Arrays.copyOfRange(labels, from, from + count),
          Arrays.copyOfRange(weights, from, from + count),
          count,
          1f / n,
          pass.gradient(logit));
    }
  }

  @Test
  void lossesOfASmallNetworkStayAsTheyWere() {
    double[] adam = new Small().train(Adam.of(0.01), 8, 1);
    double[] sgd = new Small().train(Sgd.of(0.2).withWeightDecay(0.001), 8, 1);
    double[] goldenAdam = {1.15735, 0.93573, 0.77266, 0.37766, 0.33210};
    double[] goldenSgd = {1.15735, 1.03384, 0.97646, 0.71920, 0.62399};
    for (int i = 0; i < goldenAdam.length; i++) {
      assertEquals(goldenAdam[i], adam[i * 8], 2e-4, "step " + i * 8);
      assertEquals(goldenSgd[i], sgd[i * 8], 2e-4, "step " + i * 8);
    }
  }

  @Test
  void anyNumberOfThreadsTrainsTheSameBits() {
    Small one = new Small();
    Small three = new Small();
    assertArrayEquals(one.train(Adam.of(0.01), 3, 1), three.train(Adam.of(0.01), 3, 3));
    for (int p = 0; p < one.network.parameters().size(); p++) {
      assertArrayEquals(
          one.network.parameters().get(p).values(), three.network.parameters().get(p).values());
    }
  }

  @Test
  void aStepTouchesOnlyTheEmbeddingRowsThatItLookedUp() {
    Small small = new Small();
    Parameter ids = small.input.embedding(0).parameter();
    float[] before = ids.values().clone();
    Trainer trainer = new Trainer("small", small.network, Adam.of(0.01), BATCH, 16, 5);
    try (Workers workers = Workers.of(2)) {
      trainer.step(10, 1, (pass, at, count) -> small.loss(pass, at, count, 10), workers);
    }
    int dim = ids.columns();
    for (int row = 0; row < ids.rows(); row++) {
      float[] old = Arrays.copyOfRange(before, row * dim, (row + 1) * dim);
      float[] now = Arrays.copyOfRange(ids.values(), row * dim, (row + 1) * dim);
      assertEquals(row > 10, Arrays.equals(old, now) && row > 0, "row " + row);
    }
  }

  @Test
  void adamMovesAsTheReferenceFormulasSay() {
    Parameter w = Parameter.dense("w", 2, 2);
    float[] gradient = new float[4];
    Input x = new Input("x", 1);
    Pass pass = Pass.forTraining(new Network(x), 1, 1);
    Adam adam = Adam.of(0.1).withWeightDecay(0.01);
    Updater updater = new Updater(adam, List.of(pass), Map.of(w, gradient));
    double value = 0;
    double m = 0;
    double v = 0;
    try (Workers workers = Workers.of(1)) {
      for (int t = 1; t <= 20; t++) {
        double g = Math.sin(t) + 0.3;
        gradient[3] = (float) g;
        updater.step(0.5, workers);
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        value -= 0.05 * 0.01 * value;
        value -=
            0.05 * (m / (1 - Math.pow(0.9, t))) / (Math.sqrt(v / (1 - Math.pow(0.999, t))) + 1e-8);
        assertEquals(value, w.values()[3], 1e-5, "step " + t);
      }
    }
    assertEquals(0, w.values()[0]);
  }

  @Test
  void aLossThatIsNoNumberStopsWithStepAndLearningRateAndLeavesTheWeights() {
    Small small = new Small();
    float[] before = small.logit.weight().values().clone();
    Trainer trainer = new Trainer("small", small.network, Adam.of(0.25), BATCH, 16, 5);
    try (Workers workers = Workers.of(1)) {
      DivergedException e =
          assertThrows(
              DivergedException.class,
              () -> trainer.step(4, 1, (pass, at, count) -> brokenLoss(small, pass), workers));
      assertEquals(1, e.step());
      assertTrue(e.getMessage().contains("step 1 with learning rate 0.25"), e.getMessage());
    }
    assertArrayEquals(before, small.logit.weight().values());
  }

  private static double brokenLoss(Small small, Pass pass) {
    small.loss(pass, 0, 4, 4);
    return Double.NaN;
  }

  @Test
  void trainingStopsSomeEpochsAfterTheBestAndBringsItBack() {
    Parameter w = Parameter.dense("w", 1, 1);
    EarlyStopping stopping = new EarlyStopping(2, 1, List.of(w));
    double[] scores = {0.1, 0.5, Double.NaN, 0.4};
    for (int epoch = 1; epoch <= scores.length; epoch++) {
      assertFalse(stopping.shouldStop());
      w.values()[0] = epoch;
      assertEquals(epoch <= 2, stopping.offer(epoch, scores[epoch - 1]));
    }
    assertTrue(stopping.shouldStop());
    stopping.restore();
    assertEquals(2, w.values()[0]);
    assertEquals(2, stopping.bestEpoch());
    assertEquals(0.5, stopping.bestScore());
  }

  @Test
  void anEpochBeforeTheEarliestIsNeverTheBest() {
    Parameter w = Parameter.dense("w", 1, 1);
    EarlyStopping stopping = new EarlyStopping(2, 2, List.of(w));
    double[] scores = {0.9, 0.1, 0.3, 0.2, 0.2};
    for (int epoch = 1; epoch <= scores.length; epoch++) {
      assertFalse(stopping.shouldStop());
      w.values()[0] = epoch;
      stopping.offer(epoch, scores[epoch - 1]);
    }
    assertTrue(stopping.shouldStop());
    stopping.restore();
    assertEquals(3, stopping.bestEpoch());
    assertEquals(3, w.values()[0]);
  }

  @Test
  void aTrainingThatEndsBeforeTheEarliestEpochKeepsItsLastWeights() {
    Parameter w = Parameter.dense("w", 1, 1);
    EarlyStopping stopping = new EarlyStopping(2, 2, List.of(w));
    w.values()[0] = 7;
    stopping.offer(1, 0.5);
    stopping.restore();
    assertEquals(1, stopping.bestEpoch());
    assertEquals(7, w.values()[0]);
  }

  @Test
  void schedulesRiseAndFallAsTheySay() {
    Schedule cosine = Schedule.cosine(10, 110);
    assertEquals(0.1, cosine.at(1), 1e-12);
    assertEquals(1, cosine.at(10), 1e-12);
    assertEquals(0.5, cosine.at(60), 1e-12);
    assertEquals(0, cosine.at(500), 1e-12);
    Schedule stairs = Schedule.stairs(0, 100, 0.5);
    assertEquals(1, stairs.at(100));
    assertEquals(0.5, stairs.at(101));
    assertEquals(0.25, stairs.at(201));
    assertEquals(1, Schedule.constant().at(12345));
    assertEquals(0.5, Schedule.warmUp(8).at(4));
    assertThrows(IllegalArgumentException.class, () -> Schedule.stairs(0, 10, 1.5));
    assertThrows(IllegalArgumentException.class, () -> Schedule.stairs(0, 0, 0.5));
    assertThrows(IllegalArgumentException.class, () -> Schedule.cosine(10, 10));
  }

  @Test
  void aCosineWithoutALengthEndsWithTheTraining() {
    Schedule open = Schedule.cosine(10, 0);
    assertEquals(Schedule.cosine(10, 110), open.over(110));
    assertEquals(Schedule.cosine(10, 60), Schedule.cosine(10, 60).over(110));
    assertEquals(Schedule.warmUp(500), Schedule.warmUp(500).over(110));
    assertThrows(IllegalStateException.class, () -> open.at(1));
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> open.over(10));
    assertTrue(e.getMessage().contains("over 10 steps, and the training has 10"), e.getMessage());
  }

  @Test
  void adagradMovesAsTheReferenceFormulasSay() {
    Parameter w = Parameter.dense("w", 1, 1);
    float[] gradient = new float[1];
    Pass pass = Pass.forTraining(new Network(new Input("x", 1)), 1, 1);
    Updater updater = new Updater(Adagrad.of(0.1), List.of(pass), Map.of(w, gradient));
    double value = 0;
    double squares = 0.1;
    try (Workers workers = Workers.of(1)) {
      for (int t = 1; t <= 20; t++) {
        gradient[0] = (float) (Math.sin(t) + 0.3);
        updater.step(1, workers);
        squares += (double) gradient[0] * gradient[0];
        value -= 0.1 * gradient[0] / (Math.sqrt(squares) + 1e-7);
        assertEquals(value, w.values()[0], 1e-5, "step " + t);
      }
    }
  }

  @Test
  void everyOptimizerLowersTheLoss() {
    for (Optimizer optimizer : List.of(Sgd.of(0.2), Adagrad.of(0.1), Adam.of(0.01))) {
      double[] losses = new Small().train(optimizer, 8, 1);
      assertTrue(losses[losses.length - 1] < 0.8 * losses[0], optimizer.toString());
    }
  }
}
