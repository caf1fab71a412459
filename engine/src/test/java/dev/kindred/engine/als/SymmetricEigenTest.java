package dev.kindred.engine.als;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SymmetricEigenTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 7, 16, 33, 64, 130})
  void rebuildsTheMatrixFromOrthonormalVectors(int n) {
    Random random = new Random(n);
    double[] a = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        a[i * n + j] = random.nextGaussian() * Math.exp(-3.0 * i / n);
      }
    }
    check(a, n);
  }

  @Test
  void handlesZerosDiagonalsAndRepeatedValues() {
    check(new double[25], 5);
    check(new double[] {3, 0, 0, 0, 3, 0, 0, 0, -1}, 3);
    double[] ones = new double[100];
    Arrays.fill(ones, 1);
    check(ones, 10);
    check(new double[] {1, 0, 0, 1e-170, 1e-175, 0, 1e-180, 1e-200, 0}, 3);
    // Huge beside tiny, as Gramians of factors are.
    check(new double[] {1e12, 0, 0, 1e3, 1, 0, 1e-9, 1e-4, 1e-8}, 3);
  }

  private static void check(double[] a, int n) {
    SymmetricEigen eigen = new SymmetricEigen(a.clone(), n);
    double[] v = eigen.vectors();
    double size = Arrays.stream(a).map(Math::abs).max().orElse(0);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double dot = 0;
        double rebuilt = 0;
        for (int k = 0; k < n; k++) {
          dot += v[i * n + k] * v[j * n + k];
          rebuilt += eigen.values()[k] * v[k * n + i] * v[k * n + j];
        }
        assertEquals(i == j ? 1 : 0, dot, 1e-12 * n, n + ": " + i + " " + j);
        assertEquals(a[i * n + j], rebuilt, 1e-13 * n * Math.max(size, 1e-300), i + " " + j);
      }
    }
  }
}
