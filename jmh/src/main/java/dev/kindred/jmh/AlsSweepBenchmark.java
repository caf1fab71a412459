package dev.kindred.jmh;

import dev.kindred.engine.als.AlsModel;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.als.FoldIn;
import dev.kindred.engine.als.ImplicitAls;
import dev.kindred.engine.als.Solver;
import dev.kindred.engine.als.SyntheticInteractions;
import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One full iteration of ALS (users, then items) on a power-law matrix of 10,000 x 5,000 with a
 * million entries, one thread; and folding in one user with 100 items.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class AlsSweepBenchmark {
  @Param({"32", "64", "128", "256"})
  public int rank;

  @Param({"CHOLESKY", "CONJUGATE_GRADIENT", "BLOCK"})
  public Solver solver;

  private Workers workers;
  private Interactions data;
  private AlsOptions options;
  private FoldIn foldIn;
  private int[] items;
  private float[] strengths;
  private float[] factor;

  @Setup(Level.Trial)
  public void setUp() {
    workers = Workers.of(1);
    data = SyntheticInteractions.generate(10_000, 5_000, 1_000_000, 1);
    options = AlsOptions.defaults().withRank(rank).withIterations(1).withSolver(solver);
    AlsModel model = ImplicitAls.train(data, options, workers, Progress.none());
    double[] losses = model.objectivePerHalfSweep();
    if (!(losses[1] <= losses[0])) {
      throw new IllegalStateException("the loss rose from " + losses[0] + " to " + losses[1]);
    }
    foldIn = FoldIn.users(model, workers);
    items = new int[100];
    strengths = new float[100];
    for (int i = 0; i < 100; i++) {
      items[i] = 50 * i;
      strengths[i] = 1;
    }
    factor = new float[rank];
  }

  @TearDown(Level.Trial)
  public void tearDown() {
    workers.close();
  }

  @Benchmark
  public AlsModel sweep() {
    return ImplicitAls.train(data, options, workers, Progress.none());
  }

  @Benchmark
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public float[] foldInOfAHundred() {
    foldIn.solve(items, strengths, 100, factor, 0);
    return factor;
  }
}
