package dev.kindred.simd;

/** What {@link CompactMatrix} delegates to; arguments are checked there. */
interface CompactKernels {
  /** Floats in a vector, which decides the layout of {@link CompactMatrix}. */
  int lanes();

  /** c = act(a b + bias). */
  void multiply(
      float[] a, int aOffset, CompactMatrix b, float[] bias, boolean relu, float[] c, int cOffset);
}
