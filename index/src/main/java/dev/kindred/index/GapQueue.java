package dev.kindred.index;

import java.util.Arrays;

/**
 * What a walk has found: hands out the best entry that it hasn't handed out, and knows roughly how
 * good the ef-th best is.
 *
 * <p>Entries lie in buckets by their gap, the distance of their score below a ceiling that no score
 * passes. A bucket is 1/512 of an octave wide, which is finer than the estimates that come in, and
 * entries of one bucket come out last in, first out. So adding and taking cost a few operations
 * whatever ef is, where a sorted list searches and shifts; and the ef-th best falls out of a count
 * per bucket.
 *
 * <pre>
 * bucket:  0 (gap of the reach or more)  ..  8191 (gap of 2^-16 of the reach or less)
 * heads[bucket] -> entry -> next[entry] -> .. -> -1
 * </pre>
 *
 * <p>Not thread-safe.
 */
final class GapQueue {
  private static final int MANTISSA_BITS = 9;
  private static final int OCTAVES = 16;
  private static final int SHIFT = 23 - MANTISSA_BITS;
  private static final int BUCKETS = OCTAVES << MANTISSA_BITS;

  private final int[] heads = new int[BUCKETS];
  private final int[] counts = new int[BUCKETS];

  /** One bit per bucket with entries to hand out. */
  private final long[] filled = new long[BUCKETS / Long.SIZE];

  private int[] nodes = new int[1024];
  private int[] next = new int[1024];
  private short[] buckets = new short[1024];
  private float[] scores = new float[1024];
  private int size;

  private float ceiling;
  private int topBits;
  private int limit;

  /** Every bucket that holds more is left out: fewer than limit entries are above this one. */
  private int bar;

  /** Entries of bucket {@code bar} and above. */
  private int above;

  private int best;

  GapQueue() {
    Arrays.fill(heads, -1);
  }

  /**
   * Empties the queue.
   *
   * @param ceiling no score is above it
   * @param reach gaps of this and more fall in one bucket
   * @param limit ef
   */
  void reset(float ceiling, float reach, int limit) {
    for (int i = 0; i < size; i++) {
      int bucket = buckets[i];
      heads[bucket] = -1;
      counts[bucket] = 0;
      filled[bucket >> 6] = 0;
    }
    this.ceiling = ceiling;
    this.topBits = Float.floatToRawIntBits(Math.max(reach, Float.MIN_NORMAL));
    this.limit = limit;
    size = 0;
    bar = 0;
    above = 0;
    best = 0;
  }

  /** Entries that were kept. */
  int size() {
    return size;
  }

  private void reserve(int count) {
    if (size + count > nodes.length) {
      int capacity = Math.max(2 * nodes.length, size + count);
      nodes = Arrays.copyOf(nodes, capacity);
      next = Arrays.copyOf(next, capacity);
      buckets = Arrays.copyOf(buckets, capacity);
      scores = Arrays.copyOf(scores, capacity);
    }
  }

  /** Adds entries; those that are surely not among the best {@code limit} are dropped. */
  void addAll(int[] added, float[] addedScores, int count) {
    reserve(count);
    for (int i = 0; i < count; i++) {
      int bucket = bucket(addedScores[i]);
      if (bucket < bar) {
        continue;
      }
      int entry = size++;
      nodes[entry] = added[i];
      scores[entry] = addedScores[i];
      buckets[entry] = (short) bucket;
      next[entry] = heads[bucket];
      heads[bucket] = entry;
      filled[bucket >> 6] |= 1L << bucket;
      counts[bucket]++;
      above++;
      best = Math.max(best, bucket);
    }
    while (above - counts[bar] >= limit) {
      above -= counts[bar++];
    }
  }

  /** Hands out the best entry that is still among the best {@code limit}; -1 if there is none. */
  int take() {
    int word = best >> 6;
    long bits = filled[word] & -1L >>> Long.SIZE - 1 - (best & Long.SIZE - 1);
    while (bits == 0 && word > 0) {
      bits = filled[--word];
    }
    if (bits == 0) {
      return -1;
    }
    int bucket = (word << 6) + Long.SIZE - 1 - Long.numberOfLeadingZeros(bits);
    if (bucket < bar) {
      return -1;
    }
    best = bucket;
    int entry = heads[bucket];
    heads[bucket] = next[entry];
    if (next[entry] < 0) {
      filled[word] &= ~(1L << bucket);
    }
    return entry;
  }

  int node(int entry) {
    return nodes[entry];
  }

  float score(int entry) {
    return scores[entry];
  }

  /** A score that is worth adding is at least about this. */
  float bar() {
    return bar == 0 ? -Float.MAX_VALUE : ceiling - Float.intBitsToFloat(topBits - (bar << SHIFT));
  }

  /**
   * Lists the best entries in no order, at least {@code wanted} if there are so many.
   *
   * @param target has room for {@link #size} of them
   */
  int best(int wanted, int[] target) {
    int bucket = BUCKETS;
    int covered = 0;
    while (bucket > 0 && covered < wanted) {
      covered += counts[--bucket];
    }
    int listed = 0;
    for (int entry = 0; entry < size; entry++) {
      if (buckets[entry] >= bucket) {
        target[listed++] = entry;
      }
    }
    return listed;
  }

  private int bucket(float score) {
    // An estimate may lie above the ceiling; what isn't a number is as far away as can be.
    float gap = ceiling - score;
    if (!(gap < Float.POSITIVE_INFINITY)) {
      return 0;
    }
    int bits = Float.floatToRawIntBits(Math.max(gap, 0f));
    return Math.max(0, Math.min(BUCKETS - 1, topBits - bits >> SHIFT));
  }
}
