package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Values kept as signed bytes, each column with a scale of its own, used where they stand.
 *
 * <p>Native segments take the fast path, heap segments the scalar one; the bits are the same for
 * every vector width. Stateless; safe for any number of threads on distinct targets.
 */
public final class ScaledBytes {
  private static final ScaledByteKernels KERNELS = Kernels.SCALED_BYTES;
  private static final ScaledByteKernels SCALAR = new ScalarScaledBytes();

  private ScaledBytes() {}

  /**
   * target[i] = act(base[i] + scales[i] bytes[i]) over n values, product and sum rounded once: a
   * layer's sum of which one part was stored.
   *
   * @throws IndexOutOfBoundsException if a range doesn't lie in its array or segment
   */
  public static void add(
      float[] base,
      int baseOffset,
      float[] scales,
      int scalesOffset,
      MemorySegment bytes,
      long offset,
      int n,
      float[] target,
      int targetOffset,
      Activation act) {
    Objects.checkFromIndexSize(baseOffset, n, base.length);
    Objects.checkFromIndexSize(scalesOffset, n, scales.length);
    Objects.checkFromIndexSize(targetOffset, n, target.length);
    Objects.checkFromIndexSize(offset, n, bytes.byteSize());
    float least = act == Activation.RELU ? 0 : Float.NEGATIVE_INFINITY;
    (bytes.isNative() ? KERNELS : SCALAR)
        .add(base, baseOffset, scales, scalesOffset, bytes, offset, n, least, target, targetOffset);
  }
}
