package dev.kindred.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SignCodesTest {
  private final ScalarSignCodes twin = new ScalarSignCodes();

  @Test
  void passesTheSameVectorsAsTheTwin() {
    Random random = new Random(1);
    for (int words = 0; words <= 8; words++) {
      for (int count = 0; count <= SignCodes.MAX_COUNT; count += SignCodes.GROUP) {
        for (int offset : new int[] {0, 4, 64}) {
          byte[] bytes = new byte[(int) SignCodes.blockBytes(count, words) + offset];
          random.nextBytes(bytes);
          MemorySegment block = MemorySegment.ofArray(bytes);
          for (int i = 0; i < count; i++) {
            int addend = Float.floatToRawIntBits(random.nextFloat() - 0.5f) & 0xFFFF0000;
            int factor = Float.floatToRawIntBits(random.nextFloat() / 100) >>> 16;
            block.set(ValueLayout.JAVA_INT_UNALIGNED, offset + 4L * i, addend | factor);
          }
          int[] planes = random.ints(SignCodes.PLANES * words + 1).toArray();
          for (float least : new float[] {-0.5f, 0, 0.2f, Float.NEGATIVE_INFINITY}) {
            assertEquals(
                twin.passing(block, offset, count, words, planes, 0.3f, 0.1f, least),
                SignCodes.passing(block, offset, count, words, planes, 0.3f, 0.1f, least),
                "words " + words + ", count " + count + ", least " + least);
          }
        }
      }
    }
  }

  @Test
  void countsWhatThePlanesSay() {
    // One vector whose signs 0, 1 and 33 are set; the query has 7, -8 and 2 there.
    MemorySegment block = MemorySegment.ofArray(new int[16 * 3]);
    block.setAtIndex(ValueLayout.JAVA_INT, 0, Float.floatToRawIntBits(10) | 0x3F80);
    block.setAtIndex(ValueLayout.JAVA_INT, 16, 0b11);
    block.setAtIndex(ValueLayout.JAVA_INT, 32, 0b10);
    int[] planes = {0b01, 0b01, 0b01, 0b10, 0, 0b10, 0, 0};
    float estimate = 10 + 0.5f * (7 - 8 + 2) + 0.25f;
    assertEquals(1, SignCodes.passing(block, 0, 16, 2, planes, 0.5f, 0.25f, estimate) & 1);
    assertEquals(0, SignCodes.passing(block, 0, 16, 2, planes, 0.5f, 0.25f, estimate + 0.01f) & 1);
  }

  @Test
  void refusesWhatDoesNotFit() {
    MemorySegment block = MemorySegment.ofArray(new int[16 * 2]);
    int[] planes = new int[4];
    assertThrows(
        IllegalArgumentException.class, () -> SignCodes.passing(block, 0, 17, 1, planes, 1, 0, 0));
    assertThrows(
        IllegalArgumentException.class, () -> SignCodes.passing(block, 0, 80, 1, planes, 1, 0, 0));
    assertThrows(
        IndexOutOfBoundsException.class, () -> SignCodes.passing(block, 0, 16, 2, planes, 1, 0, 0));
    assertThrows(
        IndexOutOfBoundsException.class, () -> SignCodes.passing(block, 4, 16, 1, planes, 1, 0, 0));
    assertTrue(SignCodes.blockBytes(16, 1) == block.byteSize());
  }
}
