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
      HalfFloats.decode(halves, 0, n, decoded, 0);
      for (int i = 0; i < n; i++) {
        // Objects, because 0 and -0 are equal as numbers.
        Float expected = Float.float16ToFloat(halves.get(HALF, 2L * i));
        assertEquals(expected, (Float) decoded[i], "half " + i);
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
          float[] decoded = new float[n + 2];
          Arrays.fill(decoded, GUARD);
          float[] expected = decoded.clone();
          HalfFloats.decode(halves, shift, n, decoded, 1);
          twin.decode(halves, shift, n, expected, 1);
          assertArrayEquals(expected, decoded, "decoded, n " + n + ", shift " + shift);
        }
      }
    }
  }

  @Test
  void scoresAgreeWithDoubleSumsAndTheTwinWhateverStandsBeside() {
    int rows = 11;
    int[] ordinals = {9, 10, 0, 3, 3, 7, 1, 2, 10, 5};
    ScalarHalfFloats twin = new ScalarHalfFloats();
    try (Arena arena = Arena.ofConfined()) {
      for (int n : new int[] {0, 32, 64, 96, 128, 256, 320}) {
        for (int shift = 0; shift < 3; shift++) {
          long stride = 2L * n + 6;
          float[] query = values(n, n);
          float[] stored = values(n + 1, rows * n);
          // The last row ends with the segment.
          MemorySegment halves = arena.allocate(shift + rows * stride, 1);
          MemorySegment own = halves.asSlice(shift, (rows - 1) * stride + 2L * n);
          for (int i = 0; i < stored.length; i++) {
            short half = Float.floatToFloat16(stored[i]);
            own.set(HALF, i / n * stride + i % n * 2L, half);
            stored[i] = Float.float16ToFloat(half);
          }
          MemorySegment heap = MemorySegment.ofArray(own.toArray(ValueLayout.JAVA_BYTE));
          float[] products = new float[rows];
          float[] distances = new float[rows];
          HalfFloats.dotRange(query, own, stride, 0, rows, n, products);
          for (int row = 0; row < rows; row++) {
            int[] self = {row};
            float[] alone = new float[1];
            HalfFloats.dotRows(query, own, stride, self, 0, 1, n, alone);
            assertEquals(products[row], alone[0], "n " + n + ", row " + row);
            HalfFloats.squaredL2Rows(query, own, stride, self, 0, 1, n, alone);
            distances[row] = alone[0];
            double dot = 0;
            double magnitude = 0;
            double squared = 0;
            for (int i = 0; i < n; i++) {
              double product = (double) query[i] * stored[row * n + i];
              double difference = (double) query[i] - stored[row * n + i];
              dot += product;
              magnitude += Math.abs(product);
              squared += difference * difference;
            }
            double tolerance = Samples.sumTolerance(n, magnitude);
            double squaredTolerance = Samples.sumTolerance(n + 2, squared);
            assertEquals(dot, products[row], tolerance, "n " + n + ", row " + row);
            assertEquals(squared, distances[row], squaredTolerance, "n " + n + ", row " + row);
            twin.dotRows(query, own, stride, self, 0, 1, n, alone);
            assertEquals(products[row], alone[0], 2 * tolerance);
            twin.squaredL2Rows(query, own, stride, self, 0, 1, n, alone);
            assertEquals(distances[row], alone[0], 2 * squaredTolerance);
            HalfFloats.dotRows(query, heap, stride, self, 0, 1, n, alone);
            assertEquals(products[row], alone[0], 2 * tolerance, "heap");
            HalfFloats.squaredL2Rows(query, heap, stride, self, 0, 1, n, alone);
            assertEquals(distances[row], alone[0], 2 * squaredTolerance, "heap");
          }
          for (int to = 1; to <= ordinals.length; to++) {
            float[] scores = new float[ordinals.length];
            float[] squares = new float[ordinals.length];
            HalfFloats.dotRows(query, own, stride, ordinals, 1, to, n, scores);
            HalfFloats.squaredL2Rows(query, own, stride, ordinals, 1, to, n, squares);
            for (int i = 0; i < ordinals.length; i++) {
              boolean scored = i >= 1 && i < to;
              assertEquals(scored ? products[ordinals[i]] : 0, scores[i], "to " + to);
              assertEquals(scored ? distances[ordinals[i]] : 0, squares[i], "to " + to);
            }
          }
          for (int count = 0; count <= rows - 2; count++) {
            float[] scores = new float[count + 1];
            HalfFloats.dotRange(query, own, stride, 2, count, n, scores);
            for (int i = 0; i <= count; i++) {
              assertEquals(i < count ? products[i + 2] : 0, scores[i], "count " + count);
            }
            float[] onHeap = new float[count + 1];
            HalfFloats.dotRange(query, heap, stride, 2, count, n, onHeap);
            assertArrayEquals(scores, onHeap, 1e-4f);
          }
        }
      }
    }
  }

  @Test
  void smallestAndLargestHalvesAreScoredExactly() {
    try (Arena arena = Arena.ofConfined()) {
      for (int bits : new int[] {0x0001, 0x03ff, 0x0400, 0x3c00, 0x7bff, 0x8001, 0xfbff}) {
        MemorySegment row = arena.allocate(64);
        row.set(HALF, 2L * 17, (short) bits);
        float value = Float.float16ToFloat((short) bits);
        float[] query = new float[32];
        query[17] = 0.5f;
        float[] score = new float[1];
        HalfFloats.dotRows(query, row, 64, new int[1], 0, 1, 32, score);
        assertEquals(value / 2, score[0]);
        HalfFloats.squaredL2Rows(query, row, 64, new int[1], 0, 1, 32, score);
        assertEquals((value - 0.5f) * (value - 0.5f), score[0]);
      }
    }
  }

  @Test
  void rowsThatAreNotWholeGroupsOrLieOutsideAreRefused() {
    float[] query = new float[64];
    float[] scores = new float[4];
    int[] ordinals = {0, 1, 2, 3};
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment rows = arena.allocate(3 * 128);
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> HalfFloats.dotRows(query, rows, 128, ordinals, 0, 2, 40, scores))
              .getMessage();
      assertEquals("n must be a multiple of 32, got 40; pad query and rows with zeros", message);
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> HalfFloats.dotRows(query, rows, 128, ordinals, 0, 4, 64, scores));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> HalfFloats.squaredL2Rows(query, rows, 128, ordinals, 0, 4, 64, scores));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> HalfFloats.dotRange(query, rows, 128, 1, 3, 64, scores));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> HalfFloats.dotRange(query, rows, 128, 0, 3, 96, scores));
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> HalfFloats.dotRange(query, rows, 64, 0, 5, 32, scores));
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
    assertThrows(IndexOutOfBoundsException.class, () -> HalfFloats.decode(halves, 2, 4, four, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> HalfFloats.decode(halves, 0, 4, four, 1));
  }
}
