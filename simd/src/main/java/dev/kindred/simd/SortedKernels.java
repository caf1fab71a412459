package dev.kindred.simd;

/** What {@link SortedInts} delegates to; arguments are checked there. */
interface SortedKernels {
  /**
   * counts[i] = how many of the first {@code size} numbers are at most asked[i], for i in [0, n).
   *
   * @param numbers rising, whole blocks, filled up with the largest int
   * @param lasts the last number of each block, {@link SortedInts#BLOCK} long, filled up likewise
   */
  void countAtMost(int[] numbers, int[] lasts, int size, int[] asked, int n, int[] counts);
}
