package dev.kindred.simd;

import java.util.Arrays;
import java.util.Objects;

/**
 * Counts how many of some rising numbers are at most a number that is asked for: the place of a
 * value among the cuts of a distribution. Two looks at a block of {@link #BLOCK} each instead of a
 * step for every bit of the place, none of them waiting for a guess.
 *
 * <p>Immutable; safe for any number of threads.
 */
public final class SortedInts {
  /** Numbers that are compared at once. */
  static final int BLOCK = 32;

  /** The most numbers that two looks tell apart. */
  public static final int MOST = BLOCK * BLOCK;

  private static final SortedKernels KERNELS = Kernels.SORTED;

  private final int size;

  /** The numbers, filled up to whole blocks with the largest there is. */
  private final int[] numbers;

  /** The last of each block, filled up likewise. */
  private final int[] lasts = new int[BLOCK];

  private SortedInts(int[] rising) {
    size = rising.length;
    numbers = Arrays.copyOf(rising, Math.ceilDiv(Math.max(1, size), BLOCK) * BLOCK);
    Arrays.fill(numbers, size, numbers.length, Integer.MAX_VALUE);
    Arrays.fill(lasts, Integer.MAX_VALUE);
    for (int block = 0; block < numbers.length / BLOCK; block++) {
      lasts[block] = numbers[block * BLOCK + BLOCK - 1];
    }
  }

  /**
   * Takes a copy of the numbers.
   *
   * @param rising each greater than the one before, at most {@link #MOST}
   */
  public static SortedInts of(int[] rising) {
    if (rising.length > MOST) {
      throw new IllegalArgumentException(
          rising.length + " numbers to search in, at most " + MOST + " are allowed");
    }
    for (int i = 1; i < rising.length; i++) {
      if (rising[i] <= rising[i - 1]) {
        throw new IllegalArgumentException(
            "number %d is %d after %d; they must rise".formatted(i, rising[i], rising[i - 1]));
      }
    }
    return new SortedInts(rising);
  }

  /** How many numbers there are. */
  public int size() {
    return size;
  }

  /** counts[i] = how many of the numbers are at most asked[i], for i in [0, n). */
  public void countAtMost(int[] asked, int n, int[] counts) {
    Objects.checkFromIndexSize(0, n, asked.length);
    Objects.checkFromIndexSize(0, n, counts.length);
    KERNELS.countAtMost(numbers, lasts, size, asked, n, counts);
  }
}
