package dev.kindred.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class LongSorterTest {
  private static final int MOST = 700;

  private final LongSorter sorter = new LongSorter();
  private final SplittableRandom random = new SplittableRandom(5);

  @Test
  void sortsAsTheJdkDoesAtEveryLength() {
    LongUnaryOperator[] kinds = {
      i -> random.nextLong(),
      i -> random.nextInt(1000), // upper bytes agree, many are equal
      i -> -random.nextInt(1000),
      i -> random.nextLong() & 0xff00_0000_00ff_0000L, // bytes between agree
      i -> i % 2 == 0 ? Long.MIN_VALUE : Long.MAX_VALUE,
      i -> 7,
      i -> -i
    };
    for (int n = 0; n <= MOST; n += n < 100 ? 1 : 37) {
      for (LongUnaryOperator kind : kinds) {
        long[] values = new long[MOST];
        Arrays.setAll(values, i -> kind.applyAsLong(i));
        long[] expected = values.clone();
        Arrays.sort(expected, 0, n);
        sorter.sort(values, n);
        assertArrayEquals(expected, values, n + " values");
      }
    }
  }

  @Test
  void sortingNoMoreThanReservedAllocatesNothing() {
    long[] drawn = random.longs(MOST).toArray();
    long[] values = new long[MOST];
    sorter.reserve(MOST);
    Runnable sorts =
        () -> {
          for (int n = 0; n <= MOST; n += 10) {
            System.arraycopy(drawn, 0, values, 0, MOST);
            sorter.sort(values, n);
          }
        };
    assertEquals(0, Allocation.bytesOf(sorts));
  }

  @Test
  void refusesALengthThatTheArrayHasNot() {
    assertThrows(IndexOutOfBoundsException.class, () -> sorter.sort(new long[3], 4));
    assertThrows(IndexOutOfBoundsException.class, () -> sorter.sort(new long[3], -1));
  }
}
