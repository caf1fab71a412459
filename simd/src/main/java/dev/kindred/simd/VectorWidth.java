package dev.kindred.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The machine's vectors. Apart from {@link Lanes}, which can only load once the width is chosen.
 */
final class VectorWidth {
  private VectorWidth() {}

  /** Bits of the widest vectors with fused multiply-add; 0 if this machine has none. */
  static int preferredBits() {
    int bits = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    // An x86 without AVX2 (integer vectors of 256 bits) has no fused multiply-add either, and the
    // Vector API would do it in software, far slower than a plain loop.
    boolean x86 = System.getProperty("os.arch").matches("amd64|x86_64|x86|i386");
    boolean fma = !x86 || IntVector.SPECIES_PREFERRED.vectorBitSize() >= 256;
    return fma && bits >= 128 ? Math.min(bits, 512) : 0;
  }
}
