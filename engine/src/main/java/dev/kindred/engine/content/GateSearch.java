package dev.kindred.engine.content;

import java.util.Arrays;

/**
 * Finds the items that a new profile may be related to, as the join that made the candidate lists
 * would: scratch over the postings of a {@link ContentGate}, a double per profile. For one thread,
 * while the gate is open.
 */
public final class GateSearch {
  private final ContentGate gate;
  private final double[] dots;
  private int[] met = new int[256];
  private int count;
  private double least;

  GateSearch(ContentGate gate) {
    this.gate = gate;
    dots = new double[gate.profiles()];
  }

  /** The threshold that the last call of {@link #candidates} went down to. */
  public double least() {
    return least;
  }

  /**
   * The items that are at least so similar to a new profile.
   *
   * @param most items kept, the best
   * @return sorted, similarity as score
   */
  public BestItems atLeast(ProfileVector vector, double similarity, int most) {
    scan(vector);
    return take(similarity, most);
  }

  /**
   * The candidates of a new profile: its best items with a similarity of at least e, lowered as far
   * as it needs to have enough.
   *
   * @return sorted, similarity as score; empty for an empty vector
   */
  public BestItems candidates(ProfileVector vector) {
    scan(vector);
    least = leastSimilarity();
    return take(least, gate.maxPerItem());
  }

  /** met[0, count) = profiles with a dimension in common, dots[p] = their cosines. */
  private void scan(ProfileVector vector) {
    count = 0;
    for (int i = 0; i < vector.dimensions.length; i++) {
      int d = vector.dimensions[i];
      int from = gate.postingStart(d);
      int to = gate.postingEnd(d);
      for (int at = from; at < to; at++) {
        int p = gate.posting(at);
        if (dots[p] == 0) {
          if (count == met.length) {
            met = Arrays.copyOf(met, 2 * count);
          }
          met[count++] = p;
        }
        dots[p] += (double) gate.weightIn(p, d) * vector.weights[i];
      }
    }
    for (int m = 0; m < count; m++) {
      dots[met[m]] /= Math.sqrt(gate.square(met[m]) * vector.square);
    }
  }

  private BestItems take(double similarity, int most) {
    BestItems best = new BestItems(most);
    for (int m = 0; m < count; m++) {
      int p = met[m];
      if (dots[p] >= similarity) {
        int to = (int) Math.min(gate.memberEnd(p), (long) gate.memberStart(p) + most);
        for (int i = gate.memberStart(p); i < to; i++) {
          best.offer(gate.member(i), (float) dots[p]);
        }
      }
      dots[p] = 0;
    }
    best.sort();
    return best;
  }

  /** e, lowered step by step while there are too few items at or above it. */
  private double leastSimilarity() {
    double similarity = gate.threshold();
    for (int lowered = 1; similarity > gate.floor() && !enough(similarity); lowered++) {
      similarity = Math.max(gate.floor(), gate.threshold() - lowered * gate.step());
    }
    return similarity;
  }

  private boolean enough(double similarity) {
    long found = 0;
    for (int m = 0; m < count; m++) {
      found += dots[met[m]] >= similarity ? gate.memberEnd(met[m]) - gate.memberStart(met[m]) : 0;
    }
    return found >= gate.minCandidates();
  }
}
