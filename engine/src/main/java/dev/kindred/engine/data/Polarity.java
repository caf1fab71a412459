package dev.kindred.engine.data;

/**
 * Whether an objective speaks for an item or against it. It is declared and never learned: the sign
 * of an objective lives here alone, and every weight is 0 or more.
 */
public enum Polarity {
  /** Click, watch time, like, share: more is better. */
  POSITIVE(1),
  /** Dislike, dismissal, low rating: subtracts. */
  NEGATIVE(-1);

  private final int sign;

  Polarity(int sign) {
    this.sign = sign;
  }

  /** 1 or -1. */
  public int sign() {
    return sign;
  }
}
