package dev.kindred.simd;

import static dev.kindred.simd.Samples.GUARD;
import static dev.kindred.simd.Samples.LENGTHS;
import static dev.kindred.simd.Samples.guarded;
import static dev.kindred.simd.Samples.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ActivationsTest {
  private static final float[] SPECIAL = {
    0f,
    -0f,
    1e-45f,
    -1e-45f,
    1e-30f,
    1f,
    -1f,
    88f,
    88.7228f,
    88.7229f,
    89f,
    100f,
    1e30f,
    Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    -87f,
    -87.4f,
    -88f,
    -90f,
    -100f,
    -103.9f,
    -104f,
    -150f,
    -1e30f,
    -Float.MAX_VALUE,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
  };

  /** Special values, and a grid over all exponents that matter. */
  private static float[] grid() {
    float[] x = Arrays.copyOf(SPECIAL, SPECIAL.length + 4200);
    for (int i = 0; i < 4200; i++) {
      x[SPECIAL.length + i] = -105 + i * 0.0465117f;
    }
    return x;
  }

  private static void assertClose(double expected, float actual, double tolerance, double x) {
    String at = "x = " + x;
    if (Double.isNaN(expected)) {
      assertEquals(Float.NaN, actual, at);
    } else if ((float) expected == Float.POSITIVE_INFINITY) {
      assertEquals(Float.POSITIVE_INFINITY, actual, at);
    } else {
      // A unit in the last place of a subnormal is its own bound.
      assertEquals(expected, actual, tolerance * expected + Float.MIN_VALUE, at);
    }
  }

  @Test
  void expAndSigmoidAreRightOverTheWholeRange() {
    float[] x = grid();
    float[] exp = new float[x.length];
    float[] sigmoid = new float[x.length];
    Activations.exp(x, 0, exp, 0, x.length);
    Activations.sigmoid(x, 0, sigmoid, 0, x.length);
    for (int i = 0; i < x.length; i++) {
      assertClose(Math.exp(x[i]), exp[i], 1.3e-7, x[i]);
      assertClose(1 / (1 + Math.exp(-(double) x[i])), sigmoid[i], 2e-7, x[i]);
    }
  }

  @Test
  void elementsDoNotDependOnTheirPositionAndNothingElseIsWritten() {
    float[] x = values(1, 300);
    float[] exp = new float[300];
    float[] sigmoid = new float[300];
    float[] relu = new float[300];
    Activations.exp(x, 0, exp, 0, 300);
    Activations.sigmoid(x, 0, sigmoid, 0, 300);
    Activations.relu(x, 0, relu, 0, 300);
    for (int n : LENGTHS) {
      for (int offset = 0; offset < 3; offset++) {
        float[] part = guarded(Arrays.copyOfRange(x, 5, 5 + n), offset, 2);
        float[] a = part.clone();
        float[] b = part.clone();
        float[] c = part.clone();
        Activations.exp(a, offset, n);
        Activations.sigmoid(b, offset, n);
        Activations.relu(c, offset, n);
        assertArrayEquals(guarded(Arrays.copyOfRange(exp, 5, 5 + n), offset, 2), a);
        assertArrayEquals(guarded(Arrays.copyOfRange(sigmoid, 5, 5 + n), offset, 2), b);
        assertArrayEquals(guarded(Arrays.copyOfRange(relu, 5, 5 + n), offset, 2), c);
      }
    }
  }

  @Test
  void softmaxAgreesWithDoublesAtEveryLength() {
    for (int n : LENGTHS) {
      for (float spread : new float[] {1, 50, 1e6f}) {
        float[] x = values(2, n);
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
          x[i] = x[i] * spread + 1000;
          max = Math.max(max, x[i]);
        }
        double sum = 0;
        for (float value : x) {
          sum += Math.exp(value - max);
        }
        float[] in = guarded(x, 1, 1);
        float[] out = new float[n + 3];
        Arrays.fill(out, GUARD);
        Activations.softmax(in, 1, out, 2, n);
        for (int i = 0; i < n; i++) {
          double expected = Math.exp(x[i] - max) / sum;
          assertEquals(expected, out[2 + i], 1e-6 * expected + 1e-44, "n = " + n);
        }
        assertEquals(GUARD, out[1]);
        assertEquals(GUARD, out[2 + n]);
        Activations.softmax(in, 1, n);
        assertArrayEquals(Arrays.copyOfRange(out, 2, 2 + n), Arrays.copyOfRange(in, 1, 1 + n));
      }
    }
  }

  @Test
  void softmaxOfInfinitiesAndNan() {
    for (int n : new int[] {1, 5, 16, 21, 40}) {
      float[] x = new float[n];
      x[n - 1] = Float.NEGATIVE_INFINITY;
      Activations.softmax(x, 0, n);
      assertEquals(n == 1 ? Float.NaN : 0f, x[n - 1]);
      assertEquals(n == 1 ? Float.NaN : 1f / (n - 1), x[0], 1e-7f);
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        float[] y = new float[n];
        y[n / 2] = bad;
        Activations.softmax(y, 0, n);
        for (float value : y) {
          assertEquals(Float.NaN, value);
        }
      }
      float[] none = new float[n];
      Arrays.fill(none, Float.NEGATIVE_INFINITY);
      Activations.softmax(none, 0, n);
      assertTrue(Float.isNaN(none[0]));
    }
  }

  @Test
  void softmaxOfGroupsIsTheSoftmaxOfEach() {
    for (int size = 1; size < 10; size++) {
      for (int groups = 0; groups < 20; groups++) {
        float[] x = values(4, groups * size);
        for (int i = 0; i < x.length; i++) {
          x[i] = 30 * x[i] + 100;
        }
        float[] out = guarded(x, 1, 1);
        Activations.softmaxGroups(out, 1, groups, size);
        for (int g = 0; g < groups; g++) {
          float[] each = Arrays.copyOfRange(x, g * size, (g + 1) * size);
          Activations.softmax(each, 0, size);
          for (int i = 0; i < size; i++) {
            String where = "value %d of group %d of %d, each of %d".formatted(i, g, groups, size);
            assertEquals(each[i], out[1 + g * size + i], 1e-6f * each[i], where);
          }
        }
        assertEquals(GUARD, out[0]);
        assertEquals(GUARD, out[1 + groups * size]);
      }
    }
    float[] broken = new float[20];
    broken[6] = Float.NaN;
    Activations.softmaxGroups(broken, 0, 5, 4);
    for (int i = 0; i < broken.length; i++) {
      assertEquals(i / 4 == 1 ? Float.NaN : 0.25f, broken[i], 1e-7f, "value " + i);
    }
  }

  @Test
  void reluKeepsNan() {
    float[] x = SPECIAL.clone();
    Activations.relu(x, 0, x.length);
    for (int i = 0; i < x.length; i++) {
      assertEquals(Float.isNaN(SPECIAL[i]) ? Float.NaN : SPECIAL[i] < 0 ? 0 : SPECIAL[i], x[i]);
    }
  }

  @Test
  void rangesOutsideTheArraysAreRefused() {
    float[] x = new float[4];
    assertThrows(IndexOutOfBoundsException.class, () -> Activations.exp(x, 1, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> Activations.sigmoid(x, 0, x, 2, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> Activations.softmax(x, -1, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> Activations.relu(x, 0, new float[3], 0, 4));
    assertThrows(IndexOutOfBoundsException.class, () -> Activations.softmaxGroups(x, 1, 2, 2));
    assertThrows(IllegalArgumentException.class, () -> Activations.softmaxGroups(x, 0, 2, 0));
  }
}
