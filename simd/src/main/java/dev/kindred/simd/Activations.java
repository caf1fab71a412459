package dev.kindred.simd;

import java.util.Objects;

/**
 * Elementwise functions of networks over ranges of arrays.
 *
 * <p>Source and target may be the same range, but not overlap otherwise. Relative error of exp
 * below 1.3e-7 and of sigmoid below 2e-7 over the whole range, subnormal results to their last
 * place; NaN gives NaN. An element's result does not depend on its position. Stateless; safe for
 * any number of threads.
 */
public final class Activations {
  private static final ActivationKernels KERNELS = Kernels.ACTIVATIONS;

  private Activations() {}

  /** e^x: infinity above 88.7, 0 below -103.9. */
  public static void exp(
      float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    check(source, sourceOffset, target, targetOffset, n);
    KERNELS.exp(source, sourceOffset, target, targetOffset, n);
  }

  /** e^x in place. */
  public static void exp(float[] x, int offset, int n) {
    exp(x, offset, x, offset, n);
  }

  /** 1 / (1 + e^-x). */
  public static void sigmoid(
      float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    check(source, sourceOffset, target, targetOffset, n);
    KERNELS.sigmoid(source, sourceOffset, target, targetOffset, n);
  }

  /** 1 / (1 + e^-x) in place. */
  public static void sigmoid(float[] x, int offset, int n) {
    sigmoid(x, offset, x, offset, n);
  }

  /**
   * e^x_i / sum of e^x_j over the range, computed from differences to the largest. Negative
   * infinity gives 0; all of them, a positive infinity or a NaN make every result NaN.
   */
  public static void softmax(
      float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    check(source, sourceOffset, target, targetOffset, n);
    KERNELS.softmax(source, sourceOffset, target, targetOffset, n);
  }

  /** Softmax in place. */
  public static void softmax(float[] x, int offset, int n) {
    softmax(x, offset, x, offset, n);
  }

  /**
   * Softmax in place of each of {@code groups} groups of {@code size} values, side by side from
   * {@code offset} on: one pass of exponentials for all, where a call for each small group would
   * cost more than its values. Sums run in the order of the values.
   */
  public static void softmaxGroups(float[] x, int offset, int groups, int size) {
    if (size < 1 || groups < 0) {
      throw new IllegalArgumentException(
          "%d groups of %d values; expected 0 or more of 1 or more".formatted(groups, size));
    }
    Objects.checkFromIndexSize(offset, Math.multiplyExact(groups, size), x.length);
    KERNELS.softmaxGroups(x, offset, groups, size);
  }

  /** max(0, x), NaN kept. */
  public static void relu(
      float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    check(source, sourceOffset, target, targetOffset, n);
    KERNELS.relu(source, sourceOffset, target, targetOffset, n);
  }

  /** max(0, x) in place, NaN kept. */
  public static void relu(float[] x, int offset, int n) {
    relu(x, offset, x, offset, n);
  }

  private static void check(
      float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    Objects.checkFromIndexSize(sourceOffset, n, source.length);
    Objects.checkFromIndexSize(targetOffset, n, target.length);
  }
}
