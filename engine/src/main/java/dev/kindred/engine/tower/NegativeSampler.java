package dev.kindred.engine.tower;

import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Draws;

/**
 * Draws items by popularity to some power, in constant time (Walker's alias method as by Vose, "A
 * linear algorithm for generating random numbers with a given distribution", 1991).
 *
 * <p>Immutable; may be shared by threads, each with its own draws.
 */
final class NegativeSampler {
  private static final int TRIES = 64;

  private final Interactions positives;
  private final double[] probability;
  private final double[] own;
  private final int[] alias;

  /**
   * @param positives [users x items]; an item without any is never drawn unless the exponent is 0
   */
  NegativeSampler(Interactions positives, double exponent) {
    this.positives = positives;
    int n = positives.columns();
    double[] weights = new double[n];
    for (long i = 0; i < positives.size(); i++) {
      weights[positives.column(i)]++;
    }
    double total = 0;
    for (int j = 0; j < n; j++) {
      weights[j] = exponent == 0 ? 1 : Math.pow(weights[j], exponent);
      total += weights[j];
    }
    probability = new double[n];
    own = new double[n];
    alias = new int[n];
    int[] order = new int[n];
    int small = 0;
    int large = n;
    for (int j = 0; j < n; j++) {
      probability[j] = weights[j] / total;
      own[j] = probability[j] * n;
      if (own[j] < 1) {
        order[small++] = j;
      } else {
        order[--large] = j;
      }
    }
    // order[0, small) are below average, order[large, n) above; each small one is topped up.
    while (small > 0 && large < n) {
      int low = order[--small];
      int high = order[large];
      alias[low] = high;
      own[high] -= 1 - own[low];
      if (own[high] < 1) {
        large++;
        order[small++] = high;
      }
    }
    while (small > 0) {
      own[order[--small]] = 1;
    }
    while (large < n) {
      own[order[large++]] = 1;
    }
  }

  /** The probability of drawing the item. */
  double probability(int item) {
    return probability[item];
  }

  /** Any item. */
  int draw(Draws draws) {
    int j = draws.nextInt(own.length);
    return draws.nextDouble() < own[j] ? j : alias[j];
  }

  /** An item that is no known positive of the user, or -1 if none came up. */
  int drawNegative(int user, Draws draws) {
    for (int i = 0; i < TRIES; i++) {
      int item = draw(draws);
      if (!positives.contains(user, item)) {
        return item;
      }
    }
    // A user who has nearly everything: look for the next item that is left.
    int start = draws.nextInt(own.length);
    for (int i = 0; i < own.length; i++) {
      int item = (start + i) % own.length;
      if (probability[item] > 0 && !positives.contains(user, item)) {
        return item;
      }
    }
    return -1;
  }
}
