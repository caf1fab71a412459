package dev.kindred.jmh.compare;

import dev.kindred.index.run.Draws;

/**
 * Generated vectors like the item embeddings of a recommender, and queries like those of its users.
 *
 * <p>A vector is {@code norm * mixing * z + noise}, brought to length 1:
 *
 * <ul>
 *   <li>z, of {@value #INTRINSIC} dimensions, is normal around the centre of its cluster, with a
 *       width of the cluster's own. Clusters belong to topics; their sizes fall as a power of their
 *       rank, so the largest holds some percent of all and most hold few.
 *   <li>mixing, [dim x {@value #INTRINSIC}], is normal: every coordinate mixes all of z.
 *   <li>norm rises with popularity, which follows a power law. The noise has one size for all: as
 *       in factors learned from a log, what few have touched is known less well.
 * </ul>
 *
 * <p>Three in four queries are like users: a mean of several items, most of them of one cluster.
 * The others are like a look at one item: one of its cluster, which is no row. None equals a row.
 *
 * <p>Each row depends only on (seed, dim, row): any thread may make any row, and a smaller set is
 * the beginning of a larger one. The same bits on every machine.
 *
 * <p>Not thread-safe: one object per thread.
 */
final class ItemVectors {
  /** Dimensions that the vectors have but for their noise. */
  static final int INTRINSIC = 20;

  static final int TOPICS = 40;
  static final int CLUSTERS = 2_000;

  /** Sizes of clusters fall as (rank + 10) to the power of minus this. */
  private static final double SIZE_EXPONENT = 0.9;

  private static final double TOPIC_WIDTH = 0.6;
  private static final double CENTRE_WIDTH = 0.6;
  private static final double NARROWEST = 0.8;
  private static final double WIDEST = 1.6;
  private static final double NOISE = 0.55;
  private static final int MOST_ITEMS_OF_A_USER = 6;

  /** Part of a user's items, after the first, that are of any cluster. */
  private static final double OTHER_INTEREST = 0.5;

  private final int dim;
  private final float[] mixing;
  private final float[] centres = new float[CLUSTERS * INTRINSIC];
  private final float[] widths = new float[CLUSTERS];
  private final double[] cumulativeSize = new double[CLUSTERS];
  private final Draws rowDraws;
  private final Draws queryDraws;
  private final float[] z = new float[INTRINSIC];
  private final float[] one = new float[INTRINSIC];

  /**
   * Draws what all rows share.
   *
   * @param dim at least {@value #INTRINSIC}
   */
  ItemVectors(int dim, long seed) {
    if (dim < INTRINSIC) {
      throw new IllegalArgumentException(
          "dim of generated vectors must be at least " + INTRINSIC + ", got " + dim);
    }
    this.dim = dim;
    mixing = new float[dim * INTRINSIC];
    Draws shared = Draws.of(seed, "item vectors: mixing", dim);
    for (int i = 0; i < mixing.length; i++) {
      mixing[i] = (float) (shared.nextGaussian() / Math.sqrt(INTRINSIC));
    }
    shared = Draws.of(seed, "item vectors: clusters");
    float[] topics = new float[TOPICS * INTRINSIC];
    for (int i = 0; i < topics.length; i++) {
      topics[i] = (float) (TOPIC_WIDTH * shared.nextGaussian());
    }
    double total = 0;
    for (int cluster = 0; cluster < CLUSTERS; cluster++) {
      int topic = shared.nextInt(TOPICS);
      for (int i = 0; i < INTRINSIC; i++) {
        centres[cluster * INTRINSIC + i] =
            (float) (topics[topic * INTRINSIC + i] + CENTRE_WIDTH * shared.nextGaussian());
      }
      widths[cluster] = (float) (NARROWEST + (WIDEST - NARROWEST) * shared.nextDouble());
      total += StrictMath.pow(cluster + 10, -SIZE_EXPONENT);
      cumulativeSize[cluster] = total;
    }
    for (int cluster = 0; cluster < CLUSTERS; cluster++) {
      cumulativeSize[cluster] /= total;
    }
    rowDraws = Draws.of(seed, "item vectors: rows");
    queryDraws = Draws.of(seed, "item vectors: queries");
  }

  int dim() {
    return dim;
  }

  /** Writes an item to target[offset, offset + dim), at length 1. */
  void row(int row, float[] target, int offset) {
    rowDraws.reset(row);
    drawItem(drawCluster(rowDraws), rowDraws, z);
    finish(norm(rowDraws), rowDraws, target, offset);
  }

  /** The cluster of an item, in [0, {@value #CLUSTERS}), the largest first. */
  int clusterOf(int row) {
    rowDraws.reset(row);
    return drawCluster(rowDraws);
  }

  /** Writes a query to target[offset, offset + dim), at length 1. */
  void query(int query, float[] target, int offset) {
    Draws draws = queryDraws;
    draws.reset(query);
    int cluster = drawCluster(draws);
    drawItem(cluster, draws, z);
    int items = draws.nextInt(4) == 0 ? 1 : 2 + draws.nextInt(MOST_ITEMS_OF_A_USER - 1);
    for (int item = 1; item < items; item++) {
      drawItem(draws.nextDouble() < OTHER_INTEREST ? drawCluster(draws) : cluster, draws, one);
      for (int i = 0; i < INTRINSIC; i++) {
        z[i] += one[i];
      }
    }
    finish(norm(draws) / items, draws, target, offset);
  }

  private int drawCluster(Draws draws) {
    double u = draws.nextDouble();
    int low = 0;
    int high = CLUSTERS - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cumulativeSize[middle] <= u) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void drawItem(int cluster, Draws draws, float[] item) {
    for (int i = 0; i < INTRINSIC; i++) {
      item[i] = (float) (centres[cluster * INTRINSIC + i] + widths[cluster] * draws.nextGaussian());
    }
  }

  /** Length before normalising: from 0.6 for the many rarely touched to 2 for one in a hundred. */
  private static double norm(Draws draws) {
    return 0.6 * StrictMath.pow(1 - draws.nextDouble(), -0.25);
  }

  private void finish(double norm, Draws draws, float[] target, int offset) {
    double squared = 0;
    for (int d = 0; d < dim; d++) {
      float sum = 0;
      for (int i = 0; i < INTRINSIC; i++) {
        sum += mixing[d * INTRINSIC + i] * z[i];
      }
      double value = norm * sum + NOISE * draws.nextGaussian();
      squared += value * value;
      target[offset + d] = (float) value;
    }
    double scale = 1 / Math.sqrt(squared);
    for (int d = 0; d < dim; d++) {
      target[offset + d] = (float) (target[offset + d] * scale);
    }
  }
}
