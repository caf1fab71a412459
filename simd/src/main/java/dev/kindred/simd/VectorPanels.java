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

  @Override
  public void mix(
      float[] rows,
      int rowsOffset,
      int count,
      int width,
      float[] weights,
      int weightsOffset,
      int groups,
      float[] target,
      int targetOffset,
      int targetStride) {
    for (int g = 0; g < groups; g++) {
      int weight = weightsOffset + g * count;
      int to = targetOffset + g * targetStride;
      int k = 0;
      for (; k + 8 * COUNT <= width; k += 8 * COUNT) {
        mix8(rows, rowsOffset + k, count, width, weights, weight, target, to + k);
      }
      for (; k + 4 * COUNT <= width; k += 4 * COUNT) {
        mix4(rows, rowsOffset + k, count, width, weights, weight, target, to + k);
      }
      for (; k + COUNT <= width; k += COUNT) {
        mix1(rows, rowsOffset + k, count, width, weights, weight, target, to + k);
      }
      for (; k < width; k++) {
        float sum = 0;
        for (int i = 0; i < count; i++) {
          sum = Math.fma(weights[weight + i], rows[rowsOffset + i * width + k], sum);
        }
        target[to + k] = sum;
      }
    }
  }

  /** Eight vectors of columns of one group. */
  private static void mix8(
      float[] rows,
      int from,
      int count,
      int width,
      float[] weights,
      int weight,
      float[] target,
      int to) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    FloatVector s4 = s0;
    FloatVector s5 = s0;
    FloatVector s6 = s0;
    FloatVector s7 = s0;
    int i = 0;
    for (; i < count - 1; i += 2) {
      FloatVector w = FloatVector.broadcast(SPECIES, weights[weight + i]);
      FloatVector v = FloatVector.broadcast(SPECIES, weights[weight + i + 1]);
      int at = from + i * width;
      int next = at + width;
      s0 = w.fma(FloatVector.fromArray(SPECIES, rows, at), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, rows, at + COUNT), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * COUNT), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * COUNT), s3);
      s4 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 4 * COUNT), s4);
      s5 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 5 * COUNT), s5);
      s6 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 6 * COUNT), s6);
      s7 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 7 * COUNT), s7);
      s0 = v.fma(FloatVector.fromArray(SPECIES, rows, next), s0);
      s1 = v.fma(FloatVector.fromArray(SPECIES, rows, next + COUNT), s1);
      s2 = v.fma(FloatVector.fromArray(SPECIES, rows, next + 2 * COUNT), s2);
      s3 = v.fma(FloatVector.fromArray(SPECIES, rows, next + 3 * COUNT), s3);
      s4 = v.fma(FloatVector.fromArray(SPECIES, rows, next + 4 * COUNT), s4);
      s5 = v.fma(FloatVector.fromArray(SPECIES, rows, next + 5 * COUNT), s5);
      s6 = v.fma(FloatVector.fromArray(SPECIES, rows, next + 6 * COUNT), s6);
      s7 = v.fma(FloatVector.fromArray(SPECIES, rows, next + 7 * COUNT), s7);
    }
    if (i < count) {
      FloatVector w = FloatVector.broadcast(SPECIES, weights[weight + i]);
      int at = from + i * width;
      s0 = w.fma(FloatVector.fromArray(SPECIES, rows, at), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, rows, at + COUNT), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * COUNT), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * COUNT), s3);
      s4 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 4 * COUNT), s4);
      s5 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 5 * COUNT), s5);
      s6 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 6 * COUNT), s6);
      s7 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 7 * COUNT), s7);
    }
    s0.intoArray(target, to);
    s1.intoArray(target, to + COUNT);
    s2.intoArray(target, to + 2 * COUNT);
    s3.intoArray(target, to + 3 * COUNT);
    s4.intoArray(target, to + 4 * COUNT);
    s5.intoArray(target, to + 5 * COUNT);
    s6.intoArray(target, to + 6 * COUNT);
    s7.intoArray(target, to + 7 * COUNT);
  }

  /** Four vectors of columns of one group: as wide as the experts of a small ranker. */
  private static void mix4(
      float[] rows,
      int from,
      int count,
      int width,
      float[] weights,
      int weight,
      float[] target,
      int to) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int i = 0; i < count; i++) {
      FloatVector w = FloatVector.broadcast(SPECIES, weights[weight + i]);
      int at = from + i * width;
      s0 = w.fma(FloatVector.fromArray(SPECIES, rows, at), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, rows, at + COUNT), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * COUNT), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * COUNT), s3);
    }
    s0.intoArray(target, to);
    s1.intoArray(target, to + COUNT);
    s2.intoArray(target, to + 2 * COUNT);
    s3.intoArray(target, to + 3 * COUNT);
  }

  /** One vector of columns of one group. */
  private static void mix1(
      float[] rows,
      int from,
      int count,
      int width,
      float[] weights,
      int weight,
      float[] target,
      int to) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    for (int i = 0; i < count; i++) {
      FloatVector w = FloatVector.broadcast(SPECIES, weights[weight + i]);
      int at = from + i * width;
      s0 = w.fma(FloatVector.fromArray(SPECIES, rows, at), s0);
    }
    s0.intoArray(target, to);
  }
}
