package dev.kindred.engine.als;

import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.Arrays;
import java.util.Locale;

/**
 * Matrix factorisation of implicit feedback by alternating least squares: with one side fixed,
 * every row of the other is a ridge regression with a closed form.
 *
 * <p>Hu, Koren and Volinsky, "Collaborative Filtering for Implicit Feedback Datasets" (2008); the
 * conventions are those of {@link Convention}. The same options and data give the same bits for any
 * number of threads.
 *
 * <p>Stateless.
 */
public final class ImplicitAls {
  private ImplicitAls() {}

  /**
   * Trains on {@code data} [users x items].
   *
   * <p>Rows and columns without a positive entry get zero factors. A rank above the number of rows
   * or columns is allowed and only wastes time.
   *
   * @throws StrengthException if a strength's confidence is beyond 10^12
   * @throws IllegalArgumentException if the factors of one side don't fit an array
   */
  public static AlsModel train(
      Interactions data, AlsOptions wished, Workers workers, Progress progress) {
    AlsOptions options = wished.resolvedFor(data);
    int rank = options.rank();
    Weighting weighting = new Weighting(options);
    checkStrengths(data, weighting);
    float[] users = factors("users", data.rows(), rank);
    float[] items = factors("items", data.columns(), rank);
    initialize(items, rank, options.seed(), workers);
    Interactions byItem = data.transposed();
    ItemWeights itemWeights = ItemWeights.of(byItem, options);
    Side userSide = new Side(data, weighting, new float[0], itemWeights.shares());
    Side itemSide = new Side(byItem, weighting, itemWeights.shares(), new float[0]);
    Solver solver = options.solver().forRank(rank);
    boolean warm = solver != Solver.CHOLESKY;
    RowSolver[] solvers = new RowSolver[workers.threads()];
    for (int i = 0; i < solvers.length; i++) {
      solvers[i] = new RowSolver(rank, weighting, solver);
    }
    double[] losses = new double[2 * options.iterations()];
    int halves = 0;
    try (Progress.Stage stage =
        progress.stage("ALS, rank " + rank, (long) options.iterations() * 2 * data.size())) {
      for (int iteration = 0; iteration < options.iterations(); iteration++) {
        double loss = userSide.sweep(items, users, rank, warm, solvers, workers, stage);
        losses[halves++] = loss + itemSide.ridge(items, rank);
        loss = itemSide.sweep(users, items, rank, warm, solvers, workers, stage);
        losses[halves++] = loss + userSide.ridge(users, rank);
        stage.note(String.format(Locale.ROOT, "loss %.6g", losses[halves - 1]));
        if (iteration > 0
            && losses[halves - 3] - losses[halves - 1]
                < options.tolerance() * Math.abs(losses[halves - 3])) {
          break;
        }
      }
    }
    return new AlsModel(users, items, itemWeights, Arrays.copyOf(losses, halves), options);
  }

  private static void checkStrengths(Interactions data, Weighting weighting) {
    for (int row = 0; row < data.rows(); row++) {
      long end = data.uniform() ? Math.min(data.end(row), data.start(row) + 1) : data.end(row);
      for (long i = data.start(row); i < end; i++) {
        weighting.check(data.value(i), row, data.column(i));
      }
    }
  }

  private static float[] factors(String side, int rows, int rank) {
    if ((long) rows * rank > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException(
          rows
              + " "
              + side
              + " at rank "
              + rank
              + " need "
              + (long) rows * rank
              + " floats, more than one array holds (about 2^31): lower the rank to "
              + (Integer.MAX_VALUE - 64) / rows);
    }
    return new float[rows * rank];
  }

  /** Normal draws of standard deviation 0.1 / sqrt(rank), as iALS starts. */
  private static void initialize(float[] items, int rank, long seed, Workers workers) {
    double deviation = 0.1 / Math.sqrt(rank);
    workers.forEachRange(
        items.length / rank,
        1024,
        (from, to, worker) -> {
          Draws draws = Draws.of(seed, "als.items");
          for (int row = (int) from; row < to; row++) {
            draws.reset(row);
            for (int i = 0; i < rank; i++) {
              items[row * rank + i] = (float) (draws.nextGaussian() * deviation);
            }
          }
        });
  }
}
