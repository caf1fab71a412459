package dev.kindred.engine.content;

import java.util.Arrays;

/**
 * Cosines of one profile with all others at once: the postings of its values are added up, a number
 * per profile. Costs an addition per item that shares a value, where looking at one pair costs as
 * much as dozens of them, so it is the cheaper way for profiles of frequent values.
 *
 * <p>Sums are floats: within {@link #SLACK} of the exact cosine. Immutable; scratch is the
 * caller's.
 */
final class ProfilePostings {
  /** A sum of at most {@link #MOST_VALUES} numbers is at least this share of the exact cosine. */
  static final double SLACK = 1 - 1e-4;

  /** A profile of more values is not to be added up. */
  static final int MOST_VALUES = 1000;

  private final ProfileVectors vectors;
  private final int[] starts; // [dimensions + 1]
  private final int[] profiles; // ascending within a dimension
  private final float[] weights; // of the unit vector

  ProfilePostings(ProfileVectors vectors) {
    this.vectors = vectors;
    starts = new int[vectors.dimensionCount() + 1];
    for (int i = 0; i < vectors.entries(); i++) {
      starts[vectors.dimension(i) + 1]++;
    }
    for (int d = 0; d < vectors.dimensionCount(); d++) {
      starts[d + 1] += starts[d];
    }
    profiles = new int[vectors.entries()];
    weights = new float[vectors.entries()];
    int[] next = Arrays.copyOf(starts, vectors.dimensionCount());
    for (int p = 0; p < vectors.profiles(); p++) {
      double norm = Math.sqrt(vectors.square(p));
      for (int i = vectors.start(p); i < vectors.end(p); i++) {
        int at = next[vectors.dimension(i)]++;
        profiles[at] = p;
        weights[at] = (float) (vectors.weight(i) / norm);
      }
    }
  }

  /** Postings that {@link #add} reads. */
  long count(int profile) {
    long count = 0;
    for (int i = vectors.start(profile); i < vectors.end(profile); i++) {
      int dimension = vectors.dimension(i);
      count += starts[dimension + 1] - starts[dimension];
    }
    return count;
  }

  /**
   * Goes to the first posting of each value of a profile.
   *
   * @param cursors one per value, overwritten
   */
  void start(int profile, int[] cursors) {
    int start = vectors.start(profile);
    for (int i = start; i < vectors.end(profile); i++) {
      cursors[i - start] = starts[vectors.dimension(i)];
    }
  }

  /**
   * Adds the cosines of a profile and the next ones, its own if it is among them.
   *
   * @param from the first profile that no call since {@link #start} has added
   * @param to one past the last profile to add
   * @param dots [to - from], 0 before
   */
  void add(int profile, int from, int to, int[] cursors, float[] dots) {
    double norm = Math.sqrt(vectors.square(profile));
    int start = vectors.start(profile);
    for (int i = start; i < vectors.end(profile); i++) {
      float weight = (float) (vectors.weight(i) / norm);
      int end = starts[vectors.dimension(i) + 1];
      int at = cursors[i - start];
      for (; at < end && profiles[at] < to; at++) {
        dots[profiles[at] - from] += weight * weights[at];
      }
      cursors[i - start] = at;
    }
  }
}
