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

  /** Values that fill four vectors and one more of any width. */
  private static final int WIDE = 80;

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
    int n = 75;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(2 * n);
      for (int i = 0; i < 2 * n; i++) {
        bytes.set(ValueLayout.JAVA_BYTE, i, (byte) (37 * i));
      }
      float[] scales = values(1, n);
      float[] there = values(2, 170);
      float[] elsewhere = there.clone();
      int[] ordinals = {1, 0};
      ScaledBytes.addRows(
          there.clone(),
          2,
          80,
          scales,
          0,
          bytes,
          0,
          n,
          ordinals,
          0,
          2,
          n,
          elsewhere,
          2,
          80,
          Activation.RELU);
      ScaledBytes.addRows(
          there, 2, 80, scales, 0, bytes, 0, n, ordinals, 0, 2, n, there, 2, 80, Activation.RELU);
      assertArrayEquals(elsewhere, there);
    }
  }

  @Test
  void rangesOutsideAreRefused() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(2 * WIDE);
      MemorySegment heap = MemorySegment.ofArray(new byte[2 * WIDE]);
      int[] sound = {0, 1};
      for (MemorySegment segment : new MemorySegment[] {bytes, heap}) {
        Class<? extends RuntimeException> outside = IndexOutOfBoundsException.class;
        assertRefused(outside, 2 * WIDE, WIDE, 2 * WIDE, 0, segment, new int[] {0, 2});
        assertRefused(outside, 2 * WIDE, WIDE, 2 * WIDE, 0, segment, new int[] {0, -1});
        assertRefused(outside, 2 * WIDE, WIDE, 2 * WIDE, 0, segment, new int[] {0});
        assertRefused(outside, 2 * WIDE, WIDE, 2 * WIDE, 1, segment, sound);
        Class<? extends RuntimeException> shape = IllegalArgumentException.class;
        assertRefused(shape, 2 * WIDE - 1, WIDE, 2 * WIDE, 0, segment, sound);
        assertRefused(shape, 2 * WIDE, WIDE - 1, 2 * WIDE, 0, segment, sound);
        assertRefused(shape, WIDE - 1, 0, 2 * WIDE, 0, segment, sound);
        assertRefused(shape, 2 * WIDE, WIDE, 2 * WIDE - 1, 0, segment, sound);
      }
    }
  }

  /** Two rows of so many values. */
  private static void assertRefused(
      Class<? extends RuntimeException> type,
      int baseLength,
      int ldBase,
      int targetLength,
      int scalesOffset,
      MemorySegment bytes,
      int[] ordinals) {
    float[] base = new float[baseLength];
    float[] target = new float[targetLength];
    float[] scales = new float[WIDE];
    assertThrows(
        type,
        () ->
            ScaledBytes.addRows(
                base,
                0,
                ldBase,
                scales,
                scalesOffset,
                bytes,
                0,
                WIDE,
                ordinals,
                0,
                2,
                WIDE,
                target,
                0,
                WIDE,
                Activation.NONE));
  }
}
