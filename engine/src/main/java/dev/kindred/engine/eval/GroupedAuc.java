package dev.kindred.engine.eval;

import java.util.Arrays;

/**
 * AUC within each group, for instance a user's examples, averaged by the groups' sizes (Zhou et
 * al., "Deep Interest Network for Click-Through Rate Prediction", 2018): telling users apart gains
 * nothing here, only ordering one user's items does.
 *
 * @param auc in [0, 1]; NaN if every group was left out
 * @param groups how many count
 * @param leftOut how many hold only positives or only negatives, so that they have no AUC
 */
public record GroupedAuc(double auc, int groups, int leftOut) {

  /**
   * Computes it.
   *
   * @param scores one per example, any scale; not NaN
   * @param positive whether each example is a positive
   * @param group of each example, from 0 on
   */
  public static GroupedAuc of(float[] scores, boolean[] positive, int[] group) {
    int n = scores.length;
    if (positive.length != n || group.length != n) {
      throw new IllegalArgumentException(
          n + " scores, " + positive.length + " labels and " + group.length + " groups");
    }
    long[] order = new long[n]; // by group, then as given
    for (int i = 0; i < n; i++) {
      if (group[i] < 0) {
        throw new IllegalArgumentException("group of example " + i + " is " + group[i] + ", < 0");
      }
      order[i] = (long) group[i] << 32 | i;
    }
    Arrays.sort(order);
    double sum = 0;
    long weight = 0;
    int counted = 0;
    int leftOut = 0;
    for (int from = 0; from < n; ) {
      int to = from;
      while (to < n && order[to] >> 32 == order[from] >> 32) {
        to++;
      }
      float[] ownScores = new float[to - from];
      boolean[] ownLabels = new boolean[to - from];
      for (int i = from; i < to; i++) {
        ownScores[i - from] = scores[(int) order[i]];
        ownLabels[i - from] = positive[(int) order[i]];
      }
      double auc = Auc.of(ownScores, ownLabels);
      if (Double.isNaN(auc)) {
        leftOut++;
      } else {
        sum += auc * (to - from);
        weight += to - from;
        counted++;
      }
      from = to;
    }
    return new GroupedAuc(sum / weight, counted, leftOut);
  }
}
