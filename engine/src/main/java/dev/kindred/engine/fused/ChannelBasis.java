package dev.kindred.engine.fused;

import dev.kindred.engine.als.SymmetricEigen;
import dev.kindred.engine.related.Channel;
import java.util.Arrays;

/**
 * The principal directions of each channel's unit vectors, as many as a budget allows: inner
 * products along them are those of the vectors, but for the little that lies in the directions left
 * out.
 *
 * <p>Which directions stay is decided over all channels at once, the largest first: each channel's
 * second moments sum to 1, so a channel with few real dimensions leaves room for one with many.
 * Immutable.
 */
final class ChannelBasis {
  /** Rows that the directions are learned from, spread evenly over all. */
  private static final int SAMPLE = 20_000;

  /** Every channel keeps this many, so that a request for it alone finds its way. */
  private static final int LEAST = 4;

  /** Per channel [kept x dim], row-major, orthonormal rows. */
  private final float[][] directions;

  private final int[] kept;
  private final double[] energy;

  ChannelBasis(float[][] directions, int[] kept, double[] energy) {
    this.directions = directions;
    this.kept = kept;
    this.energy = energy;
  }

  /** Learns at most {@code budget} directions for the channels of a layout. */
  static ChannelBasis learn(FusedLayout layout, int budget) {
    int channels = layout.places().size();
    double[][] values = new double[channels][];
    double[][] vectors = new double[channels][];
    int[] kept = new int[channels];
    int used = 0;
    for (int c = 0; c < channels; c++) {
      Channel channel = layout.places().get(c).part().channel();
      SymmetricEigen eigen = new SymmetricEigen(moments(channel), channel.dim());
      values[c] = eigen.values();
      vectors[c] = eigen.vectors();
      kept[c] = Math.min(Math.max(1, Math.min(LEAST, budget / channels)), channel.dim());
      used += kept[c];
    }
    int[][] order = new int[channels][];
    for (int c = 0; c < channels; c++) {
      order[c] = descending(values[c]);
    }
    while (used < budget) {
      int best = -1;
      for (int c = 0; c < channels; c++) {
        boolean larger =
            kept[c] < order[c].length
                && (best < 0
                    || values[c][order[c][kept[c]]] > values[best][order[best][kept[best]]]);
        best = larger ? c : best;
      }
      if (best < 0) {
        break;
      }
      kept[best]++;
      used++;
    }
    float[][] directions = new float[channels][];
    double[] energy = new double[channels];
    for (int c = 0; c < channels; c++) {
      int dim = order[c].length;
      directions[c] = new float[kept[c] * dim];
      double all = 0;
      for (int r = 0; r < dim; r++) {
        double value = Math.max(0, values[c][order[c][r]]);
        all += value;
        if (r < kept[c]) {
          energy[c] += value;
          for (int j = 0; j < dim; j++) {
            directions[c][r * dim + j] = (float) vectors[c][order[c][r] * dim + j];
          }
        }
      }
      energy[c] = all == 0 ? 1 : energy[c] / all;
    }
    return new ChannelBasis(directions, kept, energy);
  }

  /** Mean of u u' over the sampled rows that the channel has, lower triangle. */
  private static double[] moments(Channel channel) {
    int dim = channel.dim();
    double[] sums = new double[dim * dim];
    float[] row = new float[dim];
    int sample = Math.min(SAMPLE, channel.items());
    int count = 0;
    for (int i = 0; i < sample; i++) {
      int item = (int) ((long) i * channel.items() / sample);
      if (!channel.has(item)) {
        continue;
      }
      channel.copyRow(item, row);
      for (int a = 0; a < dim; a++) {
        for (int b = 0; b <= a; b++) {
          sums[a * dim + b] += (double) row[a] * row[b];
        }
      }
      count++;
    }
    for (int i = 0; i < sums.length && count > 0; i++) {
      sums[i] /= count;
    }
    return sums;
  }

  private static int[] descending(double[] values) {
    Integer[] order = new Integer[values.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Double.compare(values[b], values[a]));
    int[] result = new int[values.length];
    Arrays.setAll(result, i -> order[i]);
    return result;
  }

  /** Directions that a channel keeps. */
  int kept(int channel) {
    return kept[channel];
  }

  /** Directions that each channel keeps. */
  int[] kept() {
    return kept.clone();
  }

  /** The part of a channel's squared lengths that lies along the kept directions, 0 to 1. */
  double energy(int channel) {
    return energy[channel];
  }

  /** Length of a channel's full vectors. */
  int dim(int channel) {
    return directions[channel].length / kept[channel];
  }

  /** Copies one direction of a channel to the front of {@code target}. */
  void copyDirection(int channel, int direction, float[] target) {
    int dim = dim(channel);
    System.arraycopy(directions[channel], direction * dim, target, 0, dim);
  }

  /** target[targetOffset + r] = direction r . vector[offset, offset + dim). */
  void project(int channel, float[] vector, int offset, float[] target, int targetOffset) {
    int dim = dim(channel);
    float[] rows = directions[channel];
    for (int r = 0; r < kept[channel]; r++) {
      double sum = 0;
      for (int j = 0; j < dim; j++) {
        sum += rows[r * dim + j] * vector[offset + j];
      }
      target[targetOffset + r] = (float) sum;
    }
  }
}
