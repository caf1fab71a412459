package dev.kindred.engine.als;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.run.Workers;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowSolverTest {
  private static final int OTHERS = 6000;

  private static FixedSide side(int rank, long seed, boolean turned) {
    Random random = new Random(seed);
    float[] factors = new float[OTHERS * rank];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) (0.3 * random.nextGaussian());
    }
    try (Workers workers = Workers.of(1)) {
      return turned
          ? FixedSide.turn(factors, rank, 0.01, new float[0], workers)
          : FixedSide.of(factors, rank, 0.01, new float[0], workers);
    }
  }

  /** Lengths on both sides of all that is decided by them, in no order. */
  private static int[] lengths(int rank) {
    int longest = 3 * rank / 4;
    return new int[] {
      0, 3, longest, 1, longest + 1, rank, 4096, 2, longest, 4097, 100, 0, longest + 1, 7, 1, 50, 33
    };
  }

  private static int[] columns(int row, int n) {
    Random random = new Random(row);
    return random.ints(0, OTHERS).distinct().limit(n).toArray();
  }

  private static float[] strengths(int row, int n, boolean mixed) {
    Random random = new Random(100 + row);
    float[] strengths = new float[n];
    for (int i = 0; i < n; i++) {
      strengths[i] = mixed ? random.nextInt(4) - 0.5f : 1;
    }
    return strengths;
  }

  /** Factors of all rows, then their losses. */
  private static double[] solve(
      RowSolver solver, FixedSide fixed, int rank, boolean mixed, boolean oneByOne) {
    int[] lengths = lengths(rank);
    float[] factors = new float[lengths.length * rank];
    double[] losses = new double[lengths.length];
    for (int row = 0; row < lengths.length; row++) {
      int n = lengths[row];
      solver.next(fixed, n).read(columns(row, n), strengths(row, n, mixed), n);
      solver.add(fixed, 1 + row % 3, factors, row * rank, losses, row);
      if (oneByOne) {
        solver.finish(fixed);
      }
    }
    solver.finish(fixed);
    double[] all = new double[factors.length + losses.length];
    for (int i = 0; i < factors.length; i++) {
      all[i] = factors[i];
    }
    System.arraycopy(losses, 0, all, factors.length, losses.length);
    return all;
  }

  @Test
  void bitsDoNotDependOnTheBatch() {
    for (int rank : new int[] {1, 2, 5, 15, 17, 30, 50}) {
      for (Convention convention : Convention.values()) {
        for (double alpha : new double[] {0.7, 1e4}) {
          for (boolean turned : new boolean[] {true, false}) {
            AlsOptions options =
                ImplicitAlsTest.options(convention).withRank(rank).withAlpha(alpha);
            Weighting weighting = new Weighting(options);
            FixedSide fixed = side(rank, 1, turned);
            RowSolver together = new RowSolver(rank, weighting, Solver.CHOLESKY);
            RowSolver apart = new RowSolver(rank, weighting, Solver.CHOLESKY);
            String which = convention + ", rank " + rank + ", alpha " + alpha + ", " + turned;
            for (boolean mixed : new boolean[] {false, true}) {
              assertArrayEquals(
                  solve(apart, fixed, rank, mixed, true),
                  solve(together, fixed, rank, mixed, false),
                  which);
            }
          }
        }
      }
    }
  }

  /** Rows of one, two and three blocks, with entries for one gathered panel of a block or two. */
  @Test
  void blocksConvergeToTheExactRow() {
    for (int rank : new int[] {64, 65, 128, 150}) {
      FixedSide fixed = side(rank, 4, true);
      for (Convention convention : Convention.values()) {
        AlsOptions options = ImplicitAlsTest.options(convention).withRank(rank).withAlpha(0.7);
        Weighting weighting = new Weighting(options);
        RowSolver exactly = new RowSolver(rank, weighting, Solver.CHOLESKY);
        RowSolver byBlocks = new RowSolver(rank, weighting, Solver.BLOCK);
        for (int n : new int[] {rank / 2 + 1, 300, 1500}) {
          String which = convention + ", rank " + rank + ", " + n + " entries";
          float[] exact = new float[rank];
          double[] exactLoss = new double[1];
          add(exactly, fixed, n, exact, exactLoss);
          float[] factor = new float[rank];
          double[] loss = new double[1];
          double before = Double.MAX_VALUE;
          for (int step = 0; step < 40; step++) {
            add(byBlocks, fixed, n, factor, loss);
            assertTrue(
                loss[0] <= before + 1e-5 * Math.abs(before),
                which + ", step " + step + ": " + before + " to " + loss[0]);
            before = loss[0];
          }
          assertEquals(exactLoss[0], loss[0], 1e-4 * Math.abs(exactLoss[0]), which);
          float largest = 0;
          for (float value : exact) {
            largest = Math.max(largest, Math.abs(value));
          }
          assertArrayEquals(exact, factor, 1e-3f * largest, which);
        }
      }
    }
  }

  /** At rank 1 its loss is infinite, at 20 NaN. */
  @Test
  void aFactorThatOverflowsIsSolvedAnew() {
    for (int rank : new int[] {1, 20}) {
      FixedSide fixed = side(rank, 5, true);
      Weighting weighting = new Weighting(ImplicitAlsTest.options(Convention.IALS).withRank(rank));
      float[] exact = new float[rank];
      double[] exactLoss = new double[1];
      add(new RowSolver(rank, weighting, Solver.CHOLESKY), fixed, 30, exact, exactLoss);
      for (Solver solver : new Solver[] {Solver.CONJUGATE_GRADIENT, Solver.BLOCK}) {
        float[] factor = new float[rank];
        Arrays.fill(factor, 3e38f);
        double[] loss = new double[1];
        add(new RowSolver(rank, weighting, solver), fixed, 30, factor, loss);
        assertArrayEquals(exact, factor, 1e-4f, solver + ", rank " + rank);
        assertEquals(exactLoss[0], loss[0], 1e-4 * exactLoss[0], solver + ", rank " + rank);
      }
    }
  }

  private static void add(RowSolver solver, FixedSide fixed, int n, float[] factor, double[] loss) {
    solver.next(fixed, n).read(columns(n, n), strengths(n, n, true), n);
    solver.add(fixed, 1, factor, 0, loss, 0);
    solver.finish(fixed);
  }

  @Test
  void aSolverForgetsTheSideBefore() {
    int rank = 20;
    Weighting weighting = new Weighting(ImplicitAlsTest.options(Convention.IALS).withRank(rank));
    RowSolver used = new RowSolver(rank, weighting, Solver.CHOLESKY);
    for (long seed = 1; seed <= 3; seed++) {
      FixedSide fixed = side(rank, seed, true);
      RowSolver fresh = new RowSolver(rank, weighting, Solver.CHOLESKY);
      assertArrayEquals(
          solve(fresh, fixed, rank, true, false), solve(used, fixed, rank, true, false));
    }
  }

  /** Factors of NaN, as a training that went wrong would have them, leave nothing behind. */
  @Test
  void aSolverIsSoundAfterAnException() {
    int rank = 20;
    Weighting weighting = new Weighting(ImplicitAlsTest.options(Convention.IALS).withRank(rank));
    RowSolver used = new RowSolver(rank, weighting, Solver.CHOLESKY);
    FixedSide fixed = side(rank, 1, true);
    FixedSide broken = side(rank, 2, true);
    Arrays.fill(broken.factors, Float.NaN);
    for (int i = 0; i < 20; i++) {
      int n = i % 2 == 0 ? 5 : 30;
      try {
        used.next(broken, n).read(columns(i, n), strengths(i, n, false), n);
        used.add(broken, 1, new float[rank], 0, new double[1], 0);
        used.finish(broken);
      } catch (IllegalStateException e) {
        // What it is here for.
      }
    }
    RowSolver fresh = new RowSolver(rank, weighting, Solver.CHOLESKY);
    assertArrayEquals(
        solve(fresh, fixed, rank, true, false), solve(used, fixed, rank, true, false));
  }
}
