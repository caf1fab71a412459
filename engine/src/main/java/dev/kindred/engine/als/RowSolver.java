package dev.kindred.engine.als;

import dev.kindred.simd.TiledPanels;
import java.util.Arrays;

/**
 * Solves the ridge regressions of rows: (B + sum a y y') x = sum b y, where B = w0 Y'Y + lambda I.
 *
 * <p>Two exact ways, for {@link LongRows} and {@link ShortRows}, both by batches: a row is solved
 * when enough others of its kind have come, or with {@link #finish}. Iterative solvers and rows
 * that floats don't do for are solved one by one.
 *
 * <p>What a row's factor is does not depend on the rows it shares a batch with.
 *
 * <p>Scratch of one worker: not safe for use by several threads. Allocates only when a row is
 * longer than any before it, or in the double-precision fallback.
 */
final class RowSolver {
  /**
   * If the squared ratio of smallest to largest pivot falls below this, the float solution is
   * improved once by its residual in doubles.
   */
  static final float REFINED_BELOW = 2e-3f;

  /** Below this floats have lost too many digits and the row is solved in doubles. */
  static final float DOUBLES_BELOW = 1e-5f;

  /** Below this share of the loss of a zero factor, a loss in floats is mostly rounding. */
  private static final double RELATIVE_LOSS_BELOW = 0.02;

  /** Longer rows are solved at once, so that a batch keeps the entries of one of them only. */
  private static final int LONGEST_KEPT = 4096;

  private final int rank;
  private final Weighting weighting;
  private final int longest; // of short rows
  private final SystemBatch systems;
  private final LongRows longRows; // null unless used
  private final GradientRow gradientRow; // null unless used
  private final BlockRow blockRow; // null unless used
  private final RowEntries[] rows; // that wait
  private final RowEntries[] batch; // whose systems are summed up
  private final double[] losses;
  private final double[] sums;
  private ShortRows shortRows; // null before the first
  private double[] exactSquares = new double[0];
  private double[] exactTargets = new double[0];
  private int waiting;
  private int count; // of the batch
  private boolean shortOnes; // whether the batch's rows are short
  private int lastPositives = -1;
  private int lastOthers;
  private double lastLambda;

  /**
   * @param solver what long rows are solved by; anything but CHOLESKY needs a turned side
   */
  RowSolver(int rank, Weighting weighting, Solver solver) {
    this.rank = rank;
    this.weighting = weighting;
    int stride = TiledPanels.padded(rank);
    boolean exact = solver == Solver.CHOLESKY;
    // Measured: the small system wins up to about three quarters of the rank against the long way,
    // up to half of it against the iterative ones.
    longest = exact ? 3 * rank / 4 : rank / 2;
    systems = new SystemBatch(exact ? stride : TiledPanels.padded(Math.max(1, longest)));
    longRows = exact ? new LongRows(rank, weighting, systems) : null;
    gradientRow = solver == Solver.CONJUGATE_GRADIENT ? new GradientRow(rank, stride) : null;
    blockRow = solver == Solver.BLOCK ? new BlockRow(rank) : null;
    rows = new RowEntries[systems.size];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new RowEntries();
    }
    batch = new RowEntries[rows.length];
    losses = new double[rows.length];
    sums = new double[stride];
  }

  /** Where the next row goes, of {@code n} entries: to be read, and then {@link #add added}. */
  RowEntries next(FixedSide fixed, int n) {
    if (n > LONGEST_KEPT) {
      finish(fixed);
    }
    return rows[waiting];
  }

  /**
   * Adds the row that {@link #next} gave. Its factor and loss are written at the latest by {@link
   * #finish}; the loss is that of its observed and unobserved pairs and its own lambda.
   *
   * @param fixed the same for all rows until the next finish
   */
  void add(
      FixedSide fixed,
      float rowWeight,
      float[] target,
      int targetOffset,
      double[] rowLosses,
      int lossIndex) {
    RowEntries row = rows[waiting++];
    row.rowWeight = rowWeight;
    row.target = target;
    row.targetOffset = targetOffset;
    row.losses = rowLosses;
    row.lossIndex = lossIndex;
    if (waiting == rows.length || row.n > LONGEST_KEPT) {
      finish(fixed);
    }
  }

  /** Solves the rows that wait. */
  void finish(FixedSide fixed) {
    int all = waiting;
    waiting = 0; // also if a row can't be solved
    for (int i = 0; i < all; i++) {
      solve(fixed, rows[i]);
    }
    solveBatch(fixed);
  }

  /** Solves a row, or puts it in the batch. */
  private void solve(FixedSide fixed, RowEntries row) {
    row.weigh(fixed, weighting);
    if (row.positives == 0) {
      // Every target is 0, so 0 is the optimum.
      Arrays.fill(row.target, row.targetOffset, row.targetOffset + rank, 0f);
      row.report(0);
      return;
    }
    row.lambda = lambda(row.positives, fixed.rows);
    boolean shortOne = takeShort(fixed, row);
    if (!shortOne && (gradientRow != null || blockRow != null)) {
      solveOne(fixed, row);
      return;
    }
    if (shortOne != shortOnes) {
      solveBatch(fixed);
      shortOnes = shortOne;
    }
    if (shortOne) {
      shortRows.add(fixed, row, count);
    } else {
      longRows.add(fixed, row, count);
    }
    batch[count++] = row;
  }

  /** Whether a row goes the short way. */
  private boolean takeShort(FixedSide fixed, RowEntries row) {
    if (!fixed.turned || !row.rootable || row.n > longest) {
      return false;
    }
    if (shortRows == null) {
      shortRows = new ShortRows(rank, longest, systems);
    }
    return shortRows.take(fixed, row);
  }

  private void solveBatch(FixedSide fixed) {
    int count = this.count;
    this.count = 0;
    if (count == 0) {
      return;
    }
    if (shortOnes) {
      shortRows.solve(batch, count, losses);
    } else {
      longRows.solve(fixed, batch, count, losses);
    }
    for (int index = 0; index < count; index++) {
      RowEntries row = batch[index];
      double loss = row.constant + losses[index] - (shortOnes ? row.explained : 0);
      if (!shortOnes && loss < RELATIVE_LOSS_BELOW * row.constant) {
        loss = exactLoss(fixed, row);
      }
      report(fixed, row, loss);
    }
  }

  /** Solves a row by steps from the factor that its target holds. */
  private void solveOne(FixedSide fixed, RowEntries row) {
    row.weighSquares(fixed, weighting);
    for (int k = 0; k < rank; k++) {
      sums[k] = fixed.diagonal[k] + row.lambda;
    }
    double loss =
        gradientRow != null
            ? gradientRow.solve(
                fixed,
                row.columns,
                row.squares,
                row.targets,
                row.n,
                sums,
                row.target,
                row.targetOffset)
            : blockRow.solve(
                fixed,
                row.columns,
                row.squares,
                row.targets,
                row.n,
                row.rootable,
                sums,
                row.target,
                row.targetOffset);
    loss += row.constant;
    report(fixed, row, loss < RELATIVE_LOSS_BELOW * row.constant ? exactLoss(fixed, row) : loss);
  }

  /** Hands out the loss; a row without a finite one is solved anew in doubles. */
  private void report(FixedSide fixed, RowEntries row, double loss) {
    if (Double.isFinite(loss)) {
      row.report(loss);
      return;
    }
    setExact(fixed, row);
    new DoubleRow(fixed, row.columns, exactSquares, exactTargets, row.n, row.lambda)
        .solve(row.target, row.targetOffset);
    row.report(exactLoss(fixed, row));
  }

  /** Lambda of a row; rows of one length follow each other, so the last one is kept. */
  private double lambda(int positives, int others) {
    if (positives != lastPositives || others != lastOthers) {
      lastPositives = positives;
      lastOthers = others;
      lastLambda = weighting.lambda(positives, others);
    }
    return lastLambda;
  }

  /** The row's loss from its definition, in doubles. */
  private double exactLoss(FixedSide fixed, RowEntries row) {
    setExact(fixed, row);
    fixed.base(row.target, row.targetOffset, row.lambda, sums);
    double loss = 0;
    for (int k = 0; k < rank; k++) {
      loss += sums[k] * row.target[row.targetOffset + k];
    }
    for (int i = 0; i < row.n; i++) {
      double s = dot(fixed.factors, row.columns[i] * rank, row.target, row.targetOffset, rank);
      loss += (exactSquares[i] * s - 2 * exactTargets[i]) * s + exactTargets[i];
    }
    return loss;
  }

  /** The weights in doubles. */
  private void setExact(FixedSide fixed, RowEntries row) {
    if (exactSquares.length < row.n) {
      exactSquares = new double[row.n + (row.n >> 1)];
      exactTargets = new double[exactSquares.length];
    }
    row.exactSquares(fixed, weighting, exactSquares);
    row.exactTargets(fixed, weighting, exactTargets);
  }

  /** In doubles, by four sums: one alone waits for its own last addition. */
  static double dot(float[] a, int aOffset, float[] b, int bOffset, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int k = 0;
    for (; k + 4 <= n; k += 4) {
      s0 += (double) a[aOffset + k] * b[bOffset + k];
      s1 += (double) a[aOffset + k + 1] * b[bOffset + k + 1];
      s2 += (double) a[aOffset + k + 2] * b[bOffset + k + 2];
      s3 += (double) a[aOffset + k + 3] * b[bOffset + k + 3];
    }
    for (; k < n; k++) {
      s0 += (double) a[aOffset + k] * b[bOffset + k];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
