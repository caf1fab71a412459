package dev.kindred.engine.nn;

import static dev.kindred.engine.nn.GradientCheck.fill;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.simd.Activation;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LayersTest {
  private static final int[] ROWS = {2, 0, 3, 1, 1};

  @Test
  void denseLayersHaveTheGradientsOfTheirLoss() {
    for (long seed = 0; seed < 3; seed++) {
      Input x = new Input("x", 5);
      Dense hidden = new Dense("hidden", x, 7, Activation.RELU, seed);
      Dense out = new Dense("out", hidden, 3, Activation.NONE, seed);
      long s = seed;
      GradientCheck.check(new Network(out), 4, seed, pass -> fill(pass, x, 4, s));
    }
  }

  @Test
  void aLayerReadTwiceGetsTheSumOfBothGradients() {
    Input x = new Input("x", 4);
    Dense base = new Dense("base", x, 6, Activation.NONE, 1);
    Dense left = new Dense("left", base, 6, Activation.NONE, 1);
    Sum residual = new Sum("residual", List.of(base, left));
    Dense right = new Dense("right", base, 5, Activation.NONE, 1);
    Concat all = new Concat("all", List.of(base, residual, right));
    L2Normalize out = new L2Normalize("out", all);
    GradientCheck.check(new Network(out), 5, 11, pass -> fill(pass, x, 5, 3));
  }

  @Test
  void productsHaveTheGradientsOfTheirLossAlsoOfASquare() {
    Input x = new Input("x", 4);
    Dense left = new Dense("left", x, 3, Activation.NONE, 1);
    Dense right = new Dense("right", x, 3, Activation.NONE, 1);
    Product product = new Product("product", left, right);
    Product square = new Product("square", product, product);
    Concat out = new Concat("out", List.of(product, square));
    GradientCheck.check(new Network(out), 5, 11, pass -> fill(pass, x, 5, 3));
  }

  @Test
  void droppedValuesHaveNoGradientAndTheOthersAreScaled() {
    Input x = new Input("x", 6);
    Dense hidden = new Dense("hidden", x, 40, Activation.NONE, 1);
    Dropout dropout = new Dropout("dropout", hidden, 0.4);
    Dense out = new Dense("out", dropout, 2, Activation.NONE, 1);
    Network network = new Network(out);
    GradientCheck.check(network, 5, 5, pass -> fill(pass, x, 5, 4));

    Pass pass = Pass.forTraining(network, 5, 5);
    pass.at(1, 0);
    fill(pass, x, 5, 4);
    network.forward(pass, 5);
    int dropped = 0;
    for (int i = 0; i < 200; i++) {
      float before = pass.value(hidden)[i];
      float after = pass.value(dropout)[i];
      assertEquals(after == 0 ? 0 : before / 0.6f, after, 1e-5 * Math.abs(before));
      dropped += after == 0 ? 1 : 0;
    }
    assertTrue(dropped > 50 && dropped < 110, "dropped " + dropped + " of 200");
  }

  @Test
  void dropoutPassesEverythingThroughOutsideOfTraining() {
    Input x = new Input("x", 3);
    Dropout dropout = new Dropout("dropout", x, 0.9);
    Network network = new Network(dropout);
    Pass pass = Pass.forInference(network, 2);
    fill(pass, x, 2, 1);
    network.forward(pass, 2);
    assertArrayEquals(pass.value(x), pass.value(dropout));
  }

  private static FeatureTable table() {
    return FeatureTable.builder(4)
        .ids("id")
        .single(Feature.categorical("kind", List.of("a", "b", "c")), new int[] {0, 2, 7, 1})
        .multiple(
            Feature.categorical("tags", 5),
            new int[] {0, 3, 3, 4, 8},
            new int[] {0, 1, 4, 2, 3, 2, 1, 0})
        .numeric("price", new float[] {1, Float.NaN, 30, 5})
        .build();
  }

  @Test
  void featureInputsHaveTheGradientsOfTheirLoss() {
    FeatureTable table = table();
    FeatureInput input =
        FeatureInput.of("in", table.features(), 4, Map.of(), 0.3, Integer.MAX_VALUE, 7);
    Dense out = new Dense("out", input, 3, Activation.NONE, 7);
    GradientCheck.check(new Network(out), 5, 3, pass -> pass.bind(input, table, ROWS, 0));
  }

  @Test
  void valuesOfOpenFeaturesAreReadAsUnknownInAShareOfTheTrainingRows() {
    int rows = 1000;
    int[] values = new int[rows];
    FeatureTable table =
        FeatureTable.builder(rows)
            .single(Feature.categorical("closed", 3), values)
            .single(Feature.categorical("open", 3).opened(), values)
            .single(Feature.categorical("too", 3).opened(), values)
            .build();
    FeatureInput input =
        FeatureInput.of("in", table.features(), 4, Map.of(), 0.3, Integer.MAX_VALUE, 7);
    Network network = new Network(new Dense("out", input, 1, Activation.NONE, 1));
    int[] all = new int[rows];
    Arrays.setAll(all, row -> row);
    for (boolean training : new boolean[] {true, false}) {
      Pass pass = training ? Pass.forTraining(network, rows, 5) : Pass.forInference(network, rows);
      pass.bind(input, table, all, 0);
      network.forward(pass, rows);
      int[] unknown = new int[3];
      int both = 0;
      for (int row = 0; row < rows; row++) {
        int hidden = 0;
        for (int f = 1; f < 3; f++) {
          float ofUnknown = input.embedding(f).parameter().values()[0];
          float x = pass.value(input)[row * input.width() + input.start(f)];
          hidden += x == ofUnknown ? 1 : 0;
        }
        both += hidden == 2 ? 1 : 0;
      }
      assertEquals(training ? 90 : 0, both, training ? 27 : 0); // each is hidden for itself
      for (int f = 0; f < 3; f++) {
        float ofUnknown = input.embedding(f).parameter().values()[0];
        for (int row = 0; row < rows; row++) {
          float x = pass.value(input)[row * input.width() + input.start(f)];
          unknown[f] += x == ofUnknown ? 1 : 0;
        }
      }
      assertEquals(0, unknown[0]);
      assertEquals(training ? 300 : 0, unknown[1], training ? 45 : 0); // three deviations
      assertEquals(training ? 300 : 0, unknown[2], training ? 45 : 0);
    }
    assertThrows(
        IllegalStateException.class,
        () -> Feature.numeric("n", Quantiles.fit(new float[] {1, 2})).opened());
  }

  @Test
  void aSharedEmbeddingGetsTheGradientsOfAllItsFeatures() {
    FeatureTable table = table();
    Embedding shared = new Embedding("tags", 5, 3, 1, 1);
    FeatureTable both =
        table.with(
            Feature.categorical("history", 5),
            new int[] {0, 1, 3, 3, 5},
            new int[] {4, 0, 1, 3, 2});
    FeatureInput input =
        FeatureInput.of(
            "in", both.features(), 4, Map.of("tags", shared, "history", shared), 0, 2, 7);
    Dense out = new Dense("out", input, 3, Activation.NONE, 7);
    int[] left = {0, 0, 3, 1, 0};
    GradientCheck.check(
        new Network(out),
        5,
        3,
        pass -> {
          pass.bind(input, both, ROWS, 0);
          pass.leaveOut(input, 4, left, 0);
        });
  }

  @Test
  void aFeatureInputAveragesValuesAndSpreadsNumbers() {
    FeatureTable table = table();
    FeatureInput input =
        FeatureInput.of("in", table.features(), 4, Map.of(), 0, Integer.MAX_VALUE, 7);
    Network network = new Network(new Dense("out", input, 1, Activation.NONE, 1));
    Pass pass = Pass.forInference(network, 5);
    pass.bind(input, table, ROWS, 0);
    network.forward(pass, 5);
    float[] x = pass.value(input);
    int width = input.width();
    float[] kinds = input.embedding(1).parameter().values();
    float[] tags = input.embedding(2).parameter().values();
    int dim = input.embedding(2).dim();
    // Row 2 of the table has an unknown kind (row 0 of the vectors), one tag and the top price.
    assertEquals(kinds[0], x[input.start(1)]);
    assertEquals(tags[3 * dim], x[input.start(2)]);
    assertArrayEquals(
        new float[] {2f / 3, 4f / 9, (float) Math.sqrt(2f / 3), 0},
        Arrays.copyOfRange(x, input.start(3), width),
        1e-6f);
    // Row 0 has three tags; row 1 none and no price.
    float mean = (tags[dim] + tags[2 * dim] + tags[5 * dim]) / 3;
    assertEquals(mean, x[width + input.start(2)], 1e-6);
    assertEquals(0, x[3 * width + input.start(2)]);
    assertEquals(1, x[3 * width + input.start(3) + 3]);
  }

  @Test
  void aHistoryIsTheSameInAnyOrderAndLeavesOutWhatIsAskedFor() {
    Feature history = Feature.categorical("history", 6);
    FeatureTable table =
        FeatureTable.builder(4)
            .multiple(history, new int[] {0, 3, 6, 8, 8}, new int[] {1, 4, 5, 5, 1, 4, 4, 5})
            .build();
    FeatureInput input =
        FeatureInput.of("in", table.features(), 8, Map.of(), 0, Integer.MAX_VALUE, 7);
    Network network = new Network(new Dense("out", input, 1, Activation.NONE, 1));
    Pass pass = Pass.forInference(network, 4);
    pass.bind(input, table, new int[] {0, 1, 2, 3}, 0);
    network.forward(pass, 4);
    float[] x = pass.value(input).clone();
    for (int i = 0; i < 8; i++) {
      assertEquals(x[i], x[8 + i], 1e-6);
      assertEquals(0, x[24 + i]);
    }
    pass.leaveOut(input, 0, new int[] {1, 1, 3, 0}, 0);
    network.forward(pass, 4);
    for (int i = 0; i < 8; i++) {
      assertEquals(x[16 + i], pass.value(input)[i], 1e-6);
      assertEquals(x[16 + i], pass.value(input)[8 + i], 1e-6);
    }
  }

  @Test
  void normalisedRowsHaveLengthOneAndZeroStaysZero() {
    Input x = new Input("x", 3);
    L2Normalize out = new L2Normalize("out", x);
    Network network = new Network(out);
    Pass pass = Pass.forInference(network, 2);
    pass.value(x)[1] = -5;
    network.forward(pass, 2);
    assertArrayEquals(new float[] {0, -1, 0, 0, 0, 0}, pass.value(out), 1e-6f);
  }

  @Test
  void wrongShapesNameBothShapes() {
    Input x = new Input("x", 3);
    Dense dense = new Dense("dense", x, 2, Activation.NONE, 1);
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> dense.weight().set(new float[8], 4, 2));
    assertTrue(e.getMessage().contains("[4 x 2]") && e.getMessage().contains("[3 x 2]"));
    e = assertThrows(IllegalArgumentException.class, () -> new Sum("sum", List.of(x, dense)));
    assertTrue(e.getMessage().contains("[rows x 3]") && e.getMessage().contains("[rows x 2]"));
    FeatureTable table = table();
    FeatureInput input = FeatureInput.of("in", table.features(), 4, Map.of(), 0, 9, 7);
    Pass pass = Pass.forInference(new Network(input), 1);
    FeatureTable other = FeatureTable.ofIds(9);
    e = assertThrows(IllegalArgumentException.class, () -> pass.bind(input, other, ROWS, 0));
    assertTrue(e.getMessage().contains("id (ID, 4)") && e.getMessage().contains("id (ID, 9)"));
  }

  @Test
  void aLayerBelongsToOneNetwork() {
    Input x = new Input("x", 3);
    new Network(x);
    assertThrows(IllegalArgumentException.class, () -> new Network(x));
  }
}
