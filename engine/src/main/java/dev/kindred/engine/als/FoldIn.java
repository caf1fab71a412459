package dev.kindred.engine.als;

import dev.kindred.index.run.Workers;
import dev.kindred.simd.Distances;
import java.util.Arrays;
import java.util.Objects;

/**
 * Factors of new rows against a trained model: a user from items, or an item from users, exactly as
 * a half sweep by {@link Solver#CHOLESKY} would solve them but for rounding.
 *
 * <p>Whatever solver trained the model, a row gets the optimum for the factors of the fixed side.
 * An approximate solver takes a few steps towards it in a half sweep, so the same row in its model
 * may have a factor a little off, and a loss a little higher.
 *
 * <p>Not safe for use by several threads: each takes its own by {@link #fork()}, which shares all
 * that is large. No allocation once the longest row has been seen.
 */
public final class FoldIn {
  private final FixedSide fixed;
  private final ItemWeights rowWeights; // null if the rows are users
  private final Weighting weighting;
  private final RowSolver solver;
  private final double[] loss = new double[1];

  private FoldIn(FixedSide fixed, ItemWeights rowWeights, Weighting weighting) {
    this.fixed = fixed;
    this.rowWeights = rowWeights;
    this.weighting = weighting;
    solver = new RowSolver(fixed.rank, weighting, Solver.CHOLESKY);
  }

  /** Folds in users: entries are items. Sums the Gramian of the items once. */
  public static FoldIn users(AlsModel model, Workers workers) {
    return of(model, model.itemFactors(), model.itemWeights().shares(), null, workers);
  }

  /** Folds in items: entries are users. Sums the Gramian of the users once. */
  public static FoldIn items(AlsModel model, Workers workers) {
    return of(model, model.userFactors(), new float[0], model.itemWeights(), workers);
  }

  private static FoldIn of(
      AlsModel model, float[] factors, float[] weights, ItemWeights rowWeights, Workers workers) {
    Weighting weighting = new Weighting(model.options());
    return new FoldIn(
        FixedSide.of(factors, model.rank(), weighting.unobserved(), weights, workers),
        rowWeights,
        weighting);
  }

  /** One for another thread. */
  public FoldIn fork() {
    return new FoldIn(fixed, rowWeights, weighting);
  }

  /**
   * Writes the factor of a row to {@code factor} from {@code offset} on.
   *
   * @param ordinals of the fixed side, {@code n} of them, each once (sum or replace before)
   * @param strengths of the n entries, finite; below 0 = negative preference
   * @throws IllegalArgumentException if a strength is not finite or its confidence beyond 10^12
   */
  public void solve(int[] ordinals, float[] strengths, int n, float[] factor, int offset) {
    check(ordinals, strengths, n);
    Objects.checkFromIndexSize(offset, fixed.rank, factor.length);
    solver.next(fixed, n).read(ordinals, strengths, n);
    solver.add(fixed, rowWeight(n), factor, offset, loss, 0);
    solver.finish(fixed);
  }

  /**
   * What each entry of a row adds to its score for one ordinal of the fixed side: entry j adds b_j
   * y' A^(-1) y_j, where A is the row's matrix and b_j as in {@link Convention}. Computed in
   * doubles; allocates.
   *
   * @param candidate the ordinal that is scored
   * @param contributions gets n numbers; their float sum in this order is the score
   * @return the score
   */
  public float explain(
      int[] ordinals, float[] strengths, int n, int candidate, float[] contributions) {
    check(ordinals, strengths, n);
    Objects.checkIndex(candidate, fixed.rows);
    Objects.checkFromIndexSize(0, n, contributions.length);
    int positives = 0;
    double[] squares = new double[n];
    double[] targets = new double[n];
    for (int i = 0; i < n; i++) {
      positives += strengths[i] > 0 ? 1 : 0;
      double weight = (double) rowWeight(n) * fixed.weight(ordinals[i]);
      squares[i] = weight * weighting.square(strengths[i]);
      targets[i] = weight * weighting.target(strengths[i]);
    }
    Arrays.fill(contributions, 0, n, 0f);
    if (positives == 0) {
      return 0;
    }
    int rank = fixed.rank;
    double[] z = new double[rank];
    for (int k = 0; k < rank; k++) {
      z[k] = fixed.factors[candidate * rank + k];
    }
    double lambda = weighting.lambda(positives, fixed.rows);
    new DoubleRow(fixed, ordinals, squares, targets, n, lambda).solve(z);
    float score = 0;
    for (int i = 0; i < n; i++) {
      double product = 0;
      for (int k = 0; k < rank; k++) {
        product += z[k] * fixed.factors[ordinals[i] * rank + k];
      }
      contributions[i] = (float) (targets[i] * product);
      score += contributions[i];
    }
    return score;
  }

  private float rowWeight(int n) {
    return rowWeights == null ? 1 : rowWeights.share(n);
  }

  /** Score of a factor for one ordinal of the fixed side. */
  public float score(float[] factor, int offset, int candidate) {
    Objects.checkIndex(candidate, fixed.rows);
    return Distances.dot(factor, offset, fixed.factors, candidate * fixed.rank, fixed.rank);
  }

  private void check(int[] ordinals, float[] strengths, int n) {
    Objects.checkFromIndexSize(0, n, ordinals.length);
    Objects.checkFromIndexSize(0, n, strengths.length);
    for (int i = 0; i < n; i++) {
      Objects.checkIndex(ordinals[i], fixed.rows);
      if (!Float.isFinite(strengths[i])) {
        throw new IllegalArgumentException(
            "the strength of entry " + i + " is " + strengths[i] + "; strengths must be finite");
      }
      weighting.check(strengths[i], 0, ordinals[i]); // one row: there is no other
    }
  }
}
