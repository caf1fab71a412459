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
      ScaledBytes.add(base, 0, scales, 0, bytes, 0, 256, target, 0, Activation.NONE);
      for (int i = 0; i < 256; i++) {
        BigDecimal product = new BigDecimal(scales[i]).multiply(new BigDecimal((byte) i));
        float exact = product.add(new BigDecimal(base[i])).floatValue();
        assertEquals(exact, target[i], "byte " + (byte) i);
      }
    }
  }

  @Test
  void sumsGiveTheBitsOfTheTwinAtAnyLengthAndOffset() {
    ScalarScaledBytes twin = new ScalarScaledBytes();
    try (Arena arena = Arena.ofConfined()) {
      for (int n : Samples.LENGTHS) {
        for (int shift = 0; shift < 3; shift++) {
          MemorySegment bytes = arena.allocate(n + shift + 1);
          for (int i = 0; i < n; i++) {
            bytes.set(ValueLayout.JAVA_BYTE, shift + i, (byte) (31 * i + n));
          }
          float[] base = values(n, n + shift);
          float[] scales = values(n + 1, n + 2);
          byte[] heap = bytes.toArray(ValueLayout.JAVA_BYTE);
          for (Activation act : Activation.values()) {
            float least = act == Activation.RELU ? 0 : Float.NEGATIVE_INFINITY;
            float[] target = new float[n + 2];
            Arrays.fill(target, GUARD);
            float[] expected = target.clone();
            float[] onHeap = target.clone();
            ScaledBytes.add(base, shift, scales, 2, bytes, shift, n, target, 1, act);
            twin.add(base, shift, scales, 2, bytes, shift, n, least, expected, 1);
            assertArrayEquals(expected, target, "n " + n + ", shift " + shift + ", " + act);
            MemorySegment segment = MemorySegment.ofArray(heap);
            ScaledBytes.add(base, shift, scales, 2, segment, shift, n, onHeap, 1, act);
            assertArrayEquals(expected, onHeap, "heap, n " + n);
          }
        }
      }
    }
  }

  @Test
  void rangesOutsideAreRefused() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(8);
      float[] eight = new float[8];
      float[] nine = new float[9];
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> ScaledBytes.add(nine, 0, nine, 0, bytes, 0, 9, nine, 0, Activation.NONE));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> ScaledBytes.add(eight, 1, eight, 0, bytes, 0, 8, eight, 0, Activation.NONE));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> ScaledBytes.add(eight, 0, eight, 1, bytes, 0, 8, eight, 0, Activation.NONE));
    }
  }
}
