package dev.kindred.engine.eval;

import java.util.Arrays;

/**
 * Metrics of one ranked list against the set of items that were right.
 *
 * <p>A list may be shorter than k (fewer items than k exist): the missing places count as misses.
 * With an empty truth nothing can be right and every metric is 0; averages should leave such lists
 * out. Definitions as in Järvelin and Kekäläinen, "Cumulated Gain-based Evaluation of IR
 * Techniques" (2002) with binary gains, and Manning, Raghavan and Schütze, "Introduction to
 * Information Retrieval", chapter 8.
 *
 * <p>In all methods {@code ranked} holds {@code length} distinct ordinals, best first, and {@code
 * truth} the right ones in ascending order, each once. Stateless, no allocation.
 */
public final class RankingMetrics {
  private RankingMetrics() {}

  /** How many of the first k are right. */
  public static int hits(int[] ranked, int length, int k, int[] truth) {
    int hits = 0;
    for (int i = 0; i < places(length, k); i++) {
      hits += right(truth, ranked[i]) ? 1 : 0;
    }
    return hits;
  }

  /** Hits in the first k / k. */
  public static double precision(int[] ranked, int length, int k, int[] truth) {
    return (double) hits(ranked, length, k, truth) / k;
  }

  /** Hits in the first k / right items. */
  public static double recall(int[] ranked, int length, int k, int[] truth) {
    return truth.length == 0 ? 0 : (double) hits(ranked, length, k, truth) / truth.length;
  }

  /** Harmonic mean of precision and recall, 0 without a hit. */
  public static double f1(int[] ranked, int length, int k, int[] truth) {
    int hits = hits(ranked, length, k, truth);
    return hits == 0 ? 0 : 2.0 * hits / (k + truth.length);
  }

  /** 1 if any of the first k is right, else 0. */
  public static double hitRate(int[] ranked, int length, int k, int[] truth) {
    return hits(ranked, length, k, truth) > 0 ? 1 : 0;
  }

  /**
   * Sum of 1 / log2(place + 1) over the right ones in the first k, divided by what a perfect list
   * reaches: the same sum over places 1 to min(k, right items).
   */
  public static double ndcg(int[] ranked, int length, int k, int[] truth) {
    if (truth.length == 0) {
      return 0;
    }
    double gain = 0;
    for (int i = 0; i < places(length, k); i++) {
      gain += right(truth, ranked[i]) ? discount(i) : 0;
    }
    double ideal = 0;
    for (int i = 0; i < Math.min(k, truth.length); i++) {
      ideal += discount(i);
    }
    return gain / ideal;
  }

  /** 1 / place of the first right one among the first k, 0 without a hit. */
  public static double reciprocalRank(int[] ranked, int length, int k, int[] truth) {
    for (int i = 0; i < places(length, k); i++) {
      if (right(truth, ranked[i])) {
        return 1.0 / (i + 1);
      }
    }
    return 0;
  }

  /** Mean over min(k, right items) of the precision at each hit within the first k. */
  public static double averagePrecision(int[] ranked, int length, int k, int[] truth) {
    if (truth.length == 0) {
      return 0;
    }
    int hits = 0;
    double sum = 0;
    for (int i = 0; i < places(length, k); i++) {
      if (right(truth, ranked[i])) {
        hits++;
        sum += (double) hits / (i + 1);
      }
    }
    return sum / Math.min(k, truth.length);
  }

  /** 1 / log2(place + 1) for the place index + 1. */
  static double discount(int index) {
    return Math.log(2) / Math.log(index + 2);
  }

  private static int places(int length, int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k is " + k + "; it must be at least 1");
    }
    return Math.min(length, k);
  }

  private static boolean right(int[] truth, int item) {
    return Arrays.binarySearch(truth, item) >= 0;
  }
}
