package dev.kindred.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SignCodesTest {
  private final ScalarSignCodes twin = new ScalarSignCodes();

  @Test
  void passesTheSameVectorsAsTheTwin() {
    Random random = new Random(1);
    for (int pieces = 0; pieces <= 32; pieces += SignCodes.PIECES) {
      for (int count = 0; count <= SignCodes.MAX_COUNT; count += SignCodes.GROUP) {
        for (int offset : new int[] {0, 4, 64}) {
          byte[] bytes = new byte[(int) SignCodes.blockBytes(count, pieces) + offset];
          random.nextBytes(bytes);
          MemorySegment block = MemorySegment.ofArray(bytes);
          for (int i = 0; i < count; i++) {
            int addend = Float.floatToRawIntBits(random.nextFloat() - 0.5f) & 0xFFFF0000;
            int factor = Float.floatToRawIntBits(random.nextFloat() / 100) >>> 16;
            block.set(ValueLayout.JAVA_INT_UNALIGNED, offset + 4L * i, addend | factor);
          }
          byte[] tables = tables(random, pieces);
          for (float least : new float[] {-0.5f, 0, 0.2f, Float.NEGATIVE_INFINITY}) {
            assertEquals(
                twin.passing(block, offset, count, pieces, tables, 0.3f, 0.1f, least),
                SignCodes.passing(block, offset, count, pieces, tables, 0.3f, 0.1f, least),
                "pieces " + pieces + ", count " + count + ", least " + least);
          }
        }
      }
    }
  }

  /** Tables of a query with all values from the least to the most. */
  private static byte[] tables(Random random, int pieces) {
    byte[] query = new byte[SignCodes.PIECE * pieces];
    for (int k = 0; k < query.length; k++) {
      query[k] = (byte) random.nextInt(SignCodes.LEAST, SignCodes.MOST + 1);
    }
    byte[] tables = new byte[SignCodes.tableBytes(pieces)];
    SignCodes.fillTables(query, pieces, tables);
    return tables;
  }

  @Test
  void holdsTheLargestSums() {
    for (byte value : new byte[] {SignCodes.LEAST, SignCodes.MOST}) {
      int pieces = 16;
      byte[] query = new byte[SignCodes.PIECE * pieces];
      Arrays.fill(query, value);
      byte[] tables = new byte[SignCodes.tableBytes(pieces)];
      SignCodes.fillTables(query, pieces, tables);
      byte[] block = new byte[(int) SignCodes.blockBytes(16, pieces)];
      Arrays.fill(block, (byte) -1);
      MemorySegment memory = MemorySegment.ofArray(block);
      for (int i = 0; i < 16; i++) {
        memory.setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i, 0x3F80);
      }
      float sum = value * query.length;
      assertEquals(0xFFFF, SignCodes.passing(memory, 0, 16, pieces, tables, 1, 0, sum));
      assertEquals(0, SignCodes.passing(memory, 0, 16, pieces, tables, 1, 0, sum + 1));
    }
  }

  @Test
  void sumsWhatTheSignsChoose() {
    // Vector 17, whose signs 0, 1 and 13 are set; the query has 7, -8 and 2 there.
    MemorySegment block = MemorySegment.ofArray(new int[32 * 2]);
    block.setAtIndex(ValueLayout.JAVA_INT, 17, Float.floatToRawIntBits(10) | 0x3F80);
    block.set(ValueLayout.JAVA_BYTE, SignCodes.signsAt(32, 2, 17, 0), (byte) 0b11);
    block.set(ValueLayout.JAVA_BYTE, SignCodes.signsAt(32, 2, 17, 1), (byte) 0b100000);
    byte[] query = {7, -8, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 3, 3};
    byte[] tables = new byte[SignCodes.tableBytes(2)];
    SignCodes.fillTables(query, 2, tables);
    float estimate = 10 + 0.5f * (7 - 8 + 2) + 0.25f;
    long bit = 1 << 17;
    assertEquals(bit, SignCodes.passing(block, 0, 32, 2, tables, 0.5f, 0.25f, estimate) & bit);
    assertEquals(0, SignCodes.passing(block, 0, 32, 2, tables, 0.5f, 0.25f, estimate + 0.01f));
  }

  @Test
  void residualHasTheSignsOfTheTwinAndItsSums() {
    Random random = new Random(2);
    for (int n = 0; n <= 160; n += SignCodes.PIECE * SignCodes.PIECES) {
      float[] centre = new float[n];
      float[] other = new float[n];
      float[] vector = new float[n + 3];
      for (int k = 0; k < n; k++) {
        centre[k] = (float) random.nextGaussian();
        other[k] = (float) random.nextGaussian();
        // Some differences are 0.
        vector[k + 3] = k % 5 == 0 ? centre[k] : (float) random.nextGaussian();
      }
      MemorySegment vectors = MemorySegment.ofArray(vector);
      byte[] signs = new byte[n / SignCodes.PIECE];
      byte[] twinSigns = new byte[n / SignCodes.PIECE];
      float[] sums = new float[4];
      float[] twinSums = new float[4];
      SignCodes.residual(centre, other, vectors, 12, n, signs, sums);
      twin.residual(centre, other, vectors, 12, n, twinSigns, twinSums);
      assertArrayEquals(twinSigns, signs, "n " + n);
      assertArrayEquals(twinSums, sums, 1e-4f * (n + 1), "n " + n);
    }
  }

  @Test
  void residualSumsWhatItSays() {
    float[] centre = new float[16];
    float[] vector = new float[16];
    float[] other = new float[16];
    centre[0] = 1;
    vector[0] = 4;
    other[0] = 10;
    centre[9] = 5;
    vector[9] = 3;
    other[9] = 100;
    byte[] signs = new byte[2];
    float[] sums = new float[4];
    SignCodes.residual(centre, other, MemorySegment.ofArray(vector), 0, 16, signs, sums);
    assertArrayEquals(new byte[] {(byte) 0xFF, (byte) 0b11111101}, signs);
    assertArrayEquals(new float[] {9 + 4, 3 + 2, 1 - 5, 3 * 10 - 2 * 100}, sums);
  }

  @Test
  void refusesWhatDoesNotFit() {
    MemorySegment block = MemorySegment.ofArray(new byte[16 * 6]);
    byte[] tables = new byte[SignCodes.tableBytes(4)];
    for (int[] wrong : new int[][] {{17, 2}, {80, 2}, {16, 3}, {16, -2}}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> SignCodes.passing(block, 0, wrong[0], wrong[1], tables, 1, 0, 0));
    }
    for (int[] wrong : new int[][] {{0, 4}, {4, 2}, {0, 6}}) {
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> SignCodes.passing(block, wrong[0], 16, wrong[1], tables, 1, 0, 0));
    }
    assertEquals(block.byteSize(), SignCodes.blockBytes(16, 2));
  }
}
