package dev.kindred.engine.als;

import dev.kindred.engine.data.Interactions;
import java.util.Arrays;

/**
 * The entries of one row and their weights in its regression: (B + sum a y y') x = sum b y.
 *
 * <p>Scratch of one worker, filled anew for every row; grows to the longest that it held.
 */
final class RowEntries {
  int n;

  /** Ordinals of the fixed side [n]. */
  int[] columns = new int[64];

  float[] strengths = new float[64];

  /** Roots of a [n]; see {@link #weigh}. */
  float[] roots = new float[64];

  /** b over the root of a [n]. */
  float[] rootTargets = new float[64];

  /** a [n]; see {@link #weighSquares}. */
  float[] squares = new float[0];

  /** b [n]. */
  float[] targets = new float[0];

  /** Entries with a strength above 0. */
  int positives;

  double lambda;

  /** The loss of the observed pairs where all are predicted as 0. */
  double constant;

  /** Sum of b b / a: what a perfect prediction of the observed pairs takes from the constant. */
  double explained;

  /** Whether every a has a root that b can be divided by. */
  boolean rootable;

  // Where the results go.
  float[] target;
  int targetOffset;
  double[] losses;
  int lossIndex;

  /** The row's own share in the weight of its entries. */
  float rowWeight;

  private Interactions uniformOf; // whose one strength fills strengths; null = none

  /** Makes room for a row of {@code length} entries, whose columns and strengths come next. */
  private void start(int length) {
    n = length;
    if (columns.length < length) {
      int room = length + (length >> 1);
      columns = new int[room];
      strengths = new float[room];
      roots = new float[room];
      rootTargets = new float[room];
      uniformOf = null;
    }
  }

  /** Takes a row of {@code data}. */
  void read(Interactions data, int row) {
    long first = data.start(row);
    start((int) data.count(row));
    data.copyColumns(first, n, columns, 0);
    if (!data.uniform()) {
      data.copyValues(first, n, strengths, 0);
      uniformOf = null;
    } else if (n > 0 && uniformOf != data) {
      Arrays.fill(strengths, data.value(first));
      uniformOf = data;
    }
  }

  /** Takes a row of arrays. */
  void read(int[] ordinals, float[] values, int length) {
    start(length);
    System.arraycopy(ordinals, 0, columns, 0, length);
    System.arraycopy(values, 0, strengths, 0, length);
    uniformOf = null;
  }

  /** Sets the roots of all weights, and what is said of the row as a whole but for lambda. */
  void weigh(FixedSide fixed, Weighting weighting) {
    positives = 0;
    constant = 0;
    explained = 0;
    rootable = true;
    double rowRoot = Math.sqrt(rowWeight);
    // Neighbours often have one strength, and all plain clicks do: runs are worked off together.
    for (int i = 0; i < n; ) {
      float strength = strengths[i];
      int end = runEnd(i);
      double square = weighting.square(strength);
      double linear = weighting.target(strength);
      double root = square > 0 ? Math.sqrt(square) : 0;
      double rootLinear = square > 0 ? linear / root : 0;
      rootable &= square > 0 || (square == 0 && linear == 0);
      double weight =
          rowWeight
              * weighRun(fixed, i, end, (float) (rowRoot * root), (float) (rowRoot * rootLinear));
      positives += strength > 0 ? end - i : 0;
      constant += weight * linear;
      explained += weight * rootLinear * rootLinear;
      i = end;
    }
  }

  private int runEnd(int from) {
    float strength = strengths[from];
    int end = from + 1;
    while (end < n && strengths[end] == strength) {
      end++;
    }
    return end;
  }

  /** Weighs entries [from, to), which have one strength; returns the sum of their shares. */
  private double weighRun(FixedSide fixed, int from, int to, float root, float rootTarget) {
    if (!fixed.weighted) {
      Arrays.fill(roots, from, to, root);
      Arrays.fill(rootTargets, from, to, rootTarget);
      return to - from;
    }
    double sum = 0;
    for (int i = from; i < to; i++) {
      float shareRoot = fixed.weightRoot(columns[i]);
      roots[i] = shareRoot * root;
      rootTargets[i] = shareRoot * rootTarget;
      sum += (double) shareRoot * shareRoot;
    }
    return sum;
  }

  /** Sets squares and targets, for solvers that work without roots. */
  void weighSquares(FixedSide fixed, Weighting weighting) {
    if (squares.length < n) {
      squares = new float[columns.length];
      targets = new float[columns.length];
    }
    for (int i = 0; i < n; ) {
      int end = runEnd(i);
      double square = weighting.square(strengths[i]);
      double linear = weighting.target(strengths[i]);
      for (; i < end; i++) {
        double weight = rowWeight * (double) fixed.weight(columns[i]);
        squares[i] = (float) (weight * square);
        targets[i] = (float) (weight * linear);
      }
    }
  }

  /** a in doubles, for the few rows that need it. */
  void exactSquares(FixedSide fixed, Weighting weighting, double[] exact) {
    for (int i = 0; i < n; i++) {
      exact[i] = weight(fixed, i) * weighting.square(strengths[i]);
    }
  }

  /** b in doubles. */
  void exactTargets(FixedSide fixed, Weighting weighting, double[] exact) {
    for (int i = 0; i < n; i++) {
      exact[i] = weight(fixed, i) * weighting.target(strengths[i]);
    }
  }

  private double weight(FixedSide fixed, int i) {
    return (double) rowWeight * fixed.weight(columns[i]);
  }

  /** Hands out the results: the factor is in its place already. */
  void report(double loss) {
    losses[lossIndex] = loss;
  }
}
