package dev.kindred.simd;

import static dev.kindred.simd.Samples.sumTolerance;
import static dev.kindred.simd.Samples.values;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SymmetricUpdateTest {
  private static final int[] SIZES =
      IntStream.concat(IntStream.rangeClosed(1, 66), IntStream.of(96, 100, 128, 131)).toArray();

  private final ScalarSymmetric twin = new ScalarSymmetric();

  @Test
  void lowerTriangleAgreesWithDoubleSumsAndTheTwin() {
    for (int d : SIZES) {
      for (int rows : new int[] {0, 1, 6}) {
        int lda = d + d % 3;
        float[] panel = values(1, rows * d);
        float[] weights = values(2, rows + 2);
        float[] before = values(3, d * lda);
        float[] weighted = before.clone();
        float[] plain = before.clone();
        float[] expected = before.clone();
        SymmetricUpdate.accumulate(panel, rows, d, weights, 1, weighted, lda);
        SymmetricUpdate.accumulate(panel, rows, d, plain, lda);
        twin.accumulate(panel, rows, d, weights, 1, expected, lda);
        for (int i = 0; i < d; i++) {
          for (int j = 0; j < lda; j++) {
            int at = i * lda + j;
            String where = "d " + d + ", rows " + rows + ", [" + i + ", " + j + "]";
            if (j >= d) {
              assertEquals(before[at], weighted[at], where);
            } else if (j <= i) {
              double sum = before[at];
              double plainSum = sum;
              double magnitudes = Math.abs(sum);
              for (int r = 0; r < rows; r++) {
                double product = (double) panel[r * d + i] * panel[r * d + j];
                sum += weights[1 + r] * product;
                plainSum += product;
                magnitudes += Math.abs(product);
              }
              double tolerance = sumTolerance(rows + 2, magnitudes);
              assertEquals(sum, weighted[at], tolerance, where);
              assertEquals(expected[at], weighted[at], 2 * tolerance, where);
              assertEquals(plainSum, plain[at], tolerance, where);
            }
          }
        }
      }
    }
  }

  @Test
  void panelInTwoPiecesGivesTheBitsOfTheWhole() {
    for (int d : new int[] {8, 16, 20, 64, 100}) {
      // Long enough to be cut into blocks.
      int rows = 9000;
      int first = 4321;
      float[] panel = values(4, rows * d);
      float[] weights = values(5, rows);
      float[] rest = java.util.Arrays.copyOfRange(panel, first * d, rows * d);
      float[] whole = new float[d * d];
      float[] pieces = new float[d * d];
      SymmetricUpdate.accumulate(panel, rows, d, weights, 0, whole, d);
      SymmetricUpdate.accumulate(panel, first, d, weights, 0, pieces, d);
      SymmetricUpdate.accumulate(rest, rows - first, d, weights, first, pieces, d);
      for (int i = 0; i < d; i++) {
        for (int j = 0; j <= i; j++) {
          assertEquals(pieces[i * d + j], whole[i * d + j], "d " + d + ", " + i + ", " + j);
        }
      }
    }
  }

  @Test
  void nanReachesItsRowAndColumnOnly() {
    for (int d : new int[] {5, 16, 21, 40, 67}) {
      for (int bad = 0; bad < d; bad++) {
        float[] panel = values(6, 3 * d);
        panel[d + bad] = Float.NaN;
        float[] a = new float[d * d];
        SymmetricUpdate.accumulate(panel, 3, d, new float[] {1, 2, 3}, 0, a, d);
        for (int i = 0; i < d; i++) {
          for (int j = 0; j <= i; j++) {
            assertEquals(i == bad || j == bad, Float.isNaN(a[i * d + j]), "d " + d);
          }
        }
      }
    }
  }

  @Test
  void gramianIsExactToDoublePrecision() {
    for (int d : SIZES) {
      int count = 7;
      float[] rows = values(7, (count + 2) * d);
      double[] g = new double[d * d];
      java.util.Arrays.fill(g, 0.25);
      SymmetricUpdate.gramian(rows, 2, count, d, g);
      for (int i = 0; i < d; i++) {
        for (int j = 0; j <= i; j++) {
          double sum = 0.25;
          for (int r = 2; r < count + 2; r++) {
            sum += (double) rows[r * d + i] * rows[r * d + j];
          }
          assertEquals(sum, g[i * d + j], 1e-14, "d " + d + ", " + i + ", " + j);
        }
      }
    }
  }

  @Test
  void gramianOfManyRowsKeepsWhatFloatSumsLose() {
    int d = 16;
    int count = 20_000;
    float[] rows = new float[count * d];
    java.util.Arrays.fill(rows, 1f);
    rows[0] = 1 << 14;
    double[] g = new double[d * d];
    SymmetricUpdate.gramian(rows, 0, count, d, g);
    assertEquals((double) (1 << 28) + count - 1, g[0]);
    assertEquals((double) (1 << 14) + count - 1, g[d]);
  }

  @Test
  void panelsThatDoNotFitAreRefused() {
    float[] weights = new float[3];
    assertThrows(
        IllegalArgumentException.class,
        () -> SymmetricUpdate.accumulate(new float[11], 3, 4, weights, 0, new float[16], 4));
    assertThrows(
        IllegalArgumentException.class,
        () -> SymmetricUpdate.accumulate(new float[12], 3, 4, weights, 0, new float[15], 4));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> SymmetricUpdate.accumulate(new float[12], 3, 4, weights, 1, new float[16], 4));
    assertThrows(
        IllegalArgumentException.class,
        () -> SymmetricUpdate.gramian(new float[12], 1, 3, 4, new double[16]));
    assertThrows(
        IllegalArgumentException.class,
        () -> SymmetricUpdate.gramian(new float[12], 0, 3, 4, new double[15]));
  }
}
