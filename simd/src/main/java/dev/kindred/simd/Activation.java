package dev.kindred.simd;

/** What a dense layer applies to its sums before it stores them. */
public enum Activation {
  NONE,
  /** max(0, x). */
  RELU
}
