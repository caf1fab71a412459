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
   * Row by row target = act(base + scales times bytes), [rows x n], product and sum rounded once:
   * sums of a layer of which one part was stored.
   *
   * @param base may be the target, in the same places
   * @param ldBase floats from row to row of the base; 0: one for all rows
   * @param scales of the columns
   * @param bytes row r lies at {@code offset + ordinals[from + r] * stride}
   * @throws IllegalArgumentException if base or target don't lie in their arrays
   * @throws IndexOutOfBoundsException if scales or ordinals don't, or a row doesn't lie in the
   *     segment; the target may be written in part by then
   */
  public static void addRows(
      float[] base,
      int baseOffset,
      int ldBase,
      float[] scales,
      int scalesOffset,
      MemorySegment bytes,
      long offset,
      long stride,
      int[] ordinals,
      int from,
      int rows,
      int n,
      float[] target,
      int targetOffset,
      int ldTarget,
      Activation act) {
    Shapes.check("base", base, baseOffset, ldBase, ldBase == 0 ? Math.min(1, rows) : rows, n);
    Shapes.check("target", target, targetOffset, ldTarget, rows, n);
    Objects.checkFromIndexSize(scalesOffset, n, scales.length);
    Objects.checkFromIndexSize(from, rows, ordinals.length);
    float least = act == Activation.RELU ? 0 : Float.NEGATIVE_INFINITY;
    (bytes.isNative() ? KERNELS : SCALAR)
        .addRows(
            base,
            baseOffset,
            ldBase,
            scales,
            scalesOffset,
            bytes,
            offset,
            stride,
            ordinals,
            from,
            rows,
            n,
            least,
            target,
            targetOffset,
            ldTarget);
  }
}
