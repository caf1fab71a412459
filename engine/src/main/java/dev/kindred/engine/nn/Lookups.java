package dev.kindred.engine.nn;

import java.util.Arrays;

/**
 * Which embedding rows one feature of one pass looked up, and where the gradient of each stands.
 *
 * <p>Owned by one thread at a time.
 */
final class Lookups {
  int count;
  int[] rows = new int[64];

  /** First value of the gradient of the lookup's output in the input layer's gradient. */
  int[] offsets = new int[64];

  /** Share of the row in the pooled output. */
  float[] scales = new float[64];

  void add(int row, int offset, float scale) {
    if (count == rows.length) {
      int larger = Math.addExact(count, count);
      rows = Arrays.copyOf(rows, larger);
      offsets = Arrays.copyOf(offsets, larger);
      scales = Arrays.copyOf(scales, larger);
    }
    rows[count] = row;
    offsets[count] = offset;
    scales[count++] = scale;
  }
}
