package dev.kindred.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CodesTest {
  private static final int ROWS = 9;

  private final ScalarCodes twin = new ScalarCodes();

  @Test
  void sumsAreThoseOfTheTwinForEveryLengthAndCount() {
    Random random = new Random(1);
    for (int n = 0; n <= 8 * Codes.GROUP; n += Codes.GROUP) {
      for (int padding : new int[] {0, 1, 32}) {
        long stride = n + padding;
        MemorySegment codes = Arena.ofAuto().allocate(Math.max(1, ROWS * stride));
        // Lengths of at most 8 x 16 and 12 x 16: within the promise.
        fill(codes, random, 8);
        short[] query = query(random, n, 12);
        int[] ordinals = {77, 3, 0, 8, 8, 1, 5, 2};
        for (int to = 1; to <= ordinals.length; to++) {
          int[] sums = new int[ordinals.length];
          int[] expected = new int[ordinals.length];
          Codes.dotRows(query, codes, stride, ordinals, 1, to, n, sums);
          twin.dotRows(query, codes, stride, ordinals, 1, to, n, expected);
          assertArrayEquals(expected, sums, "n " + n + ", stride " + stride + ", to " + to);
        }
      }
    }
  }

  @Test
  void theLargestPromisedProductIsExact() {
    for (int k = 0; k < 2 * Codes.GROUP; k++) {
      MemorySegment codes = MemorySegment.ofArray(new byte[2 * Codes.GROUP]);
      codes.set(ValueLayout.JAVA_BYTE, k, (byte) -127);
      short[] query = new short[2 * Codes.GROUP];
      query[k] = Codes.MAX_PRODUCT / 127;
      int[] sums = new int[1];
      Codes.dotRows(query, codes, 64, new int[] {0}, 0, 1, 64, sums);
      assertEquals(-127 * (Codes.MAX_PRODUCT / 127), sums[0]);
    }
    // All positions at once: the lengths are 8 x 16 and 8 x 31.
    MemorySegment codes = MemorySegment.ofArray(new byte[64]).fill((byte) 31);
    short[] query = new short[64];
    Arrays.fill(query, (short) 16);
    int[] sums = new int[1];
    Codes.dotRows(query, codes, 64, new int[] {0}, 0, 1, 64, sums);
    assertEquals(64 * 31 * 16, sums[0]);
  }

  @Test
  void refusesWhatDoesNotFit() {
    MemorySegment codes = MemorySegment.ofArray(new byte[64]);
    int[] one = new int[1];
    short[] query = new short[32];
    assertThrows(
        IllegalArgumentException.class,
        () -> Codes.dotRows(query, codes, 32, new int[] {0}, 0, 1, 31, one));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> Codes.dotRows(query, codes, 32, new int[] {2}, 0, 1, 32, one));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> Codes.dotRows(query, codes, 32, new int[] {-1}, 0, 1, 32, one));
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> Codes.dotRows(query, codes, 64, new int[] {0}, 0, 1, 64, one));
    assertEquals(64, Codes.paddedLength(33));
  }

  private static void fill(MemorySegment codes, Random random, int bound) {
    for (long at = 0; at < codes.byteSize(); at++) {
      codes.set(ValueLayout.JAVA_BYTE, at, (byte) (random.nextInt(2 * bound + 1) - bound));
    }
  }

  private static short[] query(Random random, int n, int bound) {
    short[] query = new short[n];
    for (int k = 0; k < n; k++) {
      query[k] = (short) (random.nextInt(2 * bound + 1) - bound);
    }
    return query;
  }
}
