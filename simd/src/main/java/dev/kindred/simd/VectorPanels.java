package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/** Gathers and weighted sums by vectors along a row; sums in row order, as the twin. */
final class VectorPanels implements PanelKernels {
  private final PanelKernels scalar = new ScalarPanels();

  @Override
  public void gather(
      float[] rows,
      int rowStride,
      int first,
      int d,
      int[] ordinals,
      int ordinalsOffset,
      int count,
      float[] scales,
      int scalesOffset,
      float[] panel,
      int panelOffset,
      int stride) {
    int step = ReadAhead.rows(d);
    for (int start = 0; start < count; start += step) {
      int end = Math.min(count, start + step);
      int from = ordinalsOffset + start;
      // The first row overwrites the number.
      int to = panelOffset + start * stride;
      panel[to] = ReadAhead.touch(rows, rowStride, first, d, ordinals, from, ordinalsOffset + end);
      copy(
          rows,
          rowStride,
          first,
          d,
          ordinals,
          from,
          end - start,
          scales,
          scalesOffset + start,
          panel,
          to,
          stride);
    }
  }

  private static void copy(
      float[] rows,
      int rowStride,
      int first,
      int d,
      int[] ordinals,
      int ordinalsOffset,
      int count,
      float[] scales,
      int scalesOffset,
      float[] panel,
      int panelOffset,
      int stride) {
    int whole = d - d % COUNT;
    for (int i = 0; i < count; i++) {
      int from = ordinals[ordinalsOffset + i] * rowStride + first;
      float scale = scales[scalesOffset + i];
      FloatVector s = FloatVector.broadcast(SPECIES, scale);
      int to = panelOffset + i * stride;
      for (int k = 0; k < whole; k += COUNT) {
        FloatVector.fromArray(SPECIES, rows, from + k).mul(s).intoArray(panel, to + k);
      }
      for (int k = whole; k < d; k++) {
        panel[to + k] = scale * rows[from + k];
      }
      for (int k = d; k < stride; k++) {
        panel[to + k] = 0;
      }
    }
  }

  @Override
  public void addWeighted(
      float[] panel,
      int panelOffset,
      int stride,
      int count,
      float[] weights,
      int weightsOffset,
      float[] sum) {
    if (stride % COUNT != 0) {
      scalar.addWeighted(panel, panelOffset, stride, count, weights, weightsOffset, sum);
      return;
    }
    int k = 0;
    for (; k + 4 * COUNT <= stride; k += 4 * COUNT) {
      add4(panel, panelOffset, stride, count, weights, weightsOffset, sum, k);
    }
    for (; k < stride; k += COUNT) {
      FloatVector s = FloatVector.fromArray(SPECIES, sum, k);
      for (int i = 0; i < count; i++) {
        FloatVector w = FloatVector.broadcast(SPECIES, weights[weightsOffset + i]);
        int at = panelOffset + i * stride + k;
        s = w.fma(FloatVector.fromArray(SPECIES, panel, at), s);
      }
      s.intoArray(sum, k);
    }
  }

  /** Four vectors of columns at once: one alone waits for its own last addition. */
  private static void add4(
      float[] panel,
      int panelOffset,
      int stride,
      int count,
      float[] weights,
      int weightsOffset,
      float[] sum,
      int k) {
    FloatVector s0 = FloatVector.fromArray(SPECIES, sum, k);
    FloatVector s1 = FloatVector.fromArray(SPECIES, sum, k + COUNT);
    FloatVector s2 = FloatVector.fromArray(SPECIES, sum, k + 2 * COUNT);
    FloatVector s3 = FloatVector.fromArray(SPECIES, sum, k + 3 * COUNT);
    for (int i = 0; i < count; i++) {
      FloatVector w = FloatVector.broadcast(SPECIES, weights[weightsOffset + i]);
      int at = panelOffset + i * stride + k;
      s0 = w.fma(FloatVector.fromArray(SPECIES, panel, at), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, panel, at + COUNT), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, panel, at + 2 * COUNT), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, panel, at + 3 * COUNT), s3);
    }
    s0.intoArray(sum, k);
    s1.intoArray(sum, k + COUNT);
    s2.intoArray(sum, k + 2 * COUNT);
    s3.intoArray(sum, k + 3 * COUNT);
  }

  @Override
  public void addSquares(
      float[] panel,
      int panelOffset,
      int stride,
      int count,
      float[] weights,
      int weightsOffset,
      float[] sum) {
    if (stride % COUNT != 0) {
      scalar.addSquares(panel, panelOffset, stride, count, weights, weightsOffset, sum);
      return;
    }
    int k = 0;
    for (; k + 2 * COUNT <= stride; k += 2 * COUNT) {
      FloatVector s0 = FloatVector.fromArray(SPECIES, sum, k);
      FloatVector s1 = FloatVector.fromArray(SPECIES, sum, k + COUNT);
      for (int i = 0; i < count; i++) {
        FloatVector w = FloatVector.broadcast(SPECIES, weights[weightsOffset + i]);
        int at = panelOffset + i * stride + k;
        FloatVector x0 = FloatVector.fromArray(SPECIES, panel, at);
        FloatVector x1 = FloatVector.fromArray(SPECIES, panel, at + COUNT);
        s0 = w.mul(x0).fma(x0, s0);
        s1 = w.mul(x1).fma(x1, s1);
      }
      s0.intoArray(sum, k);
      s1.intoArray(sum, k + COUNT);
    }
    if (k < stride) {
      FloatVector s = FloatVector.fromArray(SPECIES, sum, k);
      for (int i = 0; i < count; i++) {
        FloatVector x = FloatVector.fromArray(SPECIES, panel, panelOffset + i * stride + k);
        s = x.mul(weights[weightsOffset + i]).fma(x, s);
      }
      s.intoArray(sum, k);
    }
  }
}
