package dev.kindred.engine.tower;

import dev.kindred.engine.data.Interactions;
import java.util.Arrays;

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
  private final int mostPositives;

  /**
   * @param items by whose number the scale goes, where the options leave it open
   * @param mostPositives of one item
   */
  Popularity(TowerOptions options, int items, int mostPositives) {
    share = options.popularity();
    scale = options.scaleFor(items);
    this.mostPositives = mostPositives;
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
    return share * Math.log((count + 1.0) / (mostPositives + 1.0));
  }

  /** The most positives of one item, which the scores go by. */
  int mostPositives() {
    return mostPositives;
  }

  /**
   * Users' vectors that find items by their score.
   *
   * @param units [users x dim], each of length 1
   * @return [users x (dim + WIDTH)], each of length 1
   */
  float[] users(float[] units, int dim) {
    double[] own = new double[units.length / dim];
    Arrays.fill(own, 1);
    return widen(units, dim, own, Math.sqrt(0.5));
  }

  /**
   * Items' vectors that are found by their score.
   *
   * @param units [items x dim], each of length 1
   * @param counts positives of each item
   * @return [items x (dim + WIDTH)], each of length 1
   */
  float[] items(float[] units, int dim, int[] counts) {
    double[] own = Arrays.stream(counts).mapToDouble(count -> logit(count) / scale).toArray();
    double least = logit(0) / scale;
    return widen(units, dim, own, 1 / Math.sqrt(1 + least * least));
  }

  /** Rows (unit, own, rest) x factor, the rest such that each has length 1. */
  private static float[] widen(float[] units, int dim, double[] own, double factor) {
    int width = dim + WIDTH;
    if ((long) own.length * width > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "%d vectors of %d values are more than an array holds; make dim smaller"
              .formatted(own.length, width));
    }
    float[] wide = new float[own.length * width];
    for (int row = 0; row < own.length; row++) {
      int at = row * width;
      for (int k = 0; k < dim; k++) {
        wide[at + k] = (float) (factor * units[row * dim + k]);
      }
      double extra = factor * own[row];
      wide[at + dim] = (float) extra;
      wide[at + dim + 1] = (float) Math.sqrt(Math.max(0, 1 - factor * factor - extra * extra));
    }
    return wide;
  }
}
