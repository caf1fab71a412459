package dev.kindred.engine.tower;

import dev.kindred.index.run.Draws;

/**
 * A drawn order of [0, n) in constant memory: a Feistel network over the next even number of bits,
 * walked along its cycles back into the range (Black and Rogaway, "Ciphers with arbitrary finite
 * domains", CT-RSA 2002).
 *
 * <p>Immutable.
 */
final class Permutation {
  private static final int ROUNDS = 4;

  private final long size;
  private final int halfBits;
  private final long mask;
  private final long[] keys = new long[ROUNDS];

  Permutation(long size, Draws draws) {
    this.size = size;
    int bits = Math.max(2, Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, size - 1)));
    halfBits = (bits + 1) / 2;
    mask = (1L << halfBits) - 1;
    for (int r = 0; r < ROUNDS; r++) {
      keys[r] = draws.nextLong();
    }
  }

  /** What stands at place i, 0 <= i < n; each number once. */
  long at(long i) {
    long x = i;
    do {
      long left = x >>> halfBits;
      long right = x & mask;
      for (long key : keys) {
        long mixed = (right + 1) * 0x9E3779B97F4A7C15L + key;
        mixed = (mixed ^ mixed >>> 32) * 0xD6E8FEB86659FD93L;
        long next = left ^ (mixed ^ mixed >>> 29) & mask;
        left = right;
        right = next;
      }
      x = left << halfBits | right;
    } while (x >= size);
    return x;
  }
}
