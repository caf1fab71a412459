package dev.kindred.simd;

import java.util.Arrays;

/** A binary search: the specification of {@link VectorSorted}. */
final class ScalarSorted implements SortedKernels {
  @Override
  public void countAtMost(int[] numbers, int[] lasts, int size, int[] asked, int n, int[] counts) {
    for (int i = 0; i < n; i++) {
      int at = Arrays.binarySearch(numbers, 0, size, asked[i]);
      counts[i] = at < 0 ? -at - 1 : at + 1;
    }
  }
}
