package dev.kindred.simd;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The block by its last number, the place in it by its numbers: both by comparing all of a block
 * and counting. Among 1,000 numbers 5.9 ns each with 256 bits on a Zen 3, where a binary search of
 * many side by side, a step of all after a step of all, took 21; adding up masked ones instead of
 * counting the masks took 9.6.
 */
final class VectorSorted implements SortedKernels {
  private static final VectorSpecies<Integer> SPECIES =
      Lanes.SPECIES.vectorShape().withLanes(int.class);

  private static final int COUNT = SPECIES.length();

  @Override
  public void countAtMost(int[] numbers, int[] lasts, int size, int[] asked, int n, int[] counts) {
    for (int i = 0; i < n; i++) {
      int block = inBlock(lasts, 0, asked[i]);
      int before = block * SortedInts.BLOCK;
      int count = before >= numbers.length ? before : before + inBlock(numbers, before, asked[i]);
      counts[i] = Math.min(count, size);
    }
  }

  private static int inBlock(int[] numbers, int from, int asked) {
    int count = 0;
    for (int at = from; at < from + SortedInts.BLOCK; at += COUNT) {
      count +=
          IntVector.fromArray(SPECIES, numbers, at).compare(VectorOperators.LE, asked).trueCount();
    }
    return count;
  }
}
