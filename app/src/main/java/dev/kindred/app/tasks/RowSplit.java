package dev.kindred.app.tasks;

import dev.kindred.app.config.MmoeSpec.Split;
import dev.kindred.engine.data.ReadLimits;
import dev.kindred.engine.data.TextColumns;
import dev.kindred.index.run.Draws;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The rows of a table for training, validation and test, each in the order of the table.
 *
 * <p>Immutable but for its arrays, which nobody writes.
 */
public final class RowSplit {
  private final int[] train;
  private final int[] validation;
  private final int[] test;

  private RowSplit(int[] train, int[] validation, int[] test) {
    this.train = train;
    this.validation = validation;
    this.test = test;
  }

  /** Splits a table. */
  public static RowSplit of(TextColumns table, Split split, ReadLimits limits) {
    double[] place =
        switch (split.by()) {
          case RANDOM -> drawn(table.rows(), IntStream.range(0, table.rows()).toArray(), split);
          case COLUMN -> drawn(table.rows(), table.codes(split.column()), split);
          case TIME -> byTime(table.numbers(split.column(), limits));
        };
    double trained = 1 - split.validation() - split.test();
    return new RowSplit(
        rows(place, Double.NEGATIVE_INFINITY, trained),
        rows(place, trained, 1 - split.test()),
        rows(place, 1 - split.test(), Double.POSITIVE_INFINITY));
  }

  private static double[] drawn(int rows, int[] keys, Split split) {
    Draws draws = Draws.of(split.seed(), "tasks.split");
    double[] place = new double[rows];
    for (int row = 0; row < rows; row++) {
      draws.reset(keys[row]);
      place[row] = draws.nextDouble();
    }
    return place;
  }

  /** Share of the rows that are earlier; rows of equal time stay in one part. */
  private static double[] byTime(double[] times) {
    double[] sorted = Arrays.stream(times).map(t -> Double.isNaN(t) ? 0 : t).sorted().toArray();
    double[] place = new double[times.length];
    for (int row = 0; row < times.length; row++) {
      int earlier = countBelow(sorted, Double.isNaN(times[row]) ? 0 : times[row]);
      place[row] = (double) earlier / times.length;
    }
    return place;
  }

  private static int countBelow(double[] sorted, double limit) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < limit) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int[] rows(double[] place, double from, double to) {
    return IntStream.range(0, place.length)
        .filter(row -> place[row] >= from && place[row] < to)
        .toArray();
  }

  /** Rows to learn from. */
  public int[] train() {
    return train;
  }

  /** Rows to stop training by. */
  public int[] validation() {
    return validation;
  }

  /** Rows to measure on. */
  public int[] test() {
    return test;
  }
}
