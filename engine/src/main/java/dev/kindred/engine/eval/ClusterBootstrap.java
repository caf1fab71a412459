package dev.kindred.engine.eval;

import dev.kindred.index.run.Draws;
import java.util.Arrays;

/**
 * How sure a mean is, and a difference of two: intervals by the bootstrap (Efron, 1979) and a
 * permutation test (Fisher's sign flips), over clusters of observations.
 *
 * <p>The steps of one user depend on each other, so users are drawn, not steps; a mean is a ratio
 * of sums over the users drawn. More than {@value #MOST_BLOCKS} users are put into that many blocks
 * at random first, which changes little and bounds the cost. All means use the same draws, so a
 * difference of two is that of a paired comparison. The same seed gives the same intervals.
 *
 * <p>Immutable after construction, may be shared by threads. Holds resamples x blocks bytes.
 */
public final class ClusterBootstrap {
  /** More clusters than this are put together at random. */
  static final int MOST_BLOCKS = 5_000;

  private static final int RESAMPLES = 1_000;

  private final int[] block; // of each observation
  private final int blocks;
  private final byte[][] times; // [resample][block]: how often it was drawn
  private final long seed;

  /**
   * A mean and its 95% percentile interval.
   *
   * @param mean NaN without observations
   */
  public record Interval(double mean, double low, double high) {}

  /**
   * A difference of means over the same observations.
   *
   * @param mean of first - second
   * @param low of the 95% percentile interval
   * @param high of the 95% percentile interval
   * @param p chance of a difference as large if each cluster's two values could as well be swapped
   */
  public record Difference(double mean, double low, double high, double p) {
    /** Whether the interval leaves out 0 and the test agrees at 5%. */
    public boolean clear() {
      return (low > 0 || high < 0) && p < .05;
    }
  }

  /**
   * Draws the resamples.
   *
   * @param cluster of each observation, e.g. its user; from 0 on
   */
  public ClusterBootstrap(int[] cluster, long seed) {
    this.seed = seed;
    int largest = Arrays.stream(cluster).max().orElse(-1);
    int[] place = new int[largest + 1]; // of the clusters that occur, from 1
    int count = 0;
    for (int c : cluster) {
      if (place[c] == 0) {
        place[c] = ++count;
      }
    }
    blocks = Math.min(count, MOST_BLOCKS);
    Draws draws = Draws.of(seed, "bootstrap blocks");
    int[] toBlock = new int[count];
    for (int c = 0; c < count; c++) {
      toBlock[c] = c % Math.max(1, blocks);
    }
    draws.reset(0);
    draws.shuffle(toBlock, 0, count);
    block = new int[cluster.length];
    for (int i = 0; i < cluster.length; i++) {
      block[i] = toBlock[place[cluster[i]] - 1];
    }
    Draws resample = Draws.of(seed, "bootstrap resamples");
    times = new byte[RESAMPLES][blocks];
    for (int r = 0; r < RESAMPLES; r++) {
      resample.reset(r);
      for (int b = 0; b < blocks; b++) {
        int drawn = resample.nextInt(blocks);
        times[r][drawn] += (byte) (times[r][drawn] < Byte.MAX_VALUE ? 1 : 0);
      }
    }
  }

  /** The mean of one value per observation. */
  public Interval mean(double[] values) {
    return mean(values, null);
  }

  /**
   * The mean over some observations.
   *
   * @param counted which observations count; null = all
   */
  public Interval mean(double[] values, boolean[] counted) {
    Sums sums = sums(values, counted);
    double[] means = resampled(sums);
    return new Interval(sums.mean(), quantile(means, .025), quantile(means, .975));
  }

  /** The difference of two values per observation. */
  public Difference difference(double[] first, double[] second) {
    return difference(first, second, null);
  }

  /**
   * The difference over some observations.
   *
   * @param counted which observations count; null = all
   */
  public Difference difference(double[] first, double[] second, boolean[] counted) {
    if (first.length != second.length) {
      throw new IllegalArgumentException(
          first.length + " and " + second.length + " values can't be compared in pairs");
    }
    double[] differences = new double[first.length];
    for (int i = 0; i < first.length; i++) {
      differences[i] = first[i] - second[i];
    }
    Sums sums = sums(differences, counted);
    double[] means = resampled(sums);
    return new Difference(
        sums.mean(), quantile(means, .025), quantile(means, .975), signFlips(sums.of));
  }

  /** Sum and number of the observations of each block. */
  private record Sums(double[] of, double[] counts) {
    double mean() {
      return Arrays.stream(of).sum() / Arrays.stream(counts).sum();
    }
  }

  private Sums sums(double[] values, boolean[] counted) {
    if (values.length != block.length) {
      throw new IllegalArgumentException(
          values.length + " values for " + block.length + " observations");
    }
    double[] of = new double[blocks];
    double[] counts = new double[blocks];
    for (int i = 0; i < values.length; i++) {
      if (counted == null || counted[i]) {
        of[block[i]] += values[i];
        counts[block[i]]++;
      }
    }
    return new Sums(of, counts);
  }

  /** The mean in every resample that has an observation, rising. */
  private double[] resampled(Sums sums) {
    double[] means = new double[times.length];
    int n = 0;
    for (byte[] drawn : times) {
      double sum = 0;
      double count = 0;
      for (int b = 0; b < blocks; b++) {
        sum += drawn[b] * sums.of[b];
        count += drawn[b] * sums.counts[b];
      }
      if (count > 0) {
        means[n++] = sum / count;
      }
    }
    double[] rising = Arrays.copyOf(means, n);
    Arrays.sort(rising);
    return rising;
  }

  private static double quantile(double[] rising, double q) {
    if (rising.length == 0) {
      return Double.NaN;
    }
    double at = q * (rising.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, rising.length - 1);
    return rising[below] + (at - below) * (rising[above] - rising[below]);
  }

  private double signFlips(double[] differences) {
    double seen = Math.abs(Arrays.stream(differences).sum());
    double slack = 1e-12 * Arrays.stream(differences).map(Math::abs).sum();
    Draws draws = Draws.of(seed, "sign flips");
    int asLarge = 1;
    for (int r = 0; r < RESAMPLES; r++) {
      draws.reset(r);
      double sum = 0;
      long bits = 0;
      for (int b = 0; b < differences.length; b++) {
        if ((b & 63) == 0) {
          bits = draws.nextLong();
        }
        sum += (bits >>> (b & 63) & 1) == 0 ? differences[b] : -differences[b];
      }
      asLarge += Math.abs(sum) >= seen - slack ? 1 : 0;
    }
    return (double) asLarge / (RESAMPLES + 1);
  }
}
