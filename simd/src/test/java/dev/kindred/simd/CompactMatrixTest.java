package dev.kindred.simd;

import static dev.kindred.simd.Samples.GUARD;
import static dev.kindred.simd.Samples.guarded;
import static dev.kindred.simd.Samples.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CompactMatrixTest {
  private static final int STEP = CompactMatrix.columnStep();
  private static final int[] ROWS = {1, 2, 3, 4, 5, 6, 31, 33, 64};

  @Test
  void everyValueIsNextToTheOnePacked() {
    for (int k : ROWS) {
      float[] b = values(k, k * STEP);
      CompactMatrix packed = CompactMatrix.pack(guarded(b, 2, 0), 2, k, STEP);
      assertEquals(k, packed.rows());
      assertEquals(STEP, packed.columns());
      assertNextTo(b, k, packed);
    }
  }

  private static void assertNextTo(float[] b, int k, CompactMatrix packed) {
    float[] c = new float[STEP];
    for (int p = 0; p < k; p++) {
      float[] unit = new float[k];
      unit[p] = 1;
      packed.multiplyBias(unit, 0, c, 0, new float[STEP], Activation.NONE);
      for (int j = 0; j < STEP; j++) {
        String at = "row " + p + " of " + k + ", column " + j;
        assertEquals(b[p * STEP + j], c[j], bound(b, k, j), at);
      }
    }
  }

  /** What a value may be off: a rounded int, and two roundings to floats. */
  private static double bound(float[] b, int k, int j) {
    double largest = 0;
    for (int p = 0; p < k; p++) {
      largest = Math.max(largest, Math.abs(b[p * STEP + j]));
    }
    return largest * (0x1p-21 * 1.001 + 0x1p-23);
  }

  @Test
  void productsHaveTheBitsOfTheTwin() {
    ScalarCompact twin = new ScalarCompact();
    for (int k : ROWS) {
      for (int n : new int[] {STEP, 3 * STEP}) {
        CompactMatrix b = CompactMatrix.pack(values(1, k * n), 0, k, n);
        float[] a = guarded(values(2, k), 3, 0);
        float[] bias = values(3, n);
        for (Activation act : Activation.values()) {
          float[] c = guarded(new float[n], 1, 1);
          float[] expected = c.clone();
          b.multiplyBias(a, 3, c, 1, bias, act);
          twin.multiply(a, 3, b, bias, act == Activation.RELU, expected, 1);
          assertArrayEquals(expected, c, "k " + k + ", n " + n + ", " + act);
          assertEquals(GUARD, c[0]);
          assertEquals(GUARD, c[n + 1]);
        }
      }
    }
  }

  @Test
  void productsAgreeWithDoubleSums() {
    int k = 256;
    int n = 2 * STEP;
    float[] a = values(4, k);
    float[] b = values(5, k * n);
    float[] bias = values(6, n);
    float[] c = new float[n];
    CompactMatrix.pack(b, 0, k, n).multiplyBias(a, 0, c, 0, bias, Activation.RELU);
    for (int j = 0; j < n; j++) {
      double sum = bias[j];
      double largest = 0;
      double squares = 0;
      for (int p = 0; p < k; p++) {
        sum += (double) a[p] * b[p * n + j];
        largest = Math.max(largest, Math.abs(b[p * n + j]));
        squares += a[p] * a[p];
      }
      // Errors of 256 values are as good as independent: six times their deviation.
      assertEquals(Math.max(0, sum), c[j], 6 * 0x1p-21 * largest * Math.sqrt(squares / 3));
    }
  }

  @Test
  void columnsOfAnySizeKeepTheirOwnPrecision() {
    int k = 3;
    float[] b = new float[k * STEP];
    for (int j = 0; j < STEP; j++) {
      // From 2^-90 to beyond 2^90, by turns with columns of zeros, and -1 where the largest is 1.
      float size = j % 2 == 0 ? 0 : (float) Math.scalb(1.0, j % 181 - 90);
      b[j] = -size;
      b[STEP + j] = size;
      b[2 * STEP + j] = size;
    }
    assertNextTo(b, k, CompactMatrix.pack(b, 0, k, STEP));
  }

  @Test
  void whatItCanNotHoldIsRefused() {
    float[] b = new float[2 * STEP];
    assertThrows(IllegalArgumentException.class, () -> CompactMatrix.pack(b, 0, 2, STEP - 1));
    assertThrows(IllegalArgumentException.class, () -> CompactMatrix.pack(b, 0, 0, STEP));
    assertThrows(IllegalArgumentException.class, () -> CompactMatrix.pack(b, 1, 2, STEP));
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      float[] changed = b.clone();
      changed[STEP + 3] = bad;
      String message =
          assertThrows(
                  IllegalArgumentException.class, () -> CompactMatrix.pack(changed, 0, 2, STEP))
              .getMessage();
      assertTrue(message.contains("column 3 is " + bad), message);
    }
    CompactMatrix packed = CompactMatrix.pack(b, 0, 2, STEP);
    float[] c = new float[STEP];
    float[] bias = new float[STEP];
    float[] two = new float[2];
    assertThrows(
        IllegalArgumentException.class,
        () -> packed.multiplyBias(two, 1, c, 0, bias, Activation.NONE));
    assertThrows(
        IllegalArgumentException.class,
        () -> packed.multiplyBias(two, 0, c, 1, bias, Activation.NONE));
    assertThrows(
        IllegalArgumentException.class,
        () -> packed.multiplyBias(two, 0, c, 0, new float[STEP - 1], Activation.NONE));
  }

  @Test
  void onlyMatricesOfEvenColumnsPay() {
    int k = 300;
    int n = 2 * STEP;
    float[] b = values(8, k * n);
    boolean wide = Simd.bits() == 512;
    assertEquals(wide, CompactMatrix.pays(b, 0, k, n));
    assertFalse(CompactMatrix.pays(b, 0, 1, n), "it fits the first cache");
    assertFalse(CompactMatrix.pays(b, 0, k, n - 1), "columns left over");
    for (float outlier : new float[] {20, Float.NaN, Float.POSITIVE_INFINITY}) {
      float[] changed = b.clone();
      changed[7 * n + 5] = outlier;
      assertFalse(CompactMatrix.pays(changed, 0, k, n), "one value of " + outlier);
      assertFalse(CompactMatrix.isEven(changed, 5, k, n), "one value of " + outlier);
      assertTrue(CompactMatrix.isEven(changed, 6, k, n));
    }
    assertTrue(CompactMatrix.isEven(new float[k * n], 0, k, n), "zeros");
  }

  @Test
  void columnsOfNextToNothingAreZeros() {
    float[] b = new float[2 * STEP];
    Arrays.fill(b, 0x1p-91f);
    float[] bias = values(7, STEP);
    float[] c = new float[STEP];
    float[] a = {0x1p100f, 0x1p100f};
    CompactMatrix.pack(b, 0, 2, STEP).multiplyBias(a, 0, c, 0, bias, Activation.NONE);
    assertArrayEquals(bias, c);
  }
}
