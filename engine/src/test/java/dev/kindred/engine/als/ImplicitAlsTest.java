package dev.kindred.engine.als;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Interactions.Duplicates;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImplicitAlsTest {

  /** Strengths 0.5 to 4.5, some negative if asked for; row 3 and column 5 stay empty. */
  static Interactions random(long seed, int users, int items, int entries, boolean negatives) {
    Random random = new Random(seed);
    int[] row = new int[entries];
    int[] column = new int[entries];
    float[] value = new float[entries];
    for (int i = 0; i < entries; i++) {
      row[i] = skip(random.nextInt(users), 3);
      column[i] = skip((int) (items * Math.pow(random.nextDouble(), 2)), 5);
      value[i] = 0.5f + random.nextInt(5);
      if (negatives && random.nextInt(6) == 0) {
        value[i] = -value[i];
      }
    }
    return Interactions.of(users, items, row, column, value, Duplicates.LAST);
  }

  private static int skip(int ordinal, int empty) {
    return ordinal == empty ? 0 : ordinal;
  }

  static AlsModel train(Interactions data, AlsOptions options, int threads) {
    try (Workers workers = Workers.of(threads)) {
      return ImplicitAls.train(data, options, workers, Progress.none());
    }
  }

  static AlsOptions options(Convention convention) {
    return AlsOptions.defaults()
        .withConvention(convention)
        .withRank(12)
        .withIterations(4)
        .withAlpha(3)
        .withUnobservedWeight(0.1)
        .withFrequencyExponent(0.7)
        .withPopularityExponent(0.4)
        .withRegularization(0.05);
  }

  @ParameterizedTest
  @EnumSource
  void itemFactorsEqualADenseSolveInDoubles(Convention convention) {
    for (boolean negatives : new boolean[] {false, true}) {
      for (double alpha : new double[] {0.7, 1, 40}) {
        Interactions data = random(7, 60, 40, 500, negatives);
        AlsOptions options = options(convention).withAlpha(alpha);
        AlsModel model = train(data, options, 1);
        DenseReference.assertItemsSolve(data, model, options, 1e-4);
        // The other way round, so that both halves are checked.
        Interactions turned = data.transposed();
        DenseReference.assertItemsSolve(turned, train(turned, options, 1), options, 1e-4);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 13, 30})
  void ranksThatFillNoVectorEqualADenseSolveToo(int rank) {
    Interactions data = random(7, 60, 40, 500, false);
    AlsOptions options = options(Convention.IALS).withRank(rank);
    AlsModel model = train(data, options, 1);
    DenseReference.assertItemsSolve(data, model, options, 1e-4);
    Interactions turned = data.transposed();
    DenseReference.assertItemsSolve(turned, train(turned, options, 1), options, 1e-4);
  }

  @ParameterizedTest
  @EnumSource
  void lossNeverRisesAndEqualsTheSumOverAllPairs(Convention convention) {
    Interactions data = random(11, 80, 50, 700, true);
    AlsOptions options = options(convention).withIterations(10);
    AlsModel model = train(data, options, 2);
    double[] losses = model.objectivePerHalfSweep();
    assertEquals(20, losses.length);
    for (int i = 1; i < losses.length; i++) {
      assertTrue(
          losses[i] <= losses[i - 1] + 1e-6 * Math.abs(losses[i - 1]),
          "half sweep " + i + ": " + losses[i - 1] + " to " + losses[i]);
    }
    double naive = DenseReference.loss(data, model, options);
    assertEquals(naive, losses[19], 1e-5 * Math.abs(naive));
    assertEquals(losses[19], model.objectivePerSweep()[9]);
  }

  @ParameterizedTest
  @EnumSource
  void everySolverReachesTheExactLoss(Solver solver) {
    Interactions data = random(13, 90, 70, 2500, true);
    for (Convention convention : Convention.values()) {
      AlsOptions options = options(convention).withRank(20).withIterations(40);
      double exact = last(train(data, options.withSolver(Solver.CHOLESKY), 1));
      AlsModel model = train(data, options.withSolver(solver), 1);
      assertNeverRises(convention.name(), model);
      double naive = DenseReference.loss(data, model, options);
      assertEquals(naive, last(model), 1e-4 * Math.abs(naive), convention.name());
      // Different local optima may differ a little; the loss from zeros is thousands.
      assertEquals(exact, last(model), 0.02 * exact, convention.name());
    }
  }

  /** Above rank 128 a row has three blocks, the last of them narrow. */
  @ParameterizedTest
  @EnumSource
  void manyBlocksReachTheExactLoss(Convention convention) {
    int rank = 136;
    Interactions data = random(17, 160, 150, 20_000, true);
    int longRows = 0;
    for (int row = 0; row < data.rows(); row++) {
      longRows += data.count(row) > rank / 2 ? 1 : 0;
    }
    assertTrue(longRows > 50, longRows + " rows are too long to be solved exactly");
    // Plain lambdas are small beside those that grow with a row's entries, and blocks then take
    // long.
    boolean plain = convention == Convention.IMPLICIT || convention == Convention.LOG;
    AlsOptions options =
        options(convention).withRank(rank).withIterations(12).withRegularization(plain ? 5 : 0.05);
    AlsModel exact = train(data, options.withSolver(Solver.CHOLESKY), 1);
    AlsModel model = train(data, options.withSolver(Solver.BLOCK), 1);
    assertNotEquals(exact.hash(), model.hash());
    assertNeverRises(convention.name(), model);
    double naive = DenseReference.loss(data, model, options);
    assertEquals(naive, last(model), 1e-4 * Math.abs(naive), convention.name());
    assertEquals(last(exact), last(model), 0.02 * last(exact), convention.name());
  }

  @Test
  void autoIsExactUpToRank128AndTakesGradientsAbove() {
    Interactions data = random(19, 160, 150, 20_000, false);
    for (int rank : new int[] {1, 127, 128, 129, 200}) {
      AlsOptions options = options(Convention.IALS).withRank(rank).withIterations(1);
      String auto = train(data, options.withSolver(Solver.AUTO), 1).hash();
      String exact = train(data, options.withSolver(Solver.CHOLESKY), 1).hash();
      String gradients = train(data, options.withSolver(Solver.CONJUGATE_GRADIENT), 1).hash();
      assertEquals(rank <= 128 ? exact : gradients, auto, "rank " + rank);
      if (rank > 1) {
        assertNotEquals(exact, gradients, "rank " + rank);
      }
    }
  }

  private static void assertNeverRises(String which, AlsModel model) {
    double[] losses = model.objectivePerHalfSweep();
    for (int i = 1; i < losses.length; i++) {
      assertTrue(
          losses[i] <= losses[i - 1] + 2e-6 * Math.abs(losses[i - 1]),
          which + ", half sweep " + i + ": " + losses[i - 1] + " to " + losses[i]);
    }
  }

  private static double last(AlsModel model) {
    return model.objectivePerSweep()[model.objectivePerSweep().length - 1];
  }

  @ParameterizedTest
  @EnumSource
  void sameBitsForAnyNumberOfThreads(Solver solver) {
    Interactions data = random(3, 3000, 2000, 40_000, false);
    AlsOptions options = AlsOptions.defaults().withRank(72).withIterations(2).withSolver(solver);
    String one = train(data, options, 1).hash();
    assertEquals(one, train(data, options, 2).hash());
    assertEquals(one, train(data, options, 5).hash());
    assertNotEquals(one, train(data, options.withSeed(1), 1).hash());
  }

  @Test
  void emptyRowsAndColumnsGetZeros() {
    AlsModel model = train(random(5, 30, 20, 100, false), options(Convention.SPARK), 1);
    for (int i = 0; i < 12; i++) {
      assertEquals(0f, model.userFactors()[3 * 12 + i]);
      assertEquals(0f, model.itemFactors()[5 * 12 + i]);
    }
  }

  /** With 6 items all rows are short, with 30 most take the solver's own way. */
  @ParameterizedTest
  @EnumSource
  void rankAboveItemsStaysFinite(Solver solver) {
    for (int items : new int[] {6, 30}) {
      Interactions data = random(9, 30, items, items * items * 2, false);
      for (Convention convention : Convention.values()) {
        for (double regularization : new double[] {0, 0.01}) {
          AlsOptions options =
              options(convention)
                  .withRank(40)
                  .withRegularization(regularization)
                  .withSolver(solver);
          assertFinite(train(data, options, 1));
          assertFinite(train(data, options.withAlpha(1e6).withUnobservedWeight(0), 1));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void hugeConfidencesStayFinite(Solver solver) {
    Random random = new Random(1);
    int[] row = new int[400];
    int[] column = new int[400];
    float[] seconds = new float[400];
    for (int i = 0; i < 400; i++) {
      row[i] = random.nextInt(30);
      column[i] = random.nextInt(25);
      seconds[i] = random.nextInt(86_400);
    }
    Interactions data = Interactions.of(30, 25, row, column, seconds, Duplicates.SUM);
    AlsModel model = train(data, AlsOptions.paper("time").withSolver(solver), 1);
    assertFinite(model);
    assertNeverRises(solver.name(), model);
    for (Convention convention : Convention.values()) {
      // Confidences up to some 10^11, close to what is refused.
      AlsOptions options = options(convention).withAlpha(1e6).withSolver(solver);
      assertFinite(train(data, options.withRank(20), 1));
      assertFinite(train(data, options.withRank(80), 1));
    }
  }

  @Test
  void refusesConfidencesThatDrownAllElse() {
    Interactions data =
        Interactions.of(1, 1, new int[] {0}, new int[] {0}, new float[] {1e20f}, Duplicates.SUM);
    StrengthException e =
        assertThrows(StrengthException.class, () -> train(data, AlsOptions.paper("click"), 1));
    assertTrue(e.getMessage().contains("row 0, column 0 is 1.0E20"), e.getMessage());
    assertTrue(e.of("user 'a'").contains("the strength of user 'a' is 1.0E20"), e.of("user 'a'"));
    assertTrue(e.getMessage().contains("convention log"), e.getMessage());
    assertFinite(train(data, AlsOptions.defaults().withConvention(Convention.LOG), 1));
  }

  @ParameterizedTest
  @EnumSource
  void equalValuesAndAllNegativeValuesTrain(Solver solver) {
    int[] row = {0, 0, 1, 1, 2};
    int[] column = {0, 1, 1, 2, 0};
    float[] same = {2, 2, 2, 2, 2};
    assertFinite(
        train(
            Interactions.of(3, 3, row, column, same, Duplicates.SUM),
            options(Convention.SPARK).withSolver(solver),
            1));
    float[] negative = {-1, -1, -2, -1, -1};
    AlsModel model =
        train(
            Interactions.of(3, 3, row, column, negative, Duplicates.SUM),
            options(Convention.SPARK).withSolver(solver),
            1);
    for (float factor : model.userFactors()) {
      assertEquals(0f, factor);
    }
    Interactions full = full(30, 25);
    for (Convention convention : Convention.values()) {
      AlsModel of = train(full, options(convention).withSolver(solver), 1);
      assertFinite(of);
      assertNeverRises(solver + ", " + convention, of);
    }
  }

  /** Every pair, all of one strength: factors of rank 1 say all there is. */
  private static Interactions full(int users, int items) {
    return Interactions.of(
        users,
        items,
        sink -> {
          for (int u = 0; u < users; u++) {
            for (int i = 0; i < items; i++) {
              sink.add(u, i, 2);
            }
          }
        },
        Duplicates.SUM);
  }

  @Test
  void everyPublishedPresetTrains() {
    Interactions data = random(21, 200, 150, 3000, false);
    for (String objective : new String[] {"click", "time", "like", "share", "dislike"}) {
      AlsOptions options = AlsOptions.paper(objective);
      assertFinite(train(data, options, 2));
    }
    assertEquals(30, AlsOptions.paper("click").rank());
    assertThrows(IllegalArgumentException.class, () -> AlsOptions.paper("comment"));
  }

  @Test
  void learnsACheckerboard() {
    // User u likes item i if both are even or both are odd; one in seven of these is held out.
    int n = 40;
    Interactions data =
        Interactions.of(
            n,
            n,
            sink -> {
              for (int u = 0; u < n; u++) {
                for (int i = u % 2; i < n; i += 2) {
                  if ((u * 31 + i * 17) % 7 != 0) {
                    sink.add(u, i, 1f);
                  }
                }
              }
            },
            Duplicates.SUM);
    AlsModel model =
        train(
            data,
            AlsOptions.defaults().withRank(2).withIterations(10).withUnobservedWeight(0.01),
            1);
    for (int u = 0; u < n; u++) {
      for (int i = 0; i < n; i++) {
        double score = DenseReference.score(model, u, i);
        assertEquals((u + i) % 2 == 0 ? 1 : 0, score, 0.2, "user " + u + ", item " + i);
      }
    }
  }

  @Test
  void stopsEarlyOnceTheLossStandsStill() {
    Interactions data = random(2, 60, 40, 500, false);
    AlsModel model =
        train(data, options(Convention.IALS).withIterations(200).withTolerance(1e-3), 1);
    assertTrue(model.objectivePerSweep().length < 100);
  }

  @Test
  void theWeightOfUnobservedPairsFollowsTheDensity() {
    Interactions dense = random(2, 60, 40, 1500, false);
    Interactions sparse = random(2, 600, 400, 1500, false);
    double weight = AlsOptions.unobservedWeight(dense);
    assertTrue(weight > AlsOptions.unobservedWeight(sparse));
    AlsModel model = train(dense, AlsOptions.defaults().withIterations(1), 1);
    assertEquals(weight, model.options().unobservedWeight());
    AlsModel fixed =
        train(dense, AlsOptions.defaults().withIterations(1).withUnobservedWeight(weight), 1);
    assertEquals(model.hash(), fixed.hash());
  }

  @Test
  void optionsRefuseWhatIsOutOfRange() {
    AlsOptions options = AlsOptions.defaults();
    assertThrows(IllegalArgumentException.class, () -> options.withRank(0));
    assertThrows(IllegalArgumentException.class, () -> options.withAlpha(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> options.withRegularization(-1));
    assertThrows(IllegalArgumentException.class, () -> options.withIterations(0));
    assertThrows(IllegalArgumentException.class, () -> options.withTolerance(1));
  }

  private static void assertFinite(AlsModel model) {
    for (double loss : model.objectivePerHalfSweep()) {
      assertTrue(Double.isFinite(loss), model.options() + ": loss " + loss);
    }
    for (float factor : model.userFactors()) {
      assertTrue(Float.isFinite(factor));
    }
    for (float factor : model.itemFactors()) {
      assertTrue(Float.isFinite(factor));
    }
  }
}
