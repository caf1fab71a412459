package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Products of one row, as {@link VectorGemm} adds them: bound by reading b, not by sums. */
final class VectorRowProducts {
  private static final int PANEL = 2 * COUNT;

  /**
   * Whether b is read in four streams of two vectors, eight sums, rather than two. What the L2
   * cache gives must be asked for: 32 bytes a cycle with 256-bit vectors, which four sums do, 64
   * with 512, which they do in half of it (256 x 256 and 256 x 128: 3.0 us in two streams, 2.0 in
   * four, on a Zen 5). Where four sums do, four streams are a fifth slower once b isn't in the
   * first cache.
   */
  private static final boolean FOUR_PANELS = COUNT != 8;

  private VectorRowProducts() {}

  /** The columns from {@code first} on that fill a vector. */
  static void multiply(
      int first,
      float[] a,
      int a0,
      int k,
      float[] b,
      int n,
      float[] bias,
      float least,
      float[] c,
      int c0) {
    int j = first;
    for (; FOUR_PANELS && j <= n - 4 * PANEL; j += 4 * PANEL) {
      row4Panels(a, a0, k, b, j * k, bias, j, least, c, c0 + j);
    }
    for (; j <= n - 2 * PANEL; j += 2 * PANEL) {
      row2Panels(a, a0, k, b, j * k, bias, j, least, c, c0 + j);
    }
    if (j <= n - PANEL) {
      rowPanel(a, a0, k, b, j * k, bias, j, least, c, c0 + j);
      j += PANEL;
    }
    if (j <= n - COUNT) {
      rowNarrowPanel(a, a0, k, b, j * k, bias, j, least, c, c0 + j);
    }
  }

  /** One row by four panels. */
  private static void row4Panels(
      float[] a,
      int a0,
      int k,
      float[] b,
      int b0,
      float[] bias,
      int bias0,
      float least,
      float[] c,
      int c0) {
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    int size = k * PANEL;
    int b1 = b0 + size;
    int b2 = b1 + size;
    int b3 = b2 + size;
    FloatVector s0 =
        bias == null ? FloatVector.zero(SPECIES) : FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector s1 =
        bias == null
            ? FloatVector.zero(SPECIES)
            : FloatVector.fromArray(SPECIES, bias, bias0 + COUNT);
    FloatVector s2 =
        bias == null
            ? FloatVector.zero(SPECIES)
            : FloatVector.fromArray(SPECIES, bias, bias0 + 2 * COUNT);
    FloatVector s3 =
        bias == null
            ? FloatVector.zero(SPECIES)
            : FloatVector.fromArray(SPECIES, bias, bias0 + 3 * COUNT);
    FloatVector s4 =
        bias == null
            ? FloatVector.zero(SPECIES)
            : FloatVector.fromArray(SPECIES, bias, bias0 + 4 * COUNT);
    FloatVector s5 =
        bias == null
            ? FloatVector.zero(SPECIES)
            : FloatVector.fromArray(SPECIES, bias, bias0 + 5 * COUNT);
    FloatVector s6 =
        bias == null
            ? FloatVector.zero(SPECIES)
            : FloatVector.fromArray(SPECIES, bias, bias0 + 6 * COUNT);
    FloatVector s7 =
        bias == null
            ? FloatVector.zero(SPECIES)
            : FloatVector.fromArray(SPECIES, bias, bias0 + 7 * COUNT);
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + p]);
      s0 = x.fma(FloatVector.fromArray(SPECIES, b, b0 + p * PANEL), s0);
      s1 = x.fma(FloatVector.fromArray(SPECIES, b, b0 + p * PANEL + COUNT), s1);
      s2 = x.fma(FloatVector.fromArray(SPECIES, b, b1 + p * PANEL), s2);
      s3 = x.fma(FloatVector.fromArray(SPECIES, b, b1 + p * PANEL + COUNT), s3);
      s4 = x.fma(FloatVector.fromArray(SPECIES, b, b2 + p * PANEL), s4);
      s5 = x.fma(FloatVector.fromArray(SPECIES, b, b2 + p * PANEL + COUNT), s5);
      s6 = x.fma(FloatVector.fromArray(SPECIES, b, b3 + p * PANEL), s6);
      s7 = x.fma(FloatVector.fromArray(SPECIES, b, b3 + p * PANEL + COUNT), s7);
    }
    s0.blend(floor, s0.compare(VectorOperators.LT, floor)).intoArray(c, c0);
    s1.blend(floor, s1.compare(VectorOperators.LT, floor)).intoArray(c, c0 + COUNT);
    s2.blend(floor, s2.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 2 * COUNT);
    s3.blend(floor, s3.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 3 * COUNT);
    s4.blend(floor, s4.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 4 * COUNT);
    s5.blend(floor, s5.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 5 * COUNT);
    s6.blend(floor, s6.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 6 * COUNT);
    s7.blend(floor, s7.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 7 * COUNT);
  }

  /** One row by two panels. */
  private static void row2Panels(
      float[] a,
      int a0,
      int k,
      float[] b,
      int b0,
      float[] bias,
      int bias0,
      float least,
      float[] c,
      int c0) {
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    int size = k * PANEL;
    int b1 = b0 + size;
    FloatVector s0 =
        bias == null ? FloatVector.zero(SPECIES) : FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector s1 =
        bias == null
            ? FloatVector.zero(SPECIES)
            : FloatVector.fromArray(SPECIES, bias, bias0 + COUNT);
    FloatVector s2 =
        bias == null
            ? FloatVector.zero(SPECIES)
            : FloatVector.fromArray(SPECIES, bias, bias0 + 2 * COUNT);
    FloatVector s3 =
        bias == null
            ? FloatVector.zero(SPECIES)
            : FloatVector.fromArray(SPECIES, bias, bias0 + 3 * COUNT);
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + p]);
      s0 = x.fma(FloatVector.fromArray(SPECIES, b, b0 + p * PANEL), s0);
      s1 = x.fma(FloatVector.fromArray(SPECIES, b, b0 + p * PANEL + COUNT), s1);
      s2 = x.fma(FloatVector.fromArray(SPECIES, b, b1 + p * PANEL), s2);
      s3 = x.fma(FloatVector.fromArray(SPECIES, b, b1 + p * PANEL + COUNT), s3);
    }
    s0.blend(floor, s0.compare(VectorOperators.LT, floor)).intoArray(c, c0);
    s1.blend(floor, s1.compare(VectorOperators.LT, floor)).intoArray(c, c0 + COUNT);
    s2.blend(floor, s2.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 2 * COUNT);
    s3.blend(floor, s3.compare(VectorOperators.LT, floor)).intoArray(c, c0 + 3 * COUNT);
  }

  /** One row by one panel. */
  private static void rowPanel(
      float[] a,
      int a0,
      int k,
      float[] b,
      int b0,
      float[] bias,
      int bias0,
      float least,
      float[] c,
      int c0) {
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    FloatVector s0 =
        bias == null ? FloatVector.zero(SPECIES) : FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector s1 =
        bias == null
            ? FloatVector.zero(SPECIES)
            : FloatVector.fromArray(SPECIES, bias, bias0 + COUNT);
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + p]);
      s0 = x.fma(FloatVector.fromArray(SPECIES, b, b0 + p * PANEL), s0);
      s1 = x.fma(FloatVector.fromArray(SPECIES, b, b0 + p * PANEL + COUNT), s1);
    }
    s0.blend(floor, s0.compare(VectorOperators.LT, floor)).intoArray(c, c0);
    s1.blend(floor, s1.compare(VectorOperators.LT, floor)).intoArray(c, c0 + COUNT);
  }

  /** One row by the panel of one vector. */
  private static void rowNarrowPanel(
      float[] a,
      int a0,
      int k,
      float[] b,
      int b0,
      float[] bias,
      int bias0,
      float least,
      float[] c,
      int c0) {
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    FloatVector s0 =
        bias == null ? FloatVector.zero(SPECIES) : FloatVector.fromArray(SPECIES, bias, bias0);
    for (int p = 0; p < k; p++) {
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + p]);
      s0 = x.fma(FloatVector.fromArray(SPECIES, b, b0 + p * COUNT), s0);
    }
    s0.blend(floor, s0.compare(VectorOperators.LT, floor)).intoArray(c, c0);
  }
}
