package dev.kindred.simd;

import static dev.kindred.simd.Samples.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PanelsTest {
  private final ScalarPanels twin = new ScalarPanels();

  @Test
  void gatherAndSumsGiveTheBitsOfTheTwin() {
    for (int d = 1; d <= 4 * 16 + 3; d++) {
      for (int padding : new int[] {0, 1, 16 - d % 16}) {
        int stride = d + padding;
        int count = d % 7;
        int first = d % 3;
        int rowStride = first + d + d % 2;
        float[] rows = values(1, 9 * rowStride);
        int[] ordinals = {99, 3, 0, 8, 3, 5, 1, 2};
        float[] scales = values(2, 9);
        float[] panel = values(3, count * stride + 2);
        float[] expected = panel.clone();
        Panels.gather(rows, rowStride, first, d, ordinals, 1, count, scales, 2, panel, 2, stride);
        twin.gather(rows, rowStride, first, d, ordinals, 1, count, scales, 2, expected, 2, stride);
        assertArrayEquals(expected, panel, "d " + d + ", stride " + stride);
        float[] sum = values(4, stride + 1);
        float[] expectedSum = sum.clone();
        Panels.addWeighted(panel, 1, stride, count, scales, 1, sum);
        twin.addWeighted(panel, 1, stride, count, scales, 1, expectedSum);
        assertArrayEquals(expectedSum, sum, "d " + d + ", stride " + stride);
        Panels.addSquares(panel, 2, stride, count, scales, 2, sum);
        twin.addSquares(panel, 2, stride, count, scales, 2, expectedSum);
        assertArrayEquals(expectedSum, sum, "d " + d + ", stride " + stride);
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    float[] rows = new float[20];
    float[] scales = {1, 1};
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> Panels.gather(rows, 4, 0, 4, new int[] {5}, 0, 1, scales, 0, new float[4], 0, 4));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> Panels.gather(rows, 4, 0, 4, new int[] {-1}, 0, 1, scales, 0, new float[4], 0, 4));
    assertThrows(
        IllegalArgumentException.class,
        () -> Panels.gather(rows, 4, 0, 4, new int[] {0}, 0, 1, scales, 0, new float[4], 0, 3));
    assertThrows(
        IllegalArgumentException.class,
        () -> Panels.gather(rows, 4, 0, 4, new int[] {0, 1}, 0, 2, scales, 0, new float[7], 0, 4));
    assertThrows(
        IllegalArgumentException.class,
        () -> Panels.gather(rows, 4, 1, 4, new int[] {0}, 0, 1, scales, 0, new float[4], 0, 4));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> Panels.addWeighted(new float[8], 0, 4, 2, scales, 1, new float[4]));
    assertThrows(
        IllegalArgumentException.class,
        () -> Panels.addSquares(new float[8], 1, 4, 2, scales, 0, new float[4]));
  }

  @Test
  void hugeAndSubnormalValuesPass() {
    float[] rows = new float[16];
    Arrays.fill(rows, Float.MIN_VALUE);
    rows[3] = Float.NaN;
    rows[4] = 3e38f;
    float[] panel = new float[16];
    Panels.gather(rows, 16, 0, 16, new int[] {0}, 0, 1, new float[] {2}, 0, panel, 0, 16);
    assertTrue(Float.isNaN(panel[3]));
    assertTrue(Float.isInfinite(panel[4]));
    assertTrue(panel[5] == 2 * Float.MIN_VALUE);
  }
}
