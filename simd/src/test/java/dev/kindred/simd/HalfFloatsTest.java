package dev.kindred.simd;

import static dev.kindred.simd.Samples.GUARD;
import static dev.kindred.simd.Samples.values;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HalfFloatsTest {
  private static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Test
  void everyFiniteHalfIsDecodedExactly() {
    try (Arena arena = Arena.ofConfined()) {
      int n = 1 << 16;
      MemorySegment halves = arena.allocate(2L * n);
      for (int i = 0; i < n; i++) {
        boolean finite = (i & 0x7c00) != 0x7c00;
        halves.set(HALF, 2L * i, (short) (finite ? i : 0));
      }
      float[] decoded = new float[n];
      HalfFloats.add(new float[n], 0, halves, 0, n, decoded, 0, Activation.NONE);
      for (int i = 0; i < n; i++) {
        assertEquals(0 + Float.float16ToFloat(halves.get(HALF, 2L * i)), decoded[i], "half " + i);
      }
    }
  }

  @Test
  void sumsGiveTheBitsOfTheTwinAtAnyLengthAndOffset() {
    ScalarHalfFloats twin = new ScalarHalfFloats();
    try (Arena arena = Arena.ofConfined()) {
      for (int n : Samples.LENGTHS) {
        for (int shift = 0; shift < 4; shift++) {
          MemorySegment halves = arena.allocate(2L * n + shift);
          float[] values = values(n, n);
          for (int i = 0; i < n; i++) {
            halves.set(HALF, shift + 2L * i, Float.floatToFloat16(values[i]));
          }
          float[] base = values(n + 1, n + shift);
          for (Activation act : Activation.values()) {
            float least = act == Activation.RELU ? 0 : Float.NEGATIVE_INFINITY;
            float[] target = new float[n + 2];
            Arrays.fill(target, GUARD);
            float[] expected = target.clone();
            HalfFloats.add(base, shift, halves, shift, n, target, 1, act);
            twin.add(base, shift, halves, shift, n, least, expected, 1);
            assertArrayEquals(expected, target, "n " + n + ", shift " + shift + ", " + act);
            float[] onHeap = new float[n + 2];
            Arrays.fill(onHeap, GUARD);
            byte[] bytes = halves.toArray(ValueLayout.JAVA_BYTE);
            HalfFloats.add(base, shift, MemorySegment.ofArray(bytes), shift, n, onHeap, 1, act);
            assertArrayEquals(expected, onHeap, "heap, n " + n);
          }
        }
      }
    }
  }

  @Test
  void rangesOutsideAreRefused() {
    MemorySegment halves = MemorySegment.ofArray(new byte[8]);
    float[] four = new float[4];
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> HalfFloats.add(four, 0, halves, 2, 4, four, 0, Activation.NONE));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> HalfFloats.add(four, 1, halves, 0, 4, four, 0, Activation.NONE));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> HalfFloats.add(four, 0, halves, 0, 4, new float[3], 0, Activation.NONE));
  }
}
