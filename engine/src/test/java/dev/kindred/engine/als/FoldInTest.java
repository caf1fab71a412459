package dev.kindred.engine.als;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.Allocation;
import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FoldInTest {

  @ParameterizedTest
  @EnumSource
  void itemsEqualWhatTheLastHalfSweepGave(Convention convention) {
    Interactions data = ImplicitAlsTest.random(5, 90, 60, 900, true);
    AlsModel model = ImplicitAlsTest.train(data, ImplicitAlsTest.options(convention), 1);
    try (Workers workers = Workers.of(1)) {
      FoldIn items = FoldIn.items(model, workers);
      assertFoldsIn(items, data.transposed(), model.itemFactors(), model.rank(), "item");
    }
  }

  /** Whatever solver trained the model: the fold-in is the optimum for its items. */
  @ParameterizedTest
  @EnumSource
  void usersEqualAnExactHalfSweep(Convention convention) {
    Interactions data = ImplicitAlsTest.random(5, 90, 60, 900, true);
    for (Solver solver : Solver.values()) {
      AlsOptions options = ImplicitAlsTest.options(convention).withSolver(solver);
      AlsModel trained = ImplicitAlsTest.train(data, options, 1);
      Weighting weighting = new Weighting(options);
      float[] items = trained.itemFactors().clone();
      float[] users = new float[trained.userFactors().length];
      RowSolver[] exact = {new RowSolver(trained.rank(), weighting, Solver.CHOLESKY)};
      try (Workers workers = Workers.of(1)) {
        // The sweep turns the items to axes in which its users lie; the fold-in is to have the
        // same.
        new Side(data, weighting, new float[0], trained.itemWeights().shares())
            .sweep(
                items, users, trained.rank(), false, exact, workers, Progress.none().stage("", 1));
        AlsModel turned =
            new AlsModel(users, items, trained.itemWeights(), new double[0], trained.options());
        assertFoldsIn(
            FoldIn.users(turned, workers), data, users, trained.rank(), solver + ", user");
      }
    }
  }

  /** Every row of {@code data} [rows x fixed side] folds in to its expected factor. */
  private static void assertFoldsIn(
      FoldIn foldIn, Interactions data, float[] expected, int rank, String which) {
    float[] factor = new float[rank + 1];
    for (int row = 0; row < data.rows(); row++) {
      int n = (int) data.count(row);
      int[] ordinals = new int[n];
      float[] strengths = new float[n];
      data.copyColumns(data.start(row), n, ordinals, 0);
      data.copyValues(data.start(row), n, strengths, 0);
      foldIn.solve(ordinals, strengths, n, factor, 1);
      float largest = 0;
      for (int k = 0; k < rank; k++) {
        largest = Math.max(largest, Math.abs(expected[row * rank + k]));
      }
      for (int k = 0; k < rank; k++) {
        assertEquals(
            expected[row * rank + k],
            factor[1 + k],
            1e-4 * largest,
            which + " " + row + ", factor " + k);
      }
    }
  }

  @Test
  void contributionsSumToTheScoreOfTheFoldedInUser() {
    Interactions data = ImplicitAlsTest.random(8, 90, 60, 900, false);
    for (Convention convention : Convention.values()) {
      AlsModel model = ImplicitAlsTest.train(data, ImplicitAlsTest.options(convention), 1);
      try (Workers workers = Workers.of(1)) {
        FoldIn users = FoldIn.users(model, workers).fork();
        int[] items = {3, 7, 20, 41};
        float[] strengths = {1, 2, -1, 0.5f};
        float[] factor = new float[model.rank()];
        float[] contributions = new float[4];
        users.solve(items, strengths, 4, factor, 0);
        for (int candidate = 0; candidate < 60; candidate++) {
          float score = users.explain(items, strengths, 4, candidate, contributions);
          float sum = 0;
          for (float contribution : contributions) {
            sum += contribution;
          }
          assertEquals(score, sum, "bit for bit");
          assertEquals(0f, contributions[2] + 0f, "a negative preference has the target 0");
          assertEquals(
              users.score(factor, 0, candidate), score, 1e-4, convention + " " + candidate);
        }
      }
    }
  }

  @Test
  void allocatesNothing() throws IOException, InterruptedException {
    Allocation.assertNone(bytesOnceCompiled(), FoldInTest.class);
  }

  /** Prints what {@link #bytesOnceCompiled} returns: how the test asks a fresh JVM. */
  public static void main(String[] args) {
    System.out.println(bytesOnceCompiled());
  }

  /** Bytes of the leanest of many batches of users. */
  private static long bytesOnceCompiled() {
    Interactions data = ImplicitAlsTest.random(9, 300, 200, 9000, false);
    AlsModel model = ImplicitAlsTest.train(data, AlsOptions.defaults().withIterations(2), 1);
    int[] items = new int[100];
    float[] strengths = new float[100];
    for (int i = 0; i < 100; i++) {
      items[i] = 2 * i;
      strengths[i] = 1;
    }
    float[] factor = new float[model.rank()];
    try (Workers workers = Workers.of(1)) {
      FoldIn users = FoldIn.users(model, workers);
      return Allocation.bytesOf(
          () -> {
            for (int i = 0; i < 100; i++) {
              users.solve(items, strengths, 100, factor, 0);
            }
          });
    }
  }

  @Test
  void usersWithoutPositivesGetZeros() {
    AlsModel model =
        ImplicitAlsTest.train(
            ImplicitAlsTest.random(1, 40, 30, 300, false),
            ImplicitAlsTest.options(Convention.SPARK),
            1);
    try (Workers workers = Workers.of(1)) {
      FoldIn users = FoldIn.users(model, workers);
      float[] factor = new float[model.rank()];
      users.solve(new int[] {2}, new float[] {-1}, 1, factor, 0);
      assertArrayEquals(new float[model.rank()], factor);
      users.solve(new int[0], new float[0], 0, factor, 0);
      assertArrayEquals(new float[model.rank()], factor);
      assertEquals(0, users.explain(new int[0], new float[0], 0, 1, new float[0]));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> users.solve(new int[] {30}, new float[] {1}, 1, factor, 0));
      assertThrows(
          IllegalArgumentException.class,
          () -> users.solve(new int[] {3}, new float[] {Float.NaN}, 1, factor, 0));
    }
  }

  @Test
  void similarItemsAreTrueCosines() {
    AlsModel model =
        ImplicitAlsTest.train(
            ImplicitAlsTest.random(4, 60, 40, 500, false),
            ImplicitAlsTest.options(Convention.IALS),
            1);
    List<AlsModel.SimilarItem> similar = model.similarItems(7, 5);
    assertEquals(5, similar.size());
    float previous = 1.0001f;
    for (AlsModel.SimilarItem s : similar) {
      double dot = 0;
      double left = 0;
      double right = 0;
      for (int k = 0; k < model.rank(); k++) {
        float a = model.itemFactors()[7 * model.rank() + k];
        float b = model.itemFactors()[s.item() * model.rank() + k];
        dot += a * b;
        left += a * a;
        right += b * b;
      }
      assertEquals(dot / Math.sqrt(left * right), s.cosine(), 1e-5);
      assertTrue(s.cosine() <= previous && s.item() != 7);
      previous = s.cosine();
    }
    // Item 5 has no interactions: it is similar to nothing.
    assertTrue(model.similarItems(7, 100).stream().noneMatch(s -> s.item() == 5));
  }
}
