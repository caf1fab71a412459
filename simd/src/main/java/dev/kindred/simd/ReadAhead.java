package dev.kindred.simd;

/**
 * Asks memory for scattered rows, all at once, before a loop works on them.
 *
 * <p>A loop that copies rows keeps two or three of them in flight, for its instructions fill the
 * processor's window; one that only reads a float of every cache line keeps as many as there are
 * buffers for lines. Rows of 64 floats at random in 25 MB take 66 ns to copy, 40 with this before.
 *
 * <p>Stateless.
 */
final class ReadAhead {
  /** Floats of a cache line of 64 bytes. */
  private static final int LINE = 16;

  /** 16 KiB: what is asked for fits the first cache beside what it is copied to. */
  private static final int FLOATS = 4096;

  private ReadAhead() {}

  /** How many rows of {@code d} floats to ask for at a time. */
  static int rows(int d) {
    return Math.max(8, FLOATS / Math.max(1, d));
  }

  /**
   * Reads a float of every cache line of {@code d} floats from {@code first} on, of the rows of the
   * ordinals [from, to).
   *
   * @return a number without meaning, to be stored somewhere: reads of no use would be left out
   */
  static float touch(float[] rows, int stride, int first, int d, int[] ordinals, int from, int to) {
    if (d == 4 * LINE) {
      return touch4(rows, stride, first, ordinals, from, to);
    }
    float even = 0;
    float odd = 0;
    for (int i = from; i < to; i++) {
      int at = ordinals[i] * stride + first;
      int k = 0;
      for (; k + LINE < d; k += 2 * LINE) {
        even += rows[at + k];
        odd += rows[at + k + LINE];
      }
      // Rows need not start with a line, so the last float may lie in one more.
      even += rows[at + d - 1];
    }
    return even + odd;
  }

  /** Rows of four lines, which lie in five unless they start with one. */
  private static float touch4(
      float[] rows, int stride, int first, int[] ordinals, int from, int to) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    for (int i = from; i < to; i++) {
      int at = ordinals[i] * stride + first;
      s0 += rows[at];
      s1 += rows[at + LINE];
      s2 += rows[at + 2 * LINE];
      s3 += rows[at + 3 * LINE];
      s0 += rows[at + 4 * LINE - 1];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
