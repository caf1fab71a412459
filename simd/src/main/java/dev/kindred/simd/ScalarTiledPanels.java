package dev.kindred.simd;

import static dev.kindred.simd.TiledPanels.COLUMNS;

/** Plain loops: the specification of {@link VectorTiledPanels}. */
final class ScalarTiledPanels implements TiledPanelKernels {
  /** Where the value of a row and a column stands. */
  private static int at(int capacity, int row, int column) {
    return (column / COLUMNS * capacity + row) * COLUMNS + column % COLUMNS;
  }

  @Override
  public void gather(
      float[] rows,
      int d,
      int[] ordinals,
      int ordinalsOffset,
      int count,
      float[] scales,
      int scalesOffset,
      float[] panel,
      int capacity) {
    for (int i = 0; i < count; i++) {
      int from = ordinals[ordinalsOffset + i] * d;
      float scale = scales[scalesOffset + i];
      for (int k = 0; k < d; k++) {
        panel[at(capacity, i, k)] = scale * rows[from + k];
      }
      for (int k = d; k % COLUMNS != 0; k++) {
        panel[at(capacity, i, k)] = 0;
      }
    }
  }

  @Override
  public void addWeighted(
      float[] panel,
      int capacity,
      int count,
      int d,
      float[] weights,
      int weightsOffset,
      float[] sum) {
    for (int i = 0; i < count; i++) {
      float weight = weights[weightsOffset + i];
      for (int k = 0; k < d; k++) {
        sum[k] = Math.fma(weight, panel[at(capacity, i, k)], sum[k]);
      }
    }
  }

  @Override
  public void accumulate(
      float[] panel, int capacity, int count, int d, float[] a, int aOffset, int lda) {
    for (int r = 0; r < count; r++) {
      for (int i = 0; i < d; i++) {
        float x = panel[at(capacity, r, i)];
        for (int j = 0; j <= i; j++) {
          int target = aOffset + i * lda + j;
          a[target] = Math.fma(x, panel[at(capacity, r, j)], a[target]);
        }
      }
    }
  }

  @Override
  public void turn(
      float[] panel,
      int capacity,
      int count,
      int d,
      float[] scales,
      float[] turned,
      int turnedCapacity) {
    for (int k = 0; k < d; k++) {
      for (int i = 0; i < count; i++) {
        turned[at(turnedCapacity, k, i)] = scales[k] * panel[at(capacity, i, k)];
      }
      for (int i = count; i % COLUMNS != 0; i++) {
        turned[at(turnedCapacity, k, i)] = 0;
      }
    }
  }
}
