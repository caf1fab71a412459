package dev.kindred.engine.nn;

import static dev.kindred.engine.nn.GradientCheck.fill;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Activation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Gates, mixtures, and known ranking networks put together from the layers that there are. */
class CompositionTest {
  /** Files name buckets, so a string must never move to another one. */
  private static final int GOLDEN_BUCKET = 279;

  private static final int[] ROWS = {2, 0, 3, 1, 1};

  private static FeatureTable table() {
    return FeatureTable.builder(4)
        .single(Feature.categorical("a", 3), new int[] {0, 2, 1, 0})
        .multiple(Feature.categorical("b", 4), new int[] {0, 2, 2, 3, 4}, new int[] {0, 3, 1, 2})
        .numeric("n", new float[] {3, 1, Float.NaN, 2})
        .build();
  }

  private static FeatureInput input(String name, FeatureTable table, int dim) {
    return FeatureInput.of(name, table.features(), dim, Map.of(), 0, Integer.MAX_VALUE, 5);
  }

  @Test
  void mixturesOfSharedExpertsByTheirOwnGatesHaveTheGradientsOfTheirLoss() {
    for (long seed = 0; seed < 3; seed++) {
      Input x = new Input("x", 5);
      Dense first = new Dense("first", x, 4, Activation.NONE, seed);
      Dense second = new Dense("second", x, 4, Activation.NONE, seed);
      Dense third = new Dense("third", x, 4, Activation.NONE, seed);
      List<Layer> experts = List.of(first, second, third);
      Layer left =
          new Mixture(
              "left",
              new Softmax("leftShares", new Dense("leftGate", x, 3, Activation.NONE, seed)),
              experts);
      Layer right =
          new Mixture(
              "right",
              new Softmax("rightShares", new Dense("rightGate", x, 3, Activation.NONE, seed)),
              experts);
      Concat out = new Concat("out", List.of(left, right));
      long s = seed;
      GradientCheck.check(new Network(out), 4, seed, pass -> fill(pass, x, 4, s));
    }
  }

  @Test
  void sharesOfAGateAddUpToOne() {
    Input x = new Input("x", 6);
    Softmax gate = new Softmax("gate", x);
    Network network = new Network(gate);
    Pass pass = Pass.forInference(network, 3);
    fill(pass, x, 3, 8);
    network.forward(pass, 3);
    for (int r = 0; r < 3; r++) {
      double sum = 0;
      for (int i = 0; i < 6; i++) {
        sum += pass.value(gate)[r * 6 + i];
      }
      assertEquals(1, sum, 1e-6);
    }
  }

  @Test
  void aMixtureNamesBothCountsIfGateAndExpertsDiffer() {
    Input x = new Input("x", 2);
    Dense expert = new Dense("expert", x, 4, Activation.NONE, 1);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> new Mixture("mix", x, List.of(expert)));
    assertTrue(e.getMessage().contains("mixes 1 experts by the gate x of width 2"));
  }

  @Test
  void aSliceBeyondItsInputIsRefused() {
    Input x = new Input("x", 5);
    for (int[] cut :
        new int[][] {{-1, 2}, {4, 2}, {Integer.MAX_VALUE, 1}, {1, Integer.MAX_VALUE}}) {
      Exception e =
          assertThrows(IllegalArgumentException.class, () -> new Slice("cut", x, cut[0], cut[1]));
      assertEquals(
          "layer cut takes %d columns from %d on of x, which has 5".formatted(cut[1], cut[0]),
          e.getMessage());
    }
    assertEquals(5, new Slice("all", x, 0, 5).width());
  }

  @Test
  void slicesAndDroppedRowsHaveTheGradientsOfTheirLoss() {
    Input x = new Input("x", 5);
    Dense wide = new Dense("wide", x, 9, Activation.NONE, 1);
    Slice low = new Slice("low", wide, 0, 4);
    Slice high = new Slice("high", wide, 5, 4);
    RowDropout dropped = new RowDropout("dropped", new Product("product", low, high), 0.4);
    Sum out = new Sum("out", List.of(dropped, low));
    GradientCheck.check(new Network(out), 6, 2, pass -> fill(pass, x, 6, 3));
  }

  @Test
  void rowsAreDroppedWholeInTrainingOnly() {
    Input x = new Input("x", 3);
    RowDropout dropped = new RowDropout("dropped", x, 0.5);
    Network network = new Network(dropped);
    Pass training = Pass.forTraining(network, 400, 9);
    training.at(1, 0);
    fill(training, x, 400, 1);
    network.forward(training, 400);
    int gone = 0;
    for (int r = 0; r < 400; r++) {
      boolean zero = training.value(dropped)[3 * r] == 0;
      assertEquals(zero, training.value(dropped)[3 * r + 2] == 0);
      gone += zero ? 1 : 0;
    }
    assertEquals(200, gone, 40);
    Pass serving = Pass.forInference(network, 1);
    fill(serving, x, 1, 1);
    network.forward(serving, 1);
    assertEquals(serving.value(x)[0], serving.value(dropped)[0]);
  }

  @Test
  void wideAndDeepIsASumOfTwoNetworksOverTheSameRows() {
    FeatureTable table = table();
    FeatureInput wideInput = input("wide", table, 1);
    FeatureInput deepInput = input("deep", table, 4);
    Dense wide = new Dense("wide.sum", wideInput, 1, Activation.NONE, 5);
    Dense hidden = new Dense("deep.hidden", deepInput, 6, Activation.NONE, 5);
    Dense deep = new Dense("deep.output", hidden, 1, Activation.NONE, 5);
    Network network = new Network(new Sum("logit", List.of(wide, deep)));
    GradientCheck.check(
        network,
        5,
        4,
        pass -> {
          pass.bind(wideInput, table, ROWS, 0);
          pass.bind(deepInput, table, ROWS, 0);
        });
  }

  /** DCN-V2: x_{l+1} = x_0 * (W x_l + b) + x_l. */
  @Test
  void crossLayersAreDenseLayersTimesTheInputPlusTheLayerBelow() {
    FeatureTable table = table();
    FeatureInput x0 = input("input", table, 3);
    Layer x = x0;
    for (int l = 1; l <= 2; l++) {
      Dense w = new Dense("cross" + l + ".w", x, x0.width(), Activation.NONE, 6);
      x = new Sum("cross" + l, List.of(new Product("cross" + l + ".product", x0, w), x));
    }
    Network network = new Network(new Dense("logit", x, 1, Activation.NONE, 6));
    GradientCheck.check(network, 5, 4, pass -> pass.bind(x0, table, ROWS, 0));
  }

  @Test
  void normalisedBatchesHaveTheGradientsOfTheirLoss() {
    Input x = new Input("x", 4);
    Dense dense = new Dense("dense", x, 3, Activation.NONE, 1);
    Relu relu = new Relu("relu", new BatchNorm("norm", dense));
    Dense out = new Dense("out", relu, 2, Activation.NONE, 1);
    GradientCheck.check(new Network(out), 6, 3, pass -> fill(pass, x, 6, 3));
  }

  /**
   * Passes of four rows around 1000: the biased variance would come out a quarter too small, and
   * the mean of squares less the squared mean, in float32, as noise.
   */
  @Test
  void theRunningVarianceIsTheUnbiasedOneAlsoFarFromZero() {
    Input x = new Input("x", 1);
    BatchNorm norm = new BatchNorm("norm", x);
    Network network = new Network(norm);
    double mean = 0;
    double variance = 0;
    int steps = 400;
    try (Workers workers = Workers.of(1)) {
      Trainer trainer = new Trainer("norm", network, Sgd.of(1e-9), 64, 4, 1);
      for (int step = 0; step < steps; step++) {
        Draws draws = Draws.of(step, "rows");
        trainer.step(
            64,
            1,
            (pass, from, count) -> {
              for (int r = 0; r < count; r++) {
                pass.value(x)[r] = 1000 + 2 * (float) draws.nextGaussian();
              }
              network.forward(pass, count);
              return 1;
            },
            workers);
        if (step >= 100) {
          mean += norm.parameters().getLast().values()[0] / (steps - 100);
          variance += norm.parameters().getLast().values()[1] / (steps - 100);
        }
      }
    }
    assertEquals(1000, mean, 0.1);
    assertEquals(4, variance, 0.15);
  }

  @Test
  void aPassOfOneRowLeavesTheRunningVariance() {
    Input x = new Input("x", 1);
    BatchNorm norm = new BatchNorm("norm", x);
    Network network = new Network(norm);
    Pass pass = Pass.forTraining(network, 1, 1);
    pass.value(x)[0] = 5;
    network.forward(pass, 1);
    network.backward(pass);
    try (Workers workers = Workers.of(1)) {
      new Updater(Sgd.of(1), List.of(pass), Map.of()).step(1, workers);
    }
    assertEquals(0.5f, norm.parameters().getLast().values()[0], 1e-6f);
    assertEquals(1, norm.parameters().getLast().values()[1]);
  }

  @Test
  void aNormalisationFoldsIntoTheLinearLayerBelowIt() {
    Input x = new Input("x", 4);
    Dense dense = new Dense("dense", x, 3, Activation.NONE, 1);
    BatchNorm norm = new BatchNorm("norm", dense);
    Network network = new Network(norm);
    Trainer trainer = new Trainer("norm", network, Adam.of(0.01), 64, 32, 1);
    try (Workers workers = Workers.of(1)) {
      for (int step = 0; step < 30; step++) {
        long seed = step;
        trainer.step(
            64,
            1,
            (pass, from, count) -> {
              fill(pass, x, count, seed + from);
              network.forward(pass, count);
              System.arraycopy(pass.value(norm), 0, pass.gradient(norm), 0, count * 3);
              return 1;
            },
            workers);
      }
    }
    Pass pass = Pass.forInference(network, 5);
    fill(pass, x, 5, 99);
    network.forward(pass, 5);
    BatchNorm.Folded folded = norm.foldInto(dense);
    for (int r = 0; r < 5; r++) {
      for (int j = 0; j < 3; j++) {
        double sum = folded.bias()[j];
        for (int i = 0; i < 4; i++) {
          sum += (double) pass.value(x)[r * 4 + i] * folded.weight()[i * 3 + j];
        }
        assertEquals(sum, pass.value(norm)[r * 3 + j], 1e-5);
      }
    }
    Dense other = new Dense("other", new Input("y", 4), 3, Activation.RELU, 1);
    assertThrows(IllegalArgumentException.class, () -> norm.foldInto(other));
  }

  @Test
  void hashedValuesFallIntoTheirBucketsEvenlyAndAlwaysTheSame() {
    Feature feature = Feature.hashed("word", 16);
    int[] counts = new int[16];
    for (int i = 0; i < 16_000; i++) {
      counts[feature.bucketOf("word " + i)]++;
    }
    for (int count : counts) {
      assertEquals(1000, count, 150);
    }
    assertEquals(GOLDEN_BUCKET, Feature.hashed("x", 1000).bucketOf("science fiction"));
  }
}
