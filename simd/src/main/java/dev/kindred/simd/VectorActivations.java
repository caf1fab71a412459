package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Exponentials in vectors: e^x = 2^k e^r with k = round(x / ln 2) and |r| <= ln 2 / 2, where the
 * Taylor polynomial of degree 7 is exact to a tenth of a unit in the last place (Muller, Elementary
 * Functions, 2nd ed., chapters 3 and 11, for the reduction in two parts).
 *
 * <p>The polynomial stands here twice, for whole vectors and for the last incomplete one, and other
 * functions pass over the array again instead of sharing a method that takes and returns vectors:
 * where the compiler decides not to inline such a method, each vector becomes an object (seen: 590
 * instead of 190 ns for 1,000 values). For the same reason a sum or a maximum is carried from round
 * to round as a number: a vector that a loop carries has a class that the compiler knows only from
 * a profile, and where none was taken yet it stayed an object (seen: one JVM in six).
 */
final class VectorActivations implements ActivationKernels {
  private static final float LOG2_E = 1.44269504f;

  /** Adding it leaves the nearest whole number in the low bits of the sum. */
  private static final float ROUND = 0x1.8p23f;

  private static final int ROUND_BITS = Float.floatToRawIntBits(ROUND);

  /** ln 2 in two parts; the products of the first with |k| <= 256 are exact. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.12194440e-4f;

  /** e^89 is above the largest float, e^-104 below half the smallest. */
  private static final float TOO_LARGE = 89f;

  private static final float TOO_SMALL = -104f;

  /** Groups of so many values have a softmax of their own: the experts of most rankers. */
  private static final int FOUR = 4;

  private static final VectorShuffle<Float> FIRST = ofFour(0);
  private static final VectorShuffle<Float> SECOND = ofFour(1);
  private static final VectorShuffle<Float> THIRD = ofFour(2);
  private static final VectorShuffle<Float> FOURTH = ofFour(3);

  @Override
  public void exp(float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    exp(source, sourceOffset, 0, false, target, targetOffset, n);
  }

  /**
   * target = e^(source - shift), or e^-|source - shift| with the sign of the source: what a sigmoid
   * is made of.
   */
  private static void exp(
      float[] source,
      int sourceOffset,
      float shift,
      boolean ofMagnitude,
      float[] target,
      int targetOffset,
      int n) {
    int whole = n - n % COUNT;
    expVectors(source, sourceOffset, shift, ofMagnitude, target, targetOffset, whole);
    if (whole < n) {
      int from = sourceOffset + whole;
      int to = targetOffset + whole;
      expTail(source, from, shift, ofMagnitude, target, to, n - whole);
    }
  }

  private static void expVectors(
      float[] source,
      int sourceOffset,
      float shift,
      boolean ofMagnitude,
      float[] target,
      int targetOffset,
      int n) {
    for (int i = 0; i < n; i += COUNT) {
      FloatVector s = FloatVector.fromArray(SPECIES, source, sourceOffset + i);
      FloatVector x = s.sub(shift);
      if (ofMagnitude) {
        x = x.abs().neg();
      }
      FloatVector shifted =
          x.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
      FloatVector k = shifted.sub(ROUND);
      FloatVector r = k.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), x);
      r = k.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
      FloatVector p =
          r.fma(
              FloatVector.broadcast(SPECIES, 1f / 5040), FloatVector.broadcast(SPECIES, 1f / 720));
      p = p.fma(r, FloatVector.broadcast(SPECIES, 1f / 120));
      p = p.fma(r, FloatVector.broadcast(SPECIES, 1f / 24));
      p = p.fma(r, FloatVector.broadcast(SPECIES, 1f / 6));
      p = p.fma(r, FloatVector.broadcast(SPECIES, 1f / 2));
      p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
      p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
      // 2^k in two factors: k reaches from -150, where results are subnormal, to 128.
      IntVector exponent = shifted.reinterpretAsInts().sub(ROUND_BITS);
      IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
      IntVector rest = exponent.sub(half);
      p = p.mul(half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
      p = p.mul(rest.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
      p = p.blend(0f, x.compare(VectorOperators.LT, TOO_SMALL));
      p = p.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, TOO_LARGE));
      if (ofMagnitude) {
        IntVector sign = s.reinterpretAsInts().and(Integer.MIN_VALUE);
        p = p.reinterpretAsInts().or(sign).reinterpretAsFloats();
      }
      p.intoArray(target, targetOffset + i);
    }
  }

  private static void expTail(
      float[] source,
      int sourceOffset,
      float shift,
      boolean ofMagnitude,
      float[] target,
      int targetOffset,
      int n) {
    FloatVector s = Lanes.loadTail(source, sourceOffset, n);
    FloatVector x = s.sub(shift);
    if (ofMagnitude) {
      x = x.abs().neg();
    }
    FloatVector shifted =
        x.fma(FloatVector.broadcast(SPECIES, LOG2_E), FloatVector.broadcast(SPECIES, ROUND));
    FloatVector k = shifted.sub(ROUND);
    FloatVector r = k.fma(FloatVector.broadcast(SPECIES, -LN2_HIGH), x);
    r = k.fma(FloatVector.broadcast(SPECIES, -LN2_LOW), r);
    FloatVector p =
        r.fma(FloatVector.broadcast(SPECIES, 1f / 5040), FloatVector.broadcast(SPECIES, 1f / 720));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 1f / 120));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 1f / 24));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 1f / 6));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 1f / 2));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
    p = p.fma(r, FloatVector.broadcast(SPECIES, 1f));
    IntVector exponent = shifted.reinterpretAsInts().sub(ROUND_BITS);
    IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
    IntVector rest = exponent.sub(half);
    p = p.mul(half.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
    p = p.mul(rest.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats());
    p = p.blend(0f, x.compare(VectorOperators.LT, TOO_SMALL));
    p = p.blend(Float.POSITIVE_INFINITY, x.compare(VectorOperators.GT, TOO_LARGE));
    if (ofMagnitude) {
      IntVector sign = s.reinterpretAsInts().and(Integer.MIN_VALUE);
      p = p.reinterpretAsInts().or(sign).reinterpretAsFloats();
    }
    // As Lanes.storeTail, which is one method too many to inline here.
    if (Lanes.MASKS) {
      p.intoArray(target, targetOffset, SPECIES.indexInRange(0, n));
      return;
    }
    target[targetOffset] = p.lane(0);
    if (n > 1) {
      target[targetOffset + 1] = p.lane(1);
    }
    if (n > 2) {
      target[targetOffset + 2] = p.lane(2);
    }
  }

  /** From e^-|x|, so that neither tail loses relative precision. */
  @Override
  public void sigmoid(float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    exp(source, sourceOffset, 0, true, target, targetOffset, n);
    int whole = n - n % COUNT;
    sigmoidVectors(target, targetOffset, whole);
    if (whole < n) {
      sigmoidTail(target, targetOffset + whole, n - whole);
    }
  }

  private static void sigmoidVectors(float[] target, int targetOffset, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    for (int i = 0; i < n; i += COUNT) {
      FloatVector signed = FloatVector.fromArray(SPECIES, target, targetOffset + i);
      FloatVector e = signed.abs();
      // The sign bit, not the comparison with 0: e may have come out as -0.
      FloatVector above =
          one.blend(e, signed.reinterpretAsInts().compare(VectorOperators.LT, 0).cast(SPECIES));
      above.div(e.add(one)).intoArray(target, targetOffset + i);
    }
  }

  private static void sigmoidTail(float[] target, int targetOffset, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    FloatVector signed = Lanes.loadTail(target, targetOffset, n);
    FloatVector e = signed.abs();
    FloatVector above =
        one.blend(e, signed.reinterpretAsInts().compare(VectorOperators.LT, 0).cast(SPECIES));
    FloatVector p = above.div(e.add(one));
    // As in expTail.
    if (Lanes.MASKS) {
      p.intoArray(target, targetOffset, SPECIES.indexInRange(0, n));
      return;
    }
    target[targetOffset] = p.lane(0);
    if (n > 1) {
      target[targetOffset + 1] = p.lane(1);
    }
    if (n > 2) {
      target[targetOffset + 2] = p.lane(2);
    }
  }

  @Override
  public void softmax(float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    if (n == 0) {
      return;
    }
    float max = max(source, sourceOffset, n);
    exp(source, sourceOffset, max, false, target, targetOffset, n);
    Kernels.DISTANCES.scale(1 / sum(target, targetOffset, n), target, targetOffset, n);
  }

  @Override
  public void softmaxGroups(float[] x, int offset, int groups, int size) {
    int n = groups * size;
    int whole = size == FOUR ? n - n % COUNT : 0;
    belowLargestOfFour(x, offset, whole);
    belowLargest(x, offset + whole, (n - whole) / size, size);
    exp(x, offset, 0, false, x, offset, n);
    toSharesOfFour(x, offset, whole);
    toShares(x, offset + whole, (n - whole) / size, size);
  }

  private static void belowLargest(float[] x, int offset, int groups, int size) {
    for (int from = offset; from < offset + groups * size; from += size) {
      float max = x[from];
      for (int i = from + 1; i < from + size; i++) {
        max = Math.max(max, x[i]);
      }
      for (int i = from; i < from + size; i++) {
        x[i] -= max;
      }
    }
  }

  private static void toShares(float[] x, int offset, int groups, int size) {
    for (int from = offset; from < offset + groups * size; from += size) {
      float sum = 0;
      for (int i = from; i < from + size; i++) {
        sum += x[i];
      }
      float scale = 1 / sum;
      for (int i = from; i < from + size; i++) {
        x[i] *= scale;
      }
    }
  }

  /** As belowLargest for groups of four values, which fill a quarter, a half or all of a vector. */
  private static void belowLargestOfFour(float[] x, int offset, int n) {
    for (int i = offset; i < offset + n; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, i);
      FloatVector max = v.max(v.rearrange(Lanes.SWAP_NEIGHBORS));
      max = max.max(max.rearrange(Lanes.SWAP_PAIRS));
      v.sub(max).intoArray(x, i);
    }
  }

  private static void toSharesOfFour(float[] x, int offset, int n) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    for (int i = offset; i < offset + n; i += COUNT) {
      FloatVector e = FloatVector.fromArray(SPECIES, x, i);
      FloatVector sum = e.rearrange(FIRST).add(e.rearrange(SECOND));
      sum = sum.add(e.rearrange(THIRD)).add(e.rearrange(FOURTH));
      e.mul(one.div(sum)).intoArray(x, i);
    }
  }

  /** The value at a place of its group of four, in all lanes of the group. */
  private static VectorShuffle<Float> ofFour(int place) {
    return VectorShuffle.fromOp(SPECIES, lane -> lane / FOUR * FOUR + place);
  }

  /** Four sums side by side: one alone waits for its own last addition. */
  private static float sum(float[] a, int offset, int n) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = offset;
    int end = offset + n;
    for (; i < end - 3; i += 4) {
      s0 += a[i];
      s1 += a[i + 1];
      s2 += a[i + 2];
      s3 += a[i + 3];
    }
    for (; i < end; i++) {
      s0 += a[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** Largest of n >= 1 values; NaN if one is. */
  private static float max(float[] a, int offset, int n) {
    float max = a[offset];
    int i = 0;
    for (; i <= n - COUNT; i += COUNT) {
      FloatVector v = FloatVector.fromArray(SPECIES, a, offset + i);
      max = Math.max(max, v.reduceLanes(VectorOperators.MAX));
    }
    for (; i < n; i++) {
      max = Math.max(max, a[offset + i]);
    }
    return max;
  }

  /** A comparison and a blend: NaN stays, and cheaper than a maximum, which must look for NaN. */
  @Override
  public void relu(float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    int i = 0;
    for (; i <= n - COUNT; i += COUNT) {
      FloatVector x = FloatVector.fromArray(SPECIES, source, sourceOffset + i);
      x.blend(0f, x.compare(VectorOperators.LT, 0f)).intoArray(target, targetOffset + i);
    }
    if (i < n) {
      FloatVector x = Lanes.loadTail(source, sourceOffset + i, n - i);
      FloatVector y = x.blend(0f, x.compare(VectorOperators.LT, 0f));
      Lanes.storeTail(y, target, targetOffset + i, n - i);
    }
  }
}
