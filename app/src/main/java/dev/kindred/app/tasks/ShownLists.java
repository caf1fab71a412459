package dev.kindred.app.tasks;

import dev.kindred.app.config.MmoeSpec.Lists;
import dev.kindred.engine.data.ReadLimits;
import dev.kindred.engine.data.TextColumns;
import dev.kindred.engine.mmoe.TaskLabels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Ranks shown lists again by a score and asks how high the clicked rows come.
 *
 * <p>A click low in the list is rarer evidence than one at the top, where more people look: the
 * examination-weighted NDCG divides each click by the probability that its place was looked at,
 * taken from the click rates of the training rows by place relative to the best place, and not
 * below a bound (clipped inverse propensity scores; Joachims et al., WSDM 2017). That curve is the
 * same for every model. Immutable.
 */
public final class ShownLists {
  /**
   * How high clicked rows come in the lists with a click.
   *
   * @param raw every click counts the same; mean over the lists; NaN without a list
   * @param weighted a click counts 1 / (probability that its place was looked at); the sum over the
   *     lists divided by the sum of their best, for within a list of one click a weight has no
   *     effect; NaN without a list
   * @param lists with at least one click
   */
  public record Ndcg(double raw, double weighted, int lists) {}

  private final double[] positions;
  private final Map<Integer, List<Integer>> testLists = new TreeMap<>();
  private final Map<Double, Double> looked = new HashMap<>();
  private final TaskLabels labels;
  private final int task;
  private final double clip;

  /** Groups the test rows of a table. */
  public ShownLists(
      TextColumns table, Lists lists, TaskLabels labels, RowSplit split, ReadLimits limits) {
    this.labels = labels;
    clip = lists.clip();
    task = labels.tasks().stream().map(t -> t.name()).toList().indexOf(lists.task());
    positions = table.numbers(lists.position(), limits);
    int[] groups = table.groups(lists.group());
    for (int row : split.test()) {
      if (groups[row] != TextColumns.MISSING) { // else it stands in no list
        testLists.computeIfAbsent(groups[row], g -> new ArrayList<>()).add(row);
      }
    }
    Map<Double, double[]> counts = new HashMap<>();
    for (int row : split.train()) {
      double[] count = counts.computeIfAbsent(positions[row], p -> new double[2]);
      count[0] += clicked(row) ? 1 : 0;
      count[1]++;
    }
    double best = counts.values().stream().mapToDouble(c -> c[0] / c[1]).max().orElse(0);
    counts.forEach((p, c) -> looked.put(p, best > 0 ? c[0] / c[1] / best : 1));
  }

  private boolean clicked(int row) {
    return labels.label(task, row) == 1;
  }

  /** Index of the task whose score ranks. */
  public int task() {
    return task;
  }

  /**
   * Rows of equal scores count by their expectation in a random order: the order of the table is
   * most often the one in which the list was shown, and a model that tells no rows apart would earn
   * what that order does.
   *
   * @param score of each row of the table; rows that are in no test part are not read
   */
  public Ndcg of(Map<Integer, Float> score) {
    double raw = 0;
    double weighted = 0;
    double best = 0;
    int counted = 0;
    for (List<Integer> rows : testLists.values()) {
      if (rows.stream().noneMatch(this::clicked)) {
        continue;
      }
      List<Integer> ranked = new ArrayList<>(rows);
      // 0 - score and not -score: a score of 0 ties with one of -0
      ranked.sort(Comparator.comparingDouble((Integer row) -> 0.0 - score.get(row)));
      double[] plain = ranked.stream().mapToDouble(row -> clicked(row) ? 1 : 0).toArray();
      double[] gains = ranked.stream().mapToDouble(this::gain).toArray();
      int[] ends = tieEnds(ranked, score);
      raw += dcg(shared(plain, ends)) / dcg(ideal(plain));
      weighted += dcg(shared(gains, ends));
      best += dcg(ideal(gains));
      counted++;
    }
    return new Ndcg(raw / counted, weighted / best, counted);
  }

  /** For each place of a ranked list the first place, exclusive, that has a lower score. */
  private static int[] tieEnds(List<Integer> ranked, Map<Integer, Float> score) {
    int[] ends = new int[ranked.size()];
    for (int i = ends.length - 1; i >= 0; i--) {
      boolean tied =
          i + 1 < ends.length && (float) score.get(ranked.get(i)) == score.get(ranked.get(i + 1));
      ends[i] = tied ? ends[i + 1] : i + 1;
    }
    return ends;
  }

  /**
   * Gains by place where rows of equal scores each have the mean of theirs: DCG is linear in the
   * gains, so that of the means is the expectation over the orders of the tied rows.
   */
  private static double[] shared(double[] gains, int[] ends) {
    double[] shared = new double[gains.length];
    for (int from = 0; from < gains.length; from = ends[from]) {
      double mean = Arrays.stream(gains, from, ends[from]).average().orElseThrow();
      Arrays.fill(shared, from, ends[from], mean);
    }
    return shared;
  }

  private double gain(int row) {
    return clicked(row) ? 1 / Math.max(clip, looked.getOrDefault(positions[row], 0.0)) : 0;
  }

  private static double[] ideal(double[] gains) {
    double[] rising = gains.clone();
    Arrays.sort(rising);
    double[] falling = new double[gains.length];
    for (int i = 0; i < gains.length; i++) {
      falling[i] = rising[gains.length - 1 - i];
    }
    return falling;
  }

  private static double dcg(double[] gains) {
    double sum = 0;
    for (int i = 0; i < gains.length; i++) {
      sum += gains[i] * Math.log(2) / Math.log(i + 2);
    }
    return sum;
  }

  /**
   * The mean of a value over the test rows of each place.
   *
   * @param rows of the table
   * @param values of those rows
   * @return by place, rising
   */
  public Map<Double, Double> byPosition(int[] rows, float[] values) {
    Map<Double, double[]> sums = new TreeMap<>();
    for (int i = 0; i < rows.length; i++) {
      double[] sum = sums.computeIfAbsent(positions[rows[i]], p -> new double[2]);
      sum[0] += values[i];
      sum[1]++;
    }
    Map<Double, Double> means = new TreeMap<>();
    sums.forEach((p, sum) -> means.put(p, sum[0] / sum[1]));
    return means;
  }

  /**
   * Spearman's rank correlation of the values of a rising map with its keys; NaN if the values are
   * fewer than two or all equal.
   */
  public static double rankCorrelation(Map<Double, Double> curve) {
    double[] values = curve.values().stream().mapToDouble(d -> d).toArray();
    if (Arrays.stream(values).distinct().count() < 2) {
      return Double.NaN;
    }
    int n = values.length;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      int below = 0;
      int equal = 0;
      for (double other : values) {
        below += other < values[i] ? 1 : 0;
        equal += other == values[i] ? 1 : 0;
      }
      double rank = below + (equal - 1) / 2.0;
      sum += (rank - (n - 1) / 2.0) * (i - (n - 1) / 2.0);
    }
    return sum / (n * ((double) n * n - 1) / 12);
  }
}
