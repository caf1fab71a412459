package dev.kindred.simd;

import java.util.Objects;

/**
 * Panels: scattered rows of a matrix gathered side by side, so that dense kernels read straight on.
 *
 * <p>The bits are the same for every vector width. Stateless; safe for any number of threads on
 * distinct outputs.
 */
public final class Panels {
  private static final PanelKernels KERNELS = Kernels.PANELS;

  private Panels() {}

  /**
   * Row i of panel [count x stride] becomes scales[i] times columns [first, first + d) of row
   * ordinals[i] of {@code rows} [.. x rowStride], filled up with zeros to the stride.
   *
   * @param ordinals read from {@code ordinalsOffset} on; an ordinal outside rows throws {@link
   *     IndexOutOfBoundsException}
   * @param scales read from {@code scalesOffset} on
   */
  public static void gather(
      float[] rows,
      int rowStride,
      int first,
      int d,
      int[] ordinals,
      int ordinalsOffset,
      int count,
      float[] scales,
      int scalesOffset,
      float[] panel,
      int panelOffset,
      int stride) {
    Objects.checkFromIndexSize(ordinalsOffset, count, ordinals.length);
    Objects.checkFromIndexSize(scalesOffset, count, scales.length);
    if (d < 1 || stride < d || first < 0 || first > rowStride - d) {
      throw new IllegalArgumentException(
          "columns "
              + first
              + " to "
              + ((long) first + d)
              + " of rows of "
              + rowStride
              + " do not fit rows of "
              + stride);
    }
    Shapes.check("panel", panel, panelOffset, stride, count, stride);
    KERNELS.gather(
        rows,
        rowStride,
        first,
        d,
        ordinals,
        ordinalsOffset,
        count,
        scales,
        scalesOffset,
        panel,
        panelOffset,
        stride);
  }

  /**
   * sum [stride] += sum over the rows i of panel [count x stride], from {@code panelOffset} on, of
   * weights[i] row_i.
   */
  public static void addWeighted(
      float[] panel,
      int panelOffset,
      int stride,
      int count,
      float[] weights,
      int weightsOffset,
      float[] sum) {
    Objects.checkFromIndexSize(weightsOffset, count, weights.length);
    Shapes.check("panel", panel, panelOffset, stride, count, stride);
    Objects.checkFromIndexSize(0, stride, sum.length);
    KERNELS.addWeighted(panel, panelOffset, stride, count, weights, weightsOffset, sum);
  }

  /** As {@link #addWeighted} with the square of every value: the diagonal of an outer product. */
  public static void addSquares(
      float[] panel,
      int panelOffset,
      int stride,
      int count,
      float[] weights,
      int weightsOffset,
      float[] sum) {
    Objects.checkFromIndexSize(weightsOffset, count, weights.length);
    Shapes.check("panel", panel, panelOffset, stride, count, stride);
    Objects.checkFromIndexSize(0, stride, sum.length);
    KERNELS.addSquares(panel, panelOffset, stride, count, weights, weightsOffset, sum);
  }
}
