package dev.kindred.simd;

import static dev.kindred.simd.Samples.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MixturesTest {
  private final ScalarMixtures twin = new ScalarMixtures();

  @Test
  void mixturesGiveTheBitsOfTheTwin() {
    for (int count : new int[] {0, 1, 2, 3, 4, 5, 8, 9}) {
      for (int width = 0; width <= 4 * 16 + 19; width++) {
        int groups = width % 4;
        int m = (width + count) % 6;
        int ldRows = count * width + 3;
        int stride = width + width % 3;
        int matrix = m * stride + 1;
        float[] rows = values(5, m * ldRows + 1);
        float[] weights = values(6, m * groups * count + 2);
        float[] mixed = values(7, groups * matrix + stride + 3);
        float[] expected = mixed.clone();
        Mixtures.mix(
            rows, 1, ldRows, m, count, width, weights, 2, groups, mixed, 1, stride, matrix);
        twin.mix(rows, 1, ldRows, m, count, width, weights, 2, groups, expected, 1, stride, matrix);
        assertArrayEquals(
            expected, mixed, m + " rows, " + groups + " groups, " + count + " parts of " + width);
      }
    }
  }

  @Test
  void blocksOfRowsMeetForAnyNumberOfParts() {
    int width = 80;
    for (int count : new int[] {4, 5, 8}) {
      int m = 75;
      int ldRows = count * width + 3;
      float[] rows = values(1, m * ldRows);
      float[] weights = values(2, m * 3 * count);
      float[] mixed = new float[3 * m * width];
      float[] expected = mixed.clone();
      Mixtures.mix(rows, 0, ldRows, m, count, width, weights, 0, 3, mixed, 0, width, m * width);
      twin.mix(rows, 0, ldRows, m, count, width, weights, 0, 3, expected, 0, width, m * width);
      assertArrayEquals(expected, mixed, count + " parts");
    }
  }

  @Test
  void aMixtureIsTheWeightedSumOfTheParts() {
    int count = 8;
    int width = 37;
    float[] rows = values(3, count * width);
    float[] weights = values(4, 2 * count);
    float[] mixed = new float[2 * width];
    Mixtures.mix(rows, 0, count * width, 1, count, width, weights, 0, 2, mixed, 0, width, width);
    for (int g = 0; g < 2; g++) {
      for (int k = 0; k < width; k++) {
        double sum = 0;
        for (int i = 0; i < count; i++) {
          sum += (double) weights[g * count + i] * rows[i * width + k];
        }
        assertEquals(sum, mixed[g * width + k], 1e-5, "group " + g + ", column " + k);
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertRefused("rows", 15, 0, 8, 16, 0, 16, 8);
    assertRefused("rows", 16, 1, 8, 16, 0, 16, 8);
    assertRefused("rows", 16, 0, 7, 16, 0, 16, 8);
    assertRefused("weights", 16, 0, 8, 7, 0, 16, 8);
    assertRefused("weights", 16, 0, 8, 16, 9, 16, 8);
    assertRefused("target", 16, 0, 8, 16, 0, 15, 8);
    assertRefused("target", 16, 0, 8, 16, 0, 16, -1);
  }

  /** Two rows of two parts of four, two groups; the lengths are those of the arrays. */
  private static void assertRefused(
      String name,
      int rowsLength,
      int rowsOffset,
      int ldRows,
      int weightsLength,
      int weightsOffset,
      int targetLength,
      int groupStride) {
    float[] rows = new float[rowsLength];
    float[] weights = new float[weightsLength];
    float[] target = new float[targetLength];
    Exception refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Mixtures.mix(
                    rows,
                    rowsOffset,
                    ldRows,
                    2,
                    2,
                    4,
                    weights,
                    weightsOffset,
                    2,
                    target,
                    0,
                    4,
                    groupStride));
    assertTrue(refused.getMessage().startsWith(name), refused.getMessage());
  }
}
