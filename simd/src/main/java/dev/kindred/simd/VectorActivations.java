package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Exponentials in vectors: e^x = 2^k e^r with k = round(x / ln 2) and |r| <= ln 2 / 2, where the
 * Taylor polynomial of degree 7 is exact to a tenth of a unit in the last place (Muller, Elementary
 * Functions, 2nd ed., chapters 3 and 11, for the reduction in two parts).
 */
final class VectorActivations implements ActivationKernels {
  private static final float LOG2_E = 1.44269504f;

  /** Adding it leaves the nearest whole number in the low bits of the sum. */
  private static final float ROUND = 0x1.8p23f;

  /** ln 2 in two parts; the products of the first with |k| <= 256 are exact. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.12194440e-4f;

  /** e^89 is above the largest float, e^-104 below half the smallest. */
  private static final float TOO_LARGE = 89f;

  private static final float TOO_SMALL = -104f;

  @Override
  public void exp(float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    int i = 0;
    for (; i <= n - COUNT; i += COUNT) {
      exp(FloatVector.fromArray(SPECIES, source, sourceOffset + i))
          .intoArray(target, targetOffset + i);
    }
    if (i < n) {
      FloatVector e = exp(Lanes.loadTail(source, sourceOffset + i, n - i));
      Lanes.storeTail(e, target, targetOffset + i, n - i);
    }
  }

  @Override
  public void sigmoid(float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    int i = 0;
    for (; i <= n - COUNT; i += COUNT) {
      sigmoid(FloatVector.fromArray(SPECIES, source, sourceOffset + i))
          .intoArray(target, targetOffset + i);
    }
    if (i < n) {
      FloatVector s = sigmoid(Lanes.loadTail(source, sourceOffset + i, n - i));
      Lanes.storeTail(s, target, targetOffset + i, n - i);
    }
  }

  @Override
  public void softmax(float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    if (n == 0) {
      return;
    }
    FloatVector max = FloatVector.broadcast(SPECIES, max(source, sourceOffset, n));
    FloatVector sum = FloatVector.zero(SPECIES);
    int i = 0;
    for (; i <= n - COUNT; i += COUNT) {
      FloatVector e = exp(FloatVector.fromArray(SPECIES, source, sourceOffset + i).sub(max));
      e.intoArray(target, targetOffset + i);
      sum = sum.add(e);
    }
    if (i < n) {
      FloatVector e = exp(Lanes.loadTail(source, sourceOffset + i, n - i).sub(max));
      Lanes.storeTail(e, target, targetOffset + i, n - i);
      // Read back, because the lanes past the end hold e^-max instead of 0.
      sum = sum.add(Lanes.loadTail(target, targetOffset + i, n - i));
    }
    Kernels.DISTANCES.scale(1 / Lanes.sum(sum), target, targetOffset, n);
  }

  /** Largest of n >= 1 values; NaN if one is. */
  private static float max(float[] source, int offset, int n) {
    if (n < COUNT) {
      float max = source[offset];
      for (int i = 1; i < n; i++) {
        max = Math.max(max, source[offset + i]);
      }
      return max;
    }
    // The last vector overlaps the one before it, which a maximum doesn't mind.
    FloatVector max = FloatVector.fromArray(SPECIES, source, offset + n - COUNT);
    for (int i = 0; i <= n - COUNT; i += COUNT) {
      max = max.max(FloatVector.fromArray(SPECIES, source, offset + i));
    }
    return max.reduceLanes(VectorOperators.MAX);
  }

  @Override
  public void relu(float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    int i = 0;
    for (; i <= n - COUNT; i += COUNT) {
      relu(FloatVector.fromArray(SPECIES, source, sourceOffset + i))
          .intoArray(target, targetOffset + i);
    }
    if (i < n) {
      FloatVector r = relu(Lanes.loadTail(source, sourceOffset + i, n - i));
      Lanes.storeTail(r, target, targetOffset + i, n - i);
    }
  }

  /** A comparison and a blend: NaN stays, and cheaper than a maximum, which must look for NaN. */
  static FloatVector relu(FloatVector x) {
    return x.blend(0f, x.compare(VectorOperators.LT, 0f));
  }

  /** From e^-|x|, so that neither tail loses relative precision. */
  private static FloatVector sigmoid(FloatVector x) {
    FloatVector e = exp(x.abs().neg());
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    return one.blend(e, x.compare(VectorOperators.LT, 0f)).div(e.add(1f));
  }

  private static FloatVector exp(FloatVector x) {
    FloatVector shifted = x.fma(LOG2_E, ROUND);
    FloatVector k = shifted.sub(ROUND);
    FloatVector r = k.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), x);
    r = k.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
    FloatVector p = r.fma(1f / 5040, 1f / 720);
    p = p.fma(r, FloatVector.broadcast(SPECIES, 1f / 120));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 1f / 24));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 1f / 6));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 1f / 2));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
    // 2^k in two factors: k reaches from -150, where results are subnormal, to 128.
    IntVector exponent = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND));
    IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
    FloatVector e = p.mul(power(half)).mul(power(exponent.sub(half)));
    e = e.blend(0f, x.compare(VectorOperators.LT, TOO_SMALL));
    return e.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, TOO_LARGE));
  }

  /** 2^k for -126 <= k <= 127. */
  private static FloatVector power(IntVector k) {
    return k.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }
}
