package dev.kindred.index;

/**
 * A score and an ordinal in one long, so that comparing two longs compares by score and, for equal
 * scores, puts the lower ordinal first.
 *
 * <pre>
 * bits 63..32: the score's bits, turned so that they order like the score; NaN below everything
 * bits 31..1 : the complement of the ordinal
 * bit 0      : a mark for the use of a search, which never decides between two ordinals
 * </pre>
 */
final class ScoredOrdinal {
  /** Below every entry. */
  static final long NONE = Long.MIN_VALUE;

  static final long MARK = 1;

  private static final int NAN_BITS = Integer.MIN_VALUE;

  private ScoredOrdinal() {}

  /** An entry without the mark. */
  static long of(float score, int ordinal) {
    return (long) orderedBits(score) << 32 | (~ordinal & 0x7FFFFFFFL) << 1;
  }

  static int ordinal(long key) {
    return ~(int) (key >> 1) & Integer.MAX_VALUE;
  }

  static float score(long key) {
    int ordered = (int) (key >> 32);
    if (ordered == NAN_BITS) {
      return Float.NaN;
    }
    return Float.intBitsToFloat(ordered ^ (ordered >> 31 & Integer.MAX_VALUE));
  }

  private static int orderedBits(float score) {
    if (score != score) {
      return NAN_BITS;
    }
    // Adding 0 turns -0 into 0, so that the two tie.
    int bits = Float.floatToRawIntBits(score + 0f);
    return bits ^ (bits >> 31 & Integer.MAX_VALUE);
  }
}
