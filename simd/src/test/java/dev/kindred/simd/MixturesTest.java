package dev.kindred.simd;

import static dev.kindred.simd.Samples.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
        assertArrayEquals(expected, mixed, count + " parts of " + width);
      }
    }
  }

  @Test
  void blocksOfRowsMeet() {
    int m = 150;
    float[] rows = values(1, m * 130);
    float[] weights = values(2, m * 12);
    float[] mixed = new float[3 * m * 32];
    float[] expected = mixed.clone();
    Mixtures.mix(rows, 0, 130, m, 4, 32, weights, 0, 3, mixed, 0, 32, m * 32);
    twin.mix(rows, 0, 130, m, 4, 32, weights, 0, 3, expected, 0, 32, m * 32);
    assertArrayEquals(expected, mixed);
  }

  @Test
  void refusesWhatDoesNotFit() {
    float[] sixteen = new float[16];
    float[] eight = new float[8];
    assertRefused(sixteen, 8, sixteen, 0, sixteen, 8);
    assertRefused(eight, 8, sixteen, 0, sixteen, 8);
    assertRefused(sixteen, 7, sixteen, 0, sixteen, 8);
    assertRefused(sixteen, 8, eight, 5, sixteen, 8);
    assertRefused(sixteen, 8, sixteen, 0, eight, 8);
    assertRefused(sixteen, 8, sixteen, 0, sixteen, -1);
  }

  /** Two rows of two parts of four, one or two groups. */
  private static void assertRefused(
      float[] rows,
      int ldRows,
      float[] weights,
      int weightsOffset,
      float[] target,
      int groupStride) {
    int offset = rows.length == 16 && ldRows == 8 && weights.length == 16 ? 1 : 0;
    assertThrows(
        IllegalArgumentException.class,
        () ->
            Mixtures.mix(
                rows,
                offset,
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
  }
}
