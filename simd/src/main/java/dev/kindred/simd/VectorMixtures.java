package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Four vectors of columns at a time, of several rows before the next columns: the loop over rows is
 * long where those over columns and parts would hardly have begun. Four and eight parts are written
 * out; others have a loop.
 */
final class VectorMixtures implements MixtureKernels {
  /** Floats of rows that are mixed for all groups before the next: they stay in the first cache. */
  private static final int BLOCK = 4096;

  private static final int CHUNK = 4 * COUNT;

  @Override
  public void mix(
      float[] rows,
      int rowsOffset,
      int ldRows,
      int m,
      int count,
      int width,
      float[] weights,
      int weightsOffset,
      int groups,
      float[] target,
      int targetOffset,
      int ldTarget,
      int groupStride) {
    int block = Math.max(1, BLOCK / Math.max(1, count * width));
    int ldWeights = groups * count;
    for (int r = 0; r < m; r += block) {
      int n = Math.min(block, m - r);
      for (int g = 0; g < groups; g++) {
        group(
            rows,
            rowsOffset + r * ldRows,
            ldRows,
            n,
            count,
            width,
            weights,
            weightsOffset + r * ldWeights + g * count,
            ldWeights,
            target,
            targetOffset + g * groupStride + r * ldTarget,
            ldTarget);
      }
    }
  }

  private static void group(
      float[] rows,
      int from,
      int ldRows,
      int m,
      int count,
      int width,
      float[] weights,
      int weight0,
      int ldWeights,
      float[] target,
      int to0,
      int ldTarget) {
    int k = 0;
    for (; k <= width - CHUNK; k += CHUNK) {
      int at = from + k;
      int to = to0 + k;
      if (count == 4) {
        four(rows, at, ldRows, m, width, weights, weight0, ldWeights, target, to, ldTarget);
      } else if (count == 8) {
        eight(rows, at, ldRows, m, width, weights, weight0, ldWeights, target, to, ldTarget);
      } else {
        any(rows, at, ldRows, m, count, width, weights, weight0, ldWeights, target, to, ldTarget);
      }
    }
    for (; k <= width - COUNT; k += COUNT) {
      narrow(
          rows, from + k, ldRows, m, count, width, weights, weight0, ldWeights, target, to0 + k,
          ldTarget);
    }
    for (; k < width; k++) {
      column(
          rows, from + k, ldRows, m, count, width, weights, weight0, ldWeights, target, to0 + k,
          ldTarget);
    }
  }

  /** Four parts, four vectors of columns. */
  private static void four(
      float[] rows,
      int from,
      int ldRows,
      int m,
      int width,
      float[] weights,
      int weight0,
      int ldWeights,
      float[] target,
      int to0,
      int ldTarget) {
    for (int r = 0; r < m; r++) {
      int weight = weight0 + r * ldWeights;
      int at = from + r * ldRows;
      int to = to0 + r * ldTarget;
      FloatVector w = FloatVector.broadcast(SPECIES, weights[weight]);
      FloatVector s0 = w.fma(FloatVector.fromArray(SPECIES, rows, at), FloatVector.zero(SPECIES));
      FloatVector s1 =
          w.fma(FloatVector.fromArray(SPECIES, rows, at + COUNT), FloatVector.zero(SPECIES));
      FloatVector s2 =
          w.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * COUNT), FloatVector.zero(SPECIES));
      FloatVector s3 =
          w.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * COUNT), FloatVector.zero(SPECIES));
      w = FloatVector.broadcast(SPECIES, weights[weight + 1]);
      at += width;
      s0 = w.fma(FloatVector.fromArray(SPECIES, rows, at), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, rows, at + COUNT), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * COUNT), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * COUNT), s3);
      w = FloatVector.broadcast(SPECIES, weights[weight + 2]);
      at += width;
      s0 = w.fma(FloatVector.fromArray(SPECIES, rows, at), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, rows, at + COUNT), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * COUNT), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * COUNT), s3);
      w = FloatVector.broadcast(SPECIES, weights[weight + 3]);
      at += width;
      s0 = w.fma(FloatVector.fromArray(SPECIES, rows, at), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, rows, at + COUNT), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * COUNT), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * COUNT), s3);
      s0.intoArray(target, to);
      s1.intoArray(target, to + COUNT);
      s2.intoArray(target, to + 2 * COUNT);
      s3.intoArray(target, to + 3 * COUNT);
    }
  }

  /** Eight parts, four vectors of columns. */
  private static void eight(
      float[] rows,
      int from,
      int ldRows,
      int m,
      int width,
      float[] weights,
      int weight0,
      int ldWeights,
      float[] target,
      int to0,
      int ldTarget) {
    for (int r = 0; r < m; r++) {
      int weight = weight0 + r * ldWeights;
      int at = from + r * ldRows;
      int to = to0 + r * ldTarget;
      FloatVector w = FloatVector.broadcast(SPECIES, weights[weight]);
      FloatVector s0 = w.fma(FloatVector.fromArray(SPECIES, rows, at), FloatVector.zero(SPECIES));
      FloatVector s1 =
          w.fma(FloatVector.fromArray(SPECIES, rows, at + COUNT), FloatVector.zero(SPECIES));
      FloatVector s2 =
          w.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * COUNT), FloatVector.zero(SPECIES));
      FloatVector s3 =
          w.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * COUNT), FloatVector.zero(SPECIES));
      w = FloatVector.broadcast(SPECIES, weights[weight + 1]);
      at += width;
      s0 = w.fma(FloatVector.fromArray(SPECIES, rows, at), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, rows, at + COUNT), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * COUNT), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * COUNT), s3);
      w = FloatVector.broadcast(SPECIES, weights[weight + 2]);
      at += width;
      s0 = w.fma(FloatVector.fromArray(SPECIES, rows, at), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, rows, at + COUNT), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * COUNT), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * COUNT), s3);
      w = FloatVector.broadcast(SPECIES, weights[weight + 3]);
      at += width;
      s0 = w.fma(FloatVector.fromArray(SPECIES, rows, at), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, rows, at + COUNT), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * COUNT), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * COUNT), s3);
      w = FloatVector.broadcast(SPECIES, weights[weight + 4]);
      at += width;
      s0 = w.fma(FloatVector.fromArray(SPECIES, rows, at), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, rows, at + COUNT), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * COUNT), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * COUNT), s3);
      w = FloatVector.broadcast(SPECIES, weights[weight + 5]);
      at += width;
      s0 = w.fma(FloatVector.fromArray(SPECIES, rows, at), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, rows, at + COUNT), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * COUNT), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * COUNT), s3);
      w = FloatVector.broadcast(SPECIES, weights[weight + 6]);
      at += width;
      s0 = w.fma(FloatVector.fromArray(SPECIES, rows, at), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, rows, at + COUNT), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * COUNT), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * COUNT), s3);
      w = FloatVector.broadcast(SPECIES, weights[weight + 7]);
      at += width;
      s0 = w.fma(FloatVector.fromArray(SPECIES, rows, at), s0);
      s1 = w.fma(FloatVector.fromArray(SPECIES, rows, at + COUNT), s1);
      s2 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 2 * COUNT), s2);
      s3 = w.fma(FloatVector.fromArray(SPECIES, rows, at + 3 * COUNT), s3);
      s0.intoArray(target, to);
      s1.intoArray(target, to + COUNT);
      s2.intoArray(target, to + 2 * COUNT);
      s3.intoArray(target, to + 3 * COUNT);
    }
  }

  /** Any number of parts, four vectors of columns. */
  private static void any(
      float[] rows,
      int from,
      int ldRows,
      int m,
      int count,
      int width,
      float[] weights,
      int weight0,
      int ldWeights,
      float[] target,
      int to0,
      int ldTarget) {
    for (int r = 0; r < m; r++) {
      int weight = weight0 + r * ldWeights;
      int at = from + r * ldRows;
      int to = to0 + r * ldTarget;
      FloatVector s0 = FloatVector.zero(SPECIES);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      for (int i = 0; i < count; i++) {
        FloatVector w = FloatVector.broadcast(SPECIES, weights[weight + i]);
        int part = at + i * width;
        s0 = w.fma(FloatVector.fromArray(SPECIES, rows, part), s0);
        s1 = w.fma(FloatVector.fromArray(SPECIES, rows, part + COUNT), s1);
        s2 = w.fma(FloatVector.fromArray(SPECIES, rows, part + 2 * COUNT), s2);
        s3 = w.fma(FloatVector.fromArray(SPECIES, rows, part + 3 * COUNT), s3);
      }
      s0.intoArray(target, to);
      s1.intoArray(target, to + COUNT);
      s2.intoArray(target, to + 2 * COUNT);
      s3.intoArray(target, to + 3 * COUNT);
    }
  }

  /** One vector of columns. */
  private static void narrow(
      float[] rows,
      int from,
      int ldRows,
      int m,
      int count,
      int width,
      float[] weights,
      int weight0,
      int ldWeights,
      float[] target,
      int to0,
      int ldTarget) {
    for (int r = 0; r < m; r++) {
      FloatVector sum = FloatVector.zero(SPECIES);
      int at = from + r * ldRows;
      for (int i = 0; i < count; i++, at += width) {
        FloatVector w = FloatVector.broadcast(SPECIES, weights[weight0 + r * ldWeights + i]);
        sum = w.fma(FloatVector.fromArray(SPECIES, rows, at), sum);
      }
      sum.intoArray(target, to0 + r * ldTarget);
    }
  }

  /** One column. */
  private static void column(
      float[] rows,
      int from,
      int ldRows,
      int m,
      int count,
      int width,
      float[] weights,
      int weight0,
      int ldWeights,
      float[] target,
      int to0,
      int ldTarget) {
    for (int r = 0; r < m; r++) {
      float sum = 0;
      int at = from + r * ldRows;
      for (int i = 0; i < count; i++, at += width) {
        sum = Math.fma(weights[weight0 + r * ldWeights + i], rows[at], sum);
      }
      target[to0 + r * ldTarget] = sum;
    }
  }
}
