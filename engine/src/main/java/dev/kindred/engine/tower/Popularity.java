package dev.kindred.engine.tower;

import dev.kindred.engine.data.Interactions;

/**
 * What an item's popularity adds to its score, and how vectors of length 1 carry it.
 *
 * <p>An item with n positives, of at most N, scores scale x cosine + b with b = share x log((n + 1)
 * / (N + 1)). A user's vector is (u, 1, 0), an item's (v, b / scale, rest) where rest makes all
 * items' vectors equally long; brought to length 1, their cosine orders items as the score does
 * (Bachrach et al., "Speeding up the Xbox recommender system using a Euclidean transformation for
 * inner-product spaces", RecSys 2014).
 *
 * <p>Immutable.
 */
final class Popularity {
  /** Values that a vector gets beside the learned ones. */
  static final int WIDTH = 2;

  private final double share;
  private final double scale;
  private final int most;

  /**
   * @param items by whose number the scale goes, where the options leave it open
   * @param most positives of one item
   */
  Popularity(TowerOptions options, int items, int most) {
    share = options.popularity();
    scale = options.scaleFor(items);
    this.most = most;
  }

  /** Positives of each item. */
  static int[] counts(Interactions positives) {
    int[] counts = new int[positives.columns()];
    for (long i = 0; i < positives.size(); i++) {
      counts[positives.column(i)]++;
    }
    return counts;
  }

  /**
   * What is added to the score of an item with so many positives: 0 for the most, less for less.
   */
  double logit(int count) {
    return share * Math.log((count + 1.0) / (most + 1.0));
  }

  /** The most positives of one item, which the scores go by. */
  int most() {
    return most;
  }

  /**
   * Users' vectors that find items by their score.
   *
   * @param units [users x dim], each of length 1
   * @return [users x (dim + WIDTH)], each of length 1
   */
  float[] users(float[] units, int dim) {
    return widen(units, dim, Math.sqrt(0.5), null);
  }

  /**
   * Items' vectors that are found by their score.
   *
   * @param units [items x dim], each of length 1
   * @param counts positives of each item
   * @return [items x (dim + WIDTH)], each of length 1
   */
  float[] items(float[] units, int dim, int[] counts) {
    double least = logit(0) / scale;
    return widen(units, dim, 1 / Math.sqrt(1 + least * least), counts);
  }

  /**
   * @param counts null for users
   */
  private float[] widen(float[] units, int dim, double factor, int[] counts) {
    int rows = units.length / dim;
    int width = dim + WIDTH;
    float[] wide = new float[Math.multiplyExact(rows, width)];
    for (int row = 0; row < rows; row++) {
      int at = row * width;
      for (int k = 0; k < dim; k++) {
        wide[at + k] = (float) (factor * units[row * dim + k]);
      }
      double own = counts == null ? factor : factor * logit(counts[row]) / scale;
      wide[at + dim] = (float) own;
      wide[at + dim + 1] = (float) Math.sqrt(Math.max(0, 1 - factor * factor - own * own));
    }
    return wide;
  }
}
