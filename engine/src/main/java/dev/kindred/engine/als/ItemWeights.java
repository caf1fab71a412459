package dev.kindred.engine.als;

import dev.kindred.engine.data.Interactions;

/**
 * How much the entries of each item weigh: scale n^-exponent for an item with n of them, the scale
 * making the mean entry weigh 1. What everybody meets says less of a taste than what few meet; the
 * inverse propensities of Saito and others, "Unbiased Recommender Learning from
 * Missing-Not-At-Random Implicit Feedback" (2020), in their simplest form.
 *
 * <p>Immutable.
 */
final class ItemWeights {
  private final double exponent;
  private final double scale;
  private final float[] shares; // empty = all 1

  private ItemWeights(double exponent, double scale, float[] shares) {
    this.exponent = exponent;
    this.scale = scale;
    this.shares = shares;
  }

  static ItemWeights of(Interactions byItem, AlsOptions options) {
    double exponent = options.convention() == Convention.IALS ? options.popularityExponent() : 0;
    if (exponent == 0 || byItem.size() == 0) {
      return new ItemWeights(0, 1, new float[0]);
    }
    double[] powers = new double[byItem.rows()];
    double sum = 0;
    for (int item = 0; item < powers.length; item++) {
      powers[item] = power(byItem.count(item), exponent);
      sum += powers[item] * byItem.count(item);
    }
    double scale = byItem.size() / sum;
    float[] shares = new float[powers.length];
    for (int item = 0; item < powers.length; item++) {
      shares[item] = (float) (powers[item] * scale);
    }
    return new ItemWeights(exponent, scale, shares);
  }

  private static double power(long count, double exponent) {
    return StrictMath.pow(Math.max(1, count), -exponent);
  }

  /** By item; empty = all 1. Not copied. */
  float[] shares() {
    return shares;
  }

  /** What the entries of a new item with {@code count} of them weigh. */
  float share(int count) {
    return exponent == 0 ? 1 : (float) (power(count, exponent) * scale);
  }
}
