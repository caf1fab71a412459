package dev.kindred.simd;

import static dev.kindred.simd.Samples.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TiledPanelsTest {
  private final ScalarTiledPanels twin = new ScalarTiledPanels();

  @Test
  void gatherAndSumGiveTheBitsOfTheTwin() {
    for (int d = 1; d <= 131; d += d < 68 ? 1 : 21) {
      int padded = (d + 15) / 16 * 16;
      int count = d % 7;
      int capacity = count + d % 3;
      float[] rows = values(1, 9 * d);
      int[] ordinals = {99, 3, 0, 8, 3, 5, 1, 2};
      float[] scales = values(2, 9);
      float[] panel = values(3, capacity * padded + 2);
      float[] expected = panel.clone();
      TiledPanels.gather(rows, d, ordinals, 1, count, scales, 2, panel, capacity);
      twin.gather(rows, d, ordinals, 1, count, scales, 2, expected, capacity);
      assertArrayEquals(expected, panel, "d " + d);
      float[] sum = values(4, padded + 1);
      float[] expectedSum = sum.clone();
      TiledPanels.addWeighted(panel, capacity, count, padded, scales, 1, sum);
      twin.addWeighted(panel, capacity, count, padded, scales, 1, expectedSum);
      assertArrayEquals(expectedSum, sum, "d " + d);
    }
  }

  @Test
  void lowerTriangleHasTheBitsOfTheTwinAndLeavesWhatLiesBesideIt() {
    for (int d = 16; d <= 144; d += 16) {
      for (int count : new int[] {0, 1, 7}) {
        int lda = d + count % 3;
        int capacity = count + 2;
        float[] panel = values(5, capacity * d);
        float[] a = values(6, 3 + d * lda);
        float[] expected = a.clone();
        TiledPanels.accumulate(panel, capacity, count, d, a, 3, lda);
        twin.accumulate(panel, capacity, count, d, expected, 3, lda);
        for (int i = 0; i < d; i++) {
          for (int j = 0; j < lda; j++) {
            if (j <= i || j >= d) {
              String where = "d " + d + ", rows " + count + ", [" + i + ", " + j + "]";
              assertEquals(expected[3 + i * lda + j], a[3 + i * lda + j], where);
            }
          }
        }
      }
    }
  }

  @Test
  void turnedPanelsHaveTheBitsOfTheTwin() {
    for (int d = 16; d <= 80; d += 16) {
      for (int count : new int[] {0, 1, 7, 8, 13, 16, 24, 37, 48}) {
        int capacity = count + 1;
        int turnedCapacity = d + 2;
        float[] panel = values(9, capacity * d);
        float[] scales = values(10, d);
        float[] turned = values(11, turnedCapacity * Math.max(16, (count + 15) / 16 * 16));
        float[] expected = turned.clone();
        TiledPanels.turn(panel, capacity, count, d, scales, turned, turnedCapacity);
        twin.turn(panel, capacity, count, d, scales, expected, turnedCapacity);
        assertArrayEquals(expected, turned, "d " + d + ", rows " + count);
      }
    }
  }

  @Test
  void sumsAreThoseOfDoubles() {
    int d = 48;
    int count = 70;
    float[] rows = values(7, 500 * d);
    int[] ordinals = new int[count];
    float[] scales = values(8, count);
    for (int i = 0; i < count; i++) {
      ordinals[i] = i * 7 % 500;
    }
    float[] panel = new float[count * d];
    float[] a = new float[d * d];
    TiledPanels.gather(rows, d, ordinals, 0, count, scales, 0, panel, count);
    TiledPanels.accumulate(panel, count, count, d, a, 0, d);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        double magnitudes = 0;
        for (int r = 0; r < count; r++) {
          double square = (double) scales[r] * scales[r];
          double product = square * rows[ordinals[r] * d + i] * rows[ordinals[r] * d + j];
          sum += product;
          magnitudes += Math.abs(product);
        }
        assertEquals(sum, a[i * d + j], Samples.sumTolerance(count + 4, magnitudes));
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    float[] rows = new float[32];
    float[] scales = {1, 1};
    float[] panel = new float[32];
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> TiledPanels.gather(rows, 16, new int[] {2}, 0, 1, scales, 0, panel, 2));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> TiledPanels.gather(rows, 16, new int[] {-1}, 0, 1, scales, 0, panel, 2));
    Exception tooMany =
        assertThrows(
            IllegalArgumentException.class,
            () -> TiledPanels.gather(rows, 17, new int[] {0, 1}, 0, 2, scales, 0, panel, 2));
    assertTrue(tooMany.getMessage().contains("do not fit an array of 32"), tooMany.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> TiledPanels.accumulate(panel, 1, 2, 16, new float[256], 0, 16));
    assertThrows(
        IllegalArgumentException.class,
        () -> TiledPanels.accumulate(panel, 2, 2, 8, new float[64], 0, 8));
    assertThrows(
        IllegalArgumentException.class,
        () -> TiledPanels.accumulate(panel, 2, 2, 16, new float[255], 0, 16));
  }
}
