package dev.kindred.simd;

/**
 * Mixtures of a row's parts by weights of its own, for several groups of weights: what a multi-gate
 * mixture of experts makes of the experts' outputs for each task.
 *
 * <p>Stateless; safe for any number of threads on distinct outputs. The bits are the same for every
 * vector width.
 */
public final class Mixtures {
  private static final MixtureKernels KERNELS = Kernels.MIXTURES;

  private Mixtures() {}

  /**
   * For each of m rows and each group g: target [width] = sum over i of weight i times part i. Sums
   * in the order of the parts, each step a fused multiply-add.
   *
   * @param rows [m x (count x width)], rows {@code ldRows} floats apart: the parts of a row one
   *     after the other
   * @param weights [m x (groups x count)] without gaps
   * @param target a matrix [m x width] for each group, rows {@code ldTarget} and matrices {@code
   *     groupStride} floats apart; they must overlap neither each other nor the rows
   * @throws IllegalArgumentException if a matrix doesn't lie in its array
   */
  public static void mix(
      float[] rows,
      int rowsOffset,
      int ldRows,
      int m,
      int count,
      int width,
      float[] weights,
      int weightsOffset,
      int groups,
      float[] target,
      int targetOffset,
      int ldTarget,
      int groupStride) {
    Shapes.check("rows", rows, rowsOffset, ldRows, m, Math.multiplyExact(count, width));
    int ldWeights = Math.multiplyExact(groups, count);
    Shapes.check("weights", weights, weightsOffset, ldWeights, m, ldWeights);
    for (int g = 0; g < groups; g++) {
      int at = Math.addExact(targetOffset, Math.multiplyExact(g, groupStride));
      Shapes.check("target", target, at, ldTarget, m, width);
    }
    KERNELS.mix(
        rows,
        rowsOffset,
        ldRows,
        m,
        count,
        width,
        weights,
        weightsOffset,
        groups,
        target,
        targetOffset,
        ldTarget,
        groupStride);
  }
}
