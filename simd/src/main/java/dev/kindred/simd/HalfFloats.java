package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Rows of 16-bit floats (IEEE 754 binary16, little-endian, at any byte offset of a segment), used
 * where they stand.
 *
 * <p>What an infinity or a NaN among the halves becomes is not specified; neither may be stored.
 * The bits are the same for every vector width. Stateless; safe for any number of threads on
 * distinct targets.
 */
public final class HalfFloats {
  private static final HalfFloatKernels KERNELS = Kernels.HALF_FLOATS;
  private static final HalfFloatKernels SCALAR = new ScalarHalfFloats();

  private HalfFloats() {}

  /**
   * target[i] = act(base[i] + halves[i]) over n values: a layer's sum of which one part was stored.
   * Native segments take the fast path, heap segments the scalar one.
   *
   * @throws IndexOutOfBoundsException if a range doesn't lie in its array or segment
   */
  public static void add(
      float[] base,
      int baseOffset,
      MemorySegment halves,
      long offsetBytes,
      int n,
      float[] target,
      int targetOffset,
      Activation act) {
    Objects.checkFromIndexSize(baseOffset, n, base.length);
    Objects.checkFromIndexSize(targetOffset, n, target.length);
    Objects.checkFromIndexSize(offsetBytes, (long) n * Short.BYTES, halves.byteSize());
    float least = act == Activation.RELU ? 0 : Float.NEGATIVE_INFINITY;
    HalfFloatKernels kernels = halves.isNative() ? KERNELS : SCALAR;
    kernels.add(base, baseOffset, halves, offsetBytes, n, least, target, targetOffset);
  }
}
