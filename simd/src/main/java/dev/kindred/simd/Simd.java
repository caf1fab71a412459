package dev.kindred.simd;

/**
 * Tells which kernels this process runs on.
 *
 * <p>Chosen once, when the first kernel is used. Safe for any number of threads.
 */
public final class Simd {
  private Simd() {}

  /** Bits of the vectors in use: 128, 256 or 512; 0 = scalar loops. */
  public static int bits() {
    return Kernels.BITS;
  }

  /** One phrase for logs and reports: the width and why it is that. */
  public static String description() {
    return "scalar loops";
  }
}
