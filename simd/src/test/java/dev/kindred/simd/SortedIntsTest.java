package dev.kindred.simd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SortedIntsTest {
  @Test
  void countsAreThoseOfOneLookAtEachForEveryLength() {
    Random random = new Random(1);
    for (int size : new int[] {0, 1, 2, 31, 32, 33, 63, 64, 500, 992, 993, 1023, 1024}) {
      int[] numbers = rising(random, size);
      int[] asked = asked(random, numbers);
      int[] expected = new int[asked.length];
      for (int i = 0; i < asked.length; i++) {
        for (int number : numbers) {
          expected[i] += number <= asked[i] ? 1 : 0;
        }
      }
      int[] counts = new int[asked.length];
      SortedInts.of(numbers).countAtMost(asked, asked.length, counts);
      assertArrayEquals(expected, counts, "size " + size);
      new ScalarSorted().countAtMost(numbers, null, size, asked, asked.length, counts);
      assertArrayEquals(expected, counts, "the twin, size " + size);
    }
  }

  @Test
  void onlyWhatIsAskedForIsWritten() {
    int[] counts = {7, 7, 7};
    SortedInts.of(new int[] {1, 5}).countAtMost(new int[] {5, 0, 9}, 2, counts);
    assertArrayEquals(new int[] {2, 0, 7}, counts);
  }

  @Test
  void numbersThatDoNotRiseAreRefusedAndTooManyAre() {
    IllegalArgumentException equal =
        assertThrows(IllegalArgumentException.class, () -> SortedInts.of(new int[] {1, 4, 4}));
    assertEquals("number 2 is 4 after 4; they must rise", equal.getMessage());
    IllegalArgumentException many =
        assertThrows(IllegalArgumentException.class, () -> SortedInts.of(new int[1025]));
    assertTrue(many.getMessage().startsWith("1025 numbers"), many.getMessage());
  }

  /** Now and then the largest int of all, which also fills the blocks up. */
  private static int[] rising(Random random, int size) {
    int[] numbers = random.ints().distinct().limit(size).sorted().toArray();
    if (size % 2 == 1) {
      numbers[size - 1] = Integer.MAX_VALUE;
    }
    return numbers;
  }

  /** Each number, what is beside it, and some others. */
  private static int[] asked(Random random, int[] numbers) {
    int[] asked = Arrays.copyOf(numbers, 3 * numbers.length + 50);
    for (int i = 0; i < numbers.length; i++) {
      asked[numbers.length + i] = numbers[i] - 1;
      asked[2 * numbers.length + i] = numbers[i] + 1;
    }
    for (int i = 3 * numbers.length; i < asked.length; i++) {
      asked[i] = random.nextInt();
    }
    asked[asked.length - 1] = Integer.MIN_VALUE;
    asked[asked.length - 2] = Integer.MAX_VALUE;
    return asked;
  }
}
