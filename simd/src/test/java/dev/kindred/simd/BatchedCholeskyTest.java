package dev.kindred.simd;

import static dev.kindred.simd.Samples.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BatchedCholeskyTest {
  private static final int[] SIZES = {0, 4, 8, 12, 16, 20, 32, 36, 64, 68, 128};
  private static final int SYSTEMS = BatchedCholesky.systems();

  private final ScalarBatchedCholesky twin = new ScalarBatchedCholesky(SYSTEMS);

  /** Matrices of a batch, one after the other, well conditioned; anything above the diagonal. */
  private static float[] matrices(long seed, int n, int lda, int distance) {
    float[] all = new float[SYSTEMS * distance];
    for (int s = 0; s < SYSTEMS; s++) {
      float[] rows = values(seed + s, 2 * n * n);
      float[] a = new float[Math.max(1, n * n)];
      SymmetricUpdate.accumulate(rows, 2 * n, n, a, Math.max(1, n));
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < lda; j++) {
          all[s * distance + i * lda + j] =
              j < i ? a[i * n + j] : j == i ? a[i * n + i] + 1 : Samples.GUARD;
        }
      }
    }
    return all;
  }

  private static int lda(int n) {
    return (n + 15) / 16 * 16;
  }

  private static float[] batch(float[] matrices, int n, int distance) {
    float[] a = new float[BatchedCholesky.floats(n)];
    BatchedCholesky.interleave(matrices, distance, lda(n), n, a);
    return a;
  }

  @Test
  void everyValueGoesToItsPlaceAndLeavesZero() {
    for (int n : SIZES) {
      int distance = n * lda(n) + 5;
      float[] matrices = matrices(1, n, lda(n), distance);
      float[] before = matrices.clone();
      float[] a = batch(matrices, n, distance);
      for (int s = 0; s < SYSTEMS; s++) {
        for (int i = 0; i < n; i++) {
          for (int j = 0; j <= i; j++) {
            int at = s * distance + i * lda(n) + j;
            assertEquals(before[at], a[BatchedCholesky.at(i, j) + s], "n " + n);
            assertEquals(0, matrices[at], "n " + n);
          }
        }
      }
    }
  }

  @Test
  void factorsAndSolutionsHaveTheBitsOfTheTwin() {
    for (int n : SIZES) {
      int distance = n * lda(n);
      float[] a = batch(matrices(2, n, lda(n), distance), n, distance);
      float[] expected = a.clone();
      float[] diagonal = values(3, n);
      float[] shifts = values(4, SYSTEMS);
      for (int i = 0; i < n; i++) {
        diagonal[i] = Math.abs(diagonal[i]);
      }
      BatchedCholesky.addToDiagonals(a, n, diagonal, shifts);
      twin.addToDiagonals(expected, n, diagonal, shifts);
      float[] inverses = new float[n * SYSTEMS];
      float[] expectedInverses = inverses.clone();
      BatchedCholesky.factor(a, n, inverses);
      twin.factor(expected, n, expectedInverses);
      assertArrayEquals(expectedInverses, inverses, "n " + n);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
          for (int s = 0; s < SYSTEMS; s++) {
            int at = BatchedCholesky.at(i, j) + s;
            assertEquals(expected[at], a[at], "n " + n + ", [" + i + ", " + j + "]");
          }
        }
      }
      float[] b = values(5, n * SYSTEMS);
      float[] expectedB = b.clone();
      BatchedCholesky.solve(a, n, inverses, b);
      twin.solve(a, n, inverses, expectedB);
      assertArrayEquals(expectedB, b, "n " + n);
      float[] ratios = new float[SYSTEMS];
      float[] expectedRatios = new float[SYSTEMS];
      BatchedCholesky.pivotRatios(inverses, n, ratios);
      twin.pivotRatios(inverses, n, expectedRatios);
      assertArrayEquals(expectedRatios, ratios, "n " + n);
    }
  }

  @Test
  void solutionsSatisfyTheEquations() {
    for (int n : SIZES) {
      int distance = n * lda(n);
      float[] matrices = matrices(6, n, lda(n), distance);
      float[] before = matrices.clone();
      float[] a = batch(matrices, n, distance);
      float[] inverses = new float[n * SYSTEMS];
      float[] x = values(7, n * SYSTEMS);
      float[] b = x.clone();
      BatchedCholesky.factor(a, n, inverses);
      BatchedCholesky.solve(a, n, inverses, x);
      for (int s = 0; s < SYSTEMS; s++) {
        for (int i = 0; i < n; i++) {
          double sum = 0;
          double magnitudes = 0;
          for (int j = 0; j < n; j++) {
            int at = s * distance + Math.max(i, j) * lda(n) + Math.min(i, j);
            double product = (double) before[at] * x[j * SYSTEMS + s];
            sum += product;
            magnitudes += Math.abs(product);
          }
          assertEquals(b[i * SYSTEMS + s], sum, 1e-5 * (1 + magnitudes), "n " + n + ", row " + i);
        }
      }
    }
  }

  @Test
  void aSystemThatIsNotPositiveDefiniteIsToldAndHarmsNoOther() {
    int n = 20;
    int distance = n * lda(n);
    for (float value : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
      for (int bad = 0; bad < n; bad++) {
        float[] matrices = matrices(8, n, lda(n), distance);
        float[] sound = batch(matrices.clone(), n, distance);
        int system = bad % SYSTEMS;
        matrices[system * distance + bad * lda(n) + bad] = value;
        float[] a = batch(matrices, n, distance);
        float[] inverses = new float[n * SYSTEMS];
        float[] soundInverses = new float[n * SYSTEMS];
        BatchedCholesky.factor(a, n, inverses);
        BatchedCholesky.factor(sound, n, soundInverses);
        float[] ratios = new float[SYSTEMS];
        BatchedCholesky.pivotRatios(inverses, n, ratios);
        for (int s = 0; s < SYSTEMS; s++) {
          if (s == system) {
            assertFalse(ratios[s] > 0, value + " at " + bad);
          } else {
            assertTrue(ratios[s] > 0, value + " at " + bad);
            for (int i = 0; i < n; i++) {
              assertEquals(soundInverses[i * SYSTEMS + s], inverses[i * SYSTEMS + s]);
            }
          }
        }
      }
    }
  }

  @Test
  void whatASystemGivesDoesNotDependOnItsLane() {
    int n = 36;
    int distance = n * lda(n);
    float[] one = Arrays.copyOf(matrices(9, n, lda(n), distance), distance);
    float[] matrices = new float[SYSTEMS * distance];
    for (int s = 0; s < SYSTEMS; s++) {
      System.arraycopy(one, 0, matrices, s * distance, distance);
    }
    float[] a = batch(matrices, n, distance);
    float[] inverses = new float[n * SYSTEMS];
    float[] b = new float[n * SYSTEMS];
    Arrays.fill(b, 1f);
    BatchedCholesky.factor(a, n, inverses);
    BatchedCholesky.solve(a, n, inverses, b);
    for (int i = 0; i < n; i++) {
      for (int s = 1; s < SYSTEMS; s++) {
        assertEquals(b[i * SYSTEMS], b[i * SYSTEMS + s]);
      }
    }
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    float[] a = new float[BatchedCholesky.floats(8)];
    float[] inverses = new float[8 * SYSTEMS];
    assertThrows(IllegalArgumentException.class, () -> BatchedCholesky.factor(a, 6, inverses));
    assertThrows(
        IllegalArgumentException.class,
        () -> BatchedCholesky.interleave(new float[SYSTEMS * 128 - 1], 128, 16, 8, a));
    assertThrows(IndexOutOfBoundsException.class, () -> BatchedCholesky.factor(a, 12, inverses));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> BatchedCholesky.solve(a, 8, inverses, new float[8 * SYSTEMS - 1]));
  }
}
