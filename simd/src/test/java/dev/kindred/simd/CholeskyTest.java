package dev.kindred.simd;

import static dev.kindred.simd.Samples.values;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CholeskyTest {
  private static final int[] SIZES =
      IntStream.concat(IntStream.rangeClosed(0, 66), IntStream.of(96, 100, 128, 129)).toArray();

  /** Sum of outer products of 2 n random rows, plus 1 on the diagonal: well conditioned. */
  private static float[] positiveDefinite(long seed, int n, int lda) {
    float[] a = new float[n * lda];
    float[] rows = values(seed, 2 * n * n);
    SymmetricUpdate.accumulate(rows, 2 * n, n, a, Math.max(1, lda));
    for (int i = 0; i < n; i++) {
      a[i * lda + i] += 1;
      for (int j = i + 1; j < lda; j++) {
        // Nothing of what lies above the diagonal or past the row may be read.
        a[i * lda + j] = j < n ? Float.NaN : Samples.GUARD;
      }
    }
    return a;
  }

  @Test
  void factorTimesItsTransposeIsTheMatrix() {
    for (int n : SIZES) {
      int lda = n + n % 3;
      float[] a = n == 0 ? new float[0] : positiveDefinite(1, n, lda);
      float[] r = a.clone();
      assertTrue(Cholesky.factor(r, n, lda), "n = " + n);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
          double sum = 0;
          for (int k = i; k < n; k++) {
            sum += (double) r[k * lda + i] * r[k * lda + j];
          }
          double scale = Math.sqrt((double) a[i * lda + i] * a[j * lda + j]);
          assertEquals(a[i * lda + j], sum, 1e-6 * scale * (1 + n / 64.0), "n = " + n);
        }
        for (int j = n; j < lda; j++) {
          assertEquals(Samples.GUARD, r[i * lda + j]);
        }
      }
    }
  }

  @Test
  void factorAgreesWithTheTwin() {
    for (int n : SIZES) {
      float[] a = n == 0 ? new float[0] : positiveDefinite(2, n, n);
      float[] expected = a.clone();
      assertTrue(Cholesky.factor(a, n, n));
      assertTrue(new ScalarCholesky().factor(expected, n, n));
      for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
          assertEquals(expected[i * n + j], a[i * n + j], 2e-5 * (1 + n / 16.0), "n = " + n);
        }
      }
    }
  }

  @Test
  void solutionSatisfiesTheEquations() {
    for (int n : SIZES) {
      int lda = n + n % 2;
      float[] a = n == 0 ? new float[0] : positiveDefinite(3, n, lda);
      float[] r = a.clone();
      float[] x = Samples.guarded(values(4, n), 3, 1);
      float[] b = x.clone();
      assertTrue(Cholesky.factor(r, n, lda));
      Cholesky.solve(r, n, lda, x, 3);
      for (int i = 0; i < n; i++) {
        double sum = 0;
        double magnitudes = 0;
        for (int j = 0; j < n; j++) {
          double product = (double) a[Math.max(i, j) * lda + Math.min(i, j)] * x[3 + j];
          sum += product;
          magnitudes += Math.abs(product);
        }
        assertEquals(b[3 + i], sum, 1e-5 * (1 + magnitudes), "n = " + n + ", row " + i);
      }
      assertEquals(Samples.GUARD, x[2]);
      assertEquals(Samples.GUARD, x[3 + n]);
    }
  }

  @Test
  void matricesThatAreNotPositiveDefiniteAreReported() {
    for (int n : new int[] {1, 2, 4, 5, 16, 17, 33, 64, 70}) {
      for (int bad = 0; bad < n; bad++) {
        for (float value : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
          float[] a = positiveDefinite(5, n, n);
          a[bad * n + bad] = value;
          assertFalse(Cholesky.factor(a, n, n), n + ", " + bad + ", " + value);
        }
      }
      for (int bad = 1; bad < n; bad++) {
        float[] a = positiveDefinite(6, n, n);
        a[bad * n + bad / 2] = Float.NaN;
        assertFalse(Cholesky.factor(a, n, n), n + ", " + bad);
      }
    }
  }

  @Test
  void scaleOfTheMatrixDoesNotMatterFromTinyToHuge() {
    int n = 37;
    for (float scale : new float[] {1e-30f, 1e-10f, 1e10f, 1e30f}) {
      float[] a = positiveDefinite(7, n, n);
      float[] scaled = a.clone();
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] *= scale;
      }
      float[] x = values(8, n);
      float[] y = x.clone();
      for (int i = 0; i < n; i++) {
        y[i] *= scale;
      }
      assertTrue(Cholesky.factor(a, n, n));
      assertTrue(Cholesky.factor(scaled, n, n));
      Cholesky.solve(a, n, n, x, 0);
      Cholesky.solve(scaled, n, n, y, 0);
      for (int i = 0; i < n; i++) {
        assertEquals(x[i], y[i], 1e-4 * Math.abs(x[i]) + 1e-5, "scale " + scale);
      }
    }
  }

  @Test
  void matricesThatDoNotFitAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Cholesky.factor(new float[8], 3, 3));
    assertThrows(IllegalArgumentException.class, () -> Cholesky.factor(new float[9], 3, 2));
    assertThrows(
        IndexOutOfBoundsException.class, () -> Cholesky.solve(new float[9], 3, 3, new float[3], 1));
  }
}
