package dev.kindred.jmh.compare;

import dev.kindred.engine.als.AlsModel;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.als.Convention;
import dev.kindred.engine.als.ImplicitAls;
import dev.kindred.engine.als.Solver;
import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;

/** Kindred, exact, in the convention LOG: for strengths of 1 its confidence is 1 + alpha log 2. */
final class KindredAls implements AlsPeer {
  private final Workers workers;
  private Interactions data;

  KindredAls(Workers workers) {
    this.workers = workers;
  }

  @Override
  public String title() {
    return "Kindred";
  }

  @Override
  public void load(Interactions interactions) {
    data = interactions;
  }

  @Override
  public Factors train(int rank, double lambda, double alpha, int iterations) {
    AlsOptions options =
        AlsOptions.defaults()
            .withConvention(Convention.LOG)
            .withAlpha(alpha / Math.log(2))
            .withRegularization(lambda)
            .withRank(rank)
            .withIterations(iterations)
            .withSolver(Solver.CHOLESKY);
    AlsModel model = ImplicitAls.train(data, options, workers, Progress.none());
    return new Factors(rank, doubles(model.userFactors()), doubles(model.itemFactors()));
  }

  private static double[] doubles(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
