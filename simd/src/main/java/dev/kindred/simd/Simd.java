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

  /** One phrase for logs and reports: the width and, without vectors, why. */
  public static String description() {
    if (Kernels.BITS > 0) {
      return "Vector API, " + Kernels.BITS + " bits";
    }
    return Kernels.vectorApiPresent()
        ? "scalar loops"
        : "scalar loops (started without --add-modules jdk.incubator.vector)";
  }
}
