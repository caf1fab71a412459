package dev.kindred.simd;

import static dev.kindred.simd.Samples.GUARD;
import static dev.kindred.simd.Samples.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScaledBytesTest {
  private static final int[] FIRST = {0};

  @Test
  void everyByteTimesItsScaleIsAddedWithOneRounding() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(256);
      float[] base = values(1, 256);
      float[] scales = values(2, 256);
      for (int i = 0; i < 256; i++) {
        bytes.set(ValueLayout.JAVA_BYTE, i, (byte) i);
      }
      float[] target = new float[256];
      ScaledBytes.addRows(
          base, 0, 256, scales, 0, bytes, 0, 0, FIRST, 0, 1, 256, target, 0, 256, Activation.NONE);
      for (int i = 0; i < 256; i++) {
        BigDecimal product = new BigDecimal(scales[i]).multiply(new BigDecimal((byte) i));
        float exact = product.add(new BigDecimal(base[i])).floatValue();
        assertEquals(exact, target[i], "byte " + (byte) i);
      }
    }
  }

  @Test
  void sumsGiveTheBitsOfTheTwinAtAnyShapeAndOffset() {
    ScalarScaledBytes twin = new ScalarScaledBytes();
    int[] ordinals = {-1, 3, 0, 3, 1, -1};
    try (Arena arena = Arena.ofConfined()) {
      for (int n : Samples.LENGTHS) {
        for (int rows = 0; rows <= 4; rows++) {
          int shift = rows % 3;
          int stride = n + rows;
          MemorySegment bytes = arena.allocate(shift + 3L * stride + n);
          for (int i = 0; i < bytes.byteSize(); i++) {
            bytes.set(ValueLayout.JAVA_BYTE, i, (byte) (31 * i + n));
          }
          MemorySegment heap = MemorySegment.ofArray(bytes.toArray(ValueLayout.JAVA_BYTE));
          int ldBase = rows == 2 ? 0 : n + 1;
          float[] base = values(n, shift + 3 * ldBase + n);
          float[] scales = values(n + 1, n + 2);
          for (Activation act : Activation.values()) {
            float least = act == Activation.RELU ? 0 : Float.NEGATIVE_INFINITY;
            float[] target = new float[5 * n + 9];
            Arrays.fill(target, GUARD);
            float[] expected = target.clone();
            float[] onHeap = target.clone();
            ScaledBytes.addRows(
                base, shift, ldBase, scales, 2, bytes, shift, stride, ordinals, 1, rows, n, target,
                1, n + 2, act);
            twin.addRows(
                base, shift, ldBase, scales, 2, bytes, shift, stride, ordinals, 1, rows, n, least,
                expected, 1, n + 2);
            assertArrayEquals(expected, target, rows + " rows of " + n + ", " + act);
            ScaledBytes.addRows(
                base, shift, ldBase, scales, 2, heap, shift, stride, ordinals, 1, rows, n, onHeap,
                1, n + 2, act);
            assertArrayEquals(expected, onHeap, "heap, " + rows + " rows of " + n);
          }
        }
      }
    }
  }

  @Test
  void rowsMayBeAddedToWhereTheyStand() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(70);
      bytes.fill((byte) 3);
      float[] scales = values(1, 35);
      float[] there = values(2, 80);
      float[] elsewhere = new float[80];
      int[] ordinals = {1, 0};
      ScaledBytes.addRows(
          there,
          2,
          40,
          scales,
          0,
          bytes,
          0,
          35,
          ordinals,
          0,
          2,
          35,
          elsewhere,
          2,
          40,
          Activation.RELU);
      ScaledBytes.addRows(
          there, 2, 40, scales, 0, bytes, 0, 35, ordinals, 0, 2, 35, there, 2, 40, Activation.RELU);
      for (int i = 0; i < 35; i++) {
        assertEquals(elsewhere[2 + i], there[2 + i]);
        assertEquals(elsewhere[42 + i], there[42 + i]);
      }
    }
  }

  @Test
  void rangesOutsideAreRefused() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(16);
      float[] sixteen = new float[16];
      assertRefused(IndexOutOfBoundsException.class, sixteen, 8, 0, bytes, new int[] {0, 2}, 2);
      assertRefused(IndexOutOfBoundsException.class, sixteen, 8, 0, bytes, new int[] {0, -1}, 2);
      assertRefused(IndexOutOfBoundsException.class, sixteen, 8, 0, bytes, new int[] {0}, 2);
      assertRefused(IndexOutOfBoundsException.class, sixteen, 8, 9, bytes, new int[] {0, 1}, 2);
      assertRefused(IllegalArgumentException.class, sixteen, 9, 0, bytes, new int[] {0, 1}, 2);
      assertRefused(IllegalArgumentException.class, sixteen, 7, 0, bytes, new int[] {0, 1}, 2);
    }
  }

  /** Two rows of eight values, the base and the target alike. */
  private static void assertRefused(
      Class<? extends RuntimeException> type,
      float[] base,
      int ld,
      int scalesOffset,
      MemorySegment bytes,
      int[] ordinals,
      int rows) {
    float[] target = new float[base.length];
    assertThrows(
        type,
        () ->
            ScaledBytes.addRows(
                base,
                0,
                ld,
                base,
                scalesOffset,
                bytes,
                0,
                8,
                ordinals,
                0,
                rows,
                8,
                target,
                0,
                ld,
                Activation.NONE));
  }
}
