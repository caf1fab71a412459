package dev.kindred.engine.nn.serve;

/**
 * The range of each column over all items, and bytes within it: value = centre + scale x byte. Not
 * thread-safe.
 */
final class ColumnRanges {
  /** Steps from the centre to either end. */
  private static final int STEPS = 127;

  /** Twice as much is still a finite number. */
  private static final float LARGEST = Float.MAX_VALUE / 4;

  private final float[] least;
  private final float[] most;

  ColumnRanges(int columns) {
    least = new float[columns];
    most = new float[columns];
  }

  /** Takes the values of one more item into account, the first one being item 0. */
  void widen(int item, float[] values, int offset) {
    for (int i = 0; i < least.length; i++) {
      float value = values[offset + i];
      if (!(Math.abs(value) <= LARGEST)) {
        throw new IllegalArgumentException(
            "value %d of item %d is %s; it must be a finite number below 8e37: look at its inputs"
                .formatted(i, item, value));
      }
      least[i] = item == 0 ? value : Math.min(least[i], value);
      most[i] = item == 0 ? value : Math.max(most[i], value);
    }
  }

  float[] centres() {
    float[] centres = new float[least.length];
    for (int i = 0; i < centres.length; i++) {
      centres[i] = centre(i);
    }
    return centres;
  }

  float[] scales() {
    float[] scales = new float[least.length];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = scale(i);
    }
    return scales;
  }

  private float centre(int column) {
    return (least[column] + most[column]) / 2;
  }

  private float scale(int column) {
    return (most[column] - least[column]) / (2 * STEPS);
  }

  /** The nearest bytes to an item's values. */
  void round(float[] values, int offset, byte[] row) {
    for (int i = 0; i < row.length; i++) {
      float scale = scale(i);
      float steps = scale == 0 ? 0 : (values[offset + i] - centre(i)) / scale;
      row[i] = (byte) Math.clamp(Math.round(steps), -STEPS, STEPS);
    }
  }
}
